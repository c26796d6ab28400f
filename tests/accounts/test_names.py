"""Nobody passes for an office, or for somebody who holds one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account, TraderType
from market.accounts.names import checked_name, mixes_scripts, sounds_official
from market.database import db, transaction
from market.regions.models import Region
from market.text.characters import tidy
from market.text.confusables import skeleton
from market.web.errors import Invalid
from tests.conftest import Client

Make = Callable[..., Account]


def test_what_shows_nothing_is_no_part_of_a_text() -> None:
    assert tidy("\u202e王\u200b建\u2060国\ufeff\u3164") == "王建国"
    assert tidy("\u200b\u2800\u00ad") == ""
    assert tidy("好梨，（甜）１２Ａ ½ 👨‍🌾❤️") == "好梨，（甜）12A ½ 👨‍🌾❤️"
    assert tidy("⽯⻔县") == "石门县"


@pytest.mark.parametrize(
    "alike",
    ["石门縣商務局", "⽯⻔县商务局", "石门县 商·务·局", "石\u200b门县商务局", "石门县商务局\u0301"],
)
def test_names_that_look_the_same_have_one_skeleton(alike: str) -> None:
    assert skeleton(alike) == skeleton("石门县商务局")


@pytest.mark.parametrize(
    "name",
    [
        *("石门县商务局", "商务局李主任", "常德市人民政府", "夹山镇信息站", "经开区管理委员会"),
        *("湖南省商务厅", "石門縣商務局", "官方客服", "系统管理员", "石门县市场监督管理局"),
        *("Shimen County Commerce Bureau", "0fficial", "Оfficial", "石门县委"),
    ],
)
def test_the_name_of_an_office_is_known_as_one(name: str) -> None:
    assert sounds_official(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "王建国",
            "石门县橘友柑橘专业合作社",
            "湘北农业科技有限公司",
            "石门县商务宾馆",
            "湘西供销社",
        ),
        *(
            "澧县农村电商服务有限公司",
            "夹山镇三圣村村委会",
            "常德市水产批发部",
            "Li Ming Fruit Co.",
        ),
        *("老街餐厅", "柑橘收购站", "委会村小李"),
    ],
)
def test_the_name_of_a_trader_is_not(name: str) -> None:
    assert not sounds_official(name)


def register(client: Client, name: str, phone: str = "13800001234") -> Any:
    values = {"name": name, "phone": phone, "trader_type": "farmer", "region": "石门县"}
    return client.send("/register", {**values, "password": "smx-ganju-2026", "agreed": "y"})


@pytest.mark.parametrize(
    "name",
    ["石门县商务局", "石\u200b门县商务局", "\u200b\u2060\u3164\u2800", "……", "13800001234老王"],
)
def test_a_newcomer_can_be_called_neither_an_office_nor_nothing(
    app: Flask, client: Client, name: str
) -> None:
    answer = register(client, name)
    assert answer.status_code == 200
    assert 'id="name-error"' in answer.get_data(as_text=True)
    assert db.session.scalar(select(Account.id)) is None


@pytest.mark.parametrize(
    "name",
    [
        *("石门商务", "石门县商务", "湖南农业农村", "常德市监", "石门商务服务中心", "石門商務"),
        *("石门\u200b商务", "石门商务主任", "石门县农业局", "石门官方", "石门县人民政府客服"),
    ],
)
def test_a_place_with_its_department_is_an_office(app: Flask, name: str) -> None:
    with pytest.raises(Invalid):
        checked_name(name, db.session.get_one(Region, "430726"))


@pytest.mark.parametrize(
    "name",
    [
        "石门水产",
        "石门农业开发有限公司",
        "石门县商务宾馆",
        "石门橙农老李",
        "石门农业合作社",
        "张商务",
    ],
)
def test_a_trader_named_after_a_place_is_none(app: Flask, name: str) -> None:
    assert checked_name(name, db.session.get_one(Region, "430726")) == name


FIRM = "石门示范果香果蔬专业合作社"


@pytest.mark.parametrize("kind", [TraderType.COOPERATIVE, TraderType.COMPANY, TraderType.BROKER])
@pytest.mark.parametrize(
    "name",
    [
        *(FIRM, f"{FIRM}\u2060", FIRM.replace("果蔬", "果 蔬"), FIRM.replace("合", "\u200b合")),
        *("石門示範果香果蔬專業合作社", FIRM.replace("石门", "⽯⻔"), f"「{FIRM}」"),
    ],
)
def test_nobody_takes_the_name_of_a_cooperative_or_firm(
    make_account: Make, client: Client, name: str, kind: TraderType
) -> None:
    with transaction():
        make_account(FIRM).trader_type = kind
    assert 'id="name-error"' in register(client, name).get_data(as_text=True)
    assert len(db.session.scalars(select(Account.id)).all()) == 1


@pytest.mark.postgresql
def test_a_look_alike_of_a_firm_is_refused_anywhere_and_its_name_in_its_county(
    make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    firm = make_account(FIRM)
    elsewhere = db.session.get_one(Region, "430725")
    with pytest.raises(Invalid):
        checked_name(f"{FIRM}。", elsewhere)
    assert checked_name(FIRM, elsewhere) == FIRM
    # Its own name is its own, and one that nobody acts for any more is free.
    assert checked_name(f"{FIRM} ", firm.region, firm) == FIRM
    with transaction():
        firm.password_hash = None
    assert checked_name(FIRM, firm.region) == FIRM


def test_two_farmers_may_have_one_name_and_invisible_signs_are_dropped(
    make_account: Make, client: Client
) -> None:
    make_account("王建国")
    assert register(client, "王\u200b建国\u202e").status_code == 303
    assert db.session.scalars(select(Account.name)).all() == ["王建国", "王建国"]


def test_nobody_takes_the_name_of_one_who_holds_a_role_there(
    make_account: Make, client: Client
) -> None:
    make_account("李建国", role="county_official")
    assert 'id="name-error"' in register(client, "李建国").get_data(as_text=True)
    # A look-alike is one anywhere; the same name elsewhere is a namesake.
    with pytest.raises(Invalid):
        checked_name("李建 国", db.session.get_one(Region, "430725"))
    assert checked_name("李建国", db.session.get_one(Region, "430725")) == "李建国"


def test_an_office_is_called_by_its_name_only_by_who_holds_a_role_there(
    make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    official, other = (
        make_account("甲", role="county_official"),
        make_account("乙", role="county_official", region="430725"),
    )
    values = {"name": "石门县商务局", "trader_type": "company", "language": "zh_CN"}
    assert log_in(other).send("/me/edit", {**values, "region": "桃源县"}).status_code == 200
    assert log_in(official).send("/me/edit", {**values, "region": "石门县"}).status_code == 303
    assert log_in(official).send("/me/edit", {**values, "region": "石门县"}).status_code == 303


def test_a_phone_with_letters_is_refused_and_never_another_number(
    app: Flask, client: Client
) -> None:
    page = register(client, "王大伯", "139OOOO1234").get_data(as_text=True)
    assert 'id="phone-error"' in page
    assert "139OOOO1234" in page
    assert db.session.scalar(select(Account.id)) is None


@pytest.mark.parametrize(
    "phone", ["14900001234", "14800001234", "14400001234", "１３９０００　０１２３４"]
)
def test_a_mobile_number_of_any_range_is_taken(app: Flask, client: Client, phone: str) -> None:
    assert register(client, "王大伯", phone).status_code == 303


@pytest.mark.parametrize(
    "name",
    ["Аnna Green", "Anna Greеn", "石门Оранж", "湘橘ロ味", "张三ロ", "Ωmega Fruits"],
)
def test_letters_of_several_scripts_are_not_mixed(app: Flask, client: Client, name: str) -> None:
    assert mixes_scripts(name)
    assert 'id="name-error"' in register(client, name).text


@pytest.mark.parametrize(
    "name", ["湘北A公司", "José Müller", "张三", "Ольга Иванова", "阿里·买买提"]
)
def test_one_script_and_characters_with_latin_letters_are_fine(name: str) -> None:
    assert not mixes_scripts(name)


@pytest.mark.parametrize(
    ("name", "other", "taken"),
    [
        ("李十土", "李十士", True),
        ("王二ー", "王二一", True),
        ("Bill Green", "BiII Green", True),
        ("张三", "张三", False),
        ("張三", "张三", False),
        ("anna green", "Anna  Green", False),
        ("李四", "张三", False),
    ],
)
def test_nobody_takes_a_name_that_only_looks_like_anothers(
    app: Flask, client: Client, make_account: Make, name: str, other: str, taken: bool
) -> None:
    make_account(name=other, region="430725")
    answer = register(client, name)
    assert ('id="name-error"' in answer.text) is taken
    assert (answer.status_code == 200) is taken


def test_the_skeleton_follows_the_name_however_it_is_written(app: Flask, make_account) -> None:
    account = make_account(name="李十士")
    with transaction():
        account.name = "张三"
    assert account.name_skeleton == skeleton("张三")
    row = {"name": "王五", "trader_type": TraderType.FARMER, "region_code": "430726"}
    with transaction():
        db.session.execute(db.insert(Account.__table__), [row | {"language": "zh_CN"}])
    stored = select(Account.name_skeleton).where(Account.name == "王五")
    assert db.session.scalar(stored) == skeleton("王五")
