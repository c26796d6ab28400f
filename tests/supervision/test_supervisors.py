"""Who supervises a county: one for each, at most three for each, and what they find."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.regions.models import Region
from market.regions.signals import region_ended
from market.supervision import supervisors
from market.supervision.models import ContactKind, CountySupervisor, SupervisionNote
from market.supervision.supervisors import load_county
from market.web.errors import Invalid, Refused, Repeated
from market.web.home_time import home_today

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
SHIMEN, TAOYUAN, LINLI, LIXIAN, CHANGDE = "430726", "430725", "430724", "430723", "430700"


@pytest.fixture
def province(make_account: Make) -> Account:
    return make_account("省商务厅", role="province_official", scope="430000")


@pytest.fixture
def prefecture(make_account: Make) -> Account:
    return make_account("常德市商务局", role="prefecture_official", scope=CHANGDE)


def assign(actor: Account, code: str, account: Account | None) -> None:
    with transaction():
        supervisors.assign(actor, load_county(code), account.id if account else None)


def write(
    actor: Account, finding: str = "到信息站走访，上报及时。", **values: Any
) -> SupervisionNote:
    about = {"kind": ContactKind.VISIT, "day": home_today(), "key": uuid.uuid4().hex, **values}
    with transaction():
        return supervisors.add_note(actor, load_county(SHIMEN), finding=finding, **about)


@pytest.mark.postgresql
def test_a_county_has_one_supervisor_and_those_before_stay_in_its_history(
    province: Account, prefecture: Account
) -> None:
    assign(province, SHIMEN, prefecture)
    assign(province, SHIMEN, prefecture)
    assign(province, SHIMEN, province)
    county = load_county(SHIMEN)
    assert county.supervisor
    assert county.supervisor.account_id == province.id
    assert [one.account_id for one in county.past] == [prefecture.id]
    assign(province, SHIMEN, None)
    county = load_county(SHIMEN)
    assert county.supervisor is None
    assert county.is_vacant
    assert {one.account_id for one in county.past} == {prefecture.id, province.id}


def test_nobody_supervises_more_than_three_counties(province: Account, prefecture: Account) -> None:
    for code in (SHIMEN, TAOYUAN, LINLI):
        assign(province, code, prefecture)
    with pytest.raises(Invalid) as refused:
        assign(province, LIXIAN, prefecture)
    assert refused.value.field == "account"
    assign(province, LINLI, None)
    assign(province, LIXIAN, prefecture)
    assert [place.code for place in supervisors.supervised_by(prefecture)] == [
        LIXIAN,
        TAOYUAN,
        SHIMEN,
    ]


def test_only_officials_above_the_county_are_chosen_and_choose(
    province: Account, prefecture: Account, make_account: Make
) -> None:
    elsewhere = make_account("岳阳市商务局", role="prefecture_official", scope="430600")
    county = make_account("石门县商务局", role="county_official")
    for chosen in (elsewhere, county):
        with pytest.raises(Invalid):
            assign(province, SHIMEN, chosen)
    for actor in (elsewhere, county):
        with pytest.raises(Refused):
            assign(actor, SHIMEN, prefecture)
    with pytest.raises(Invalid):
        assign(prefecture, SHIMEN, province)
    assign(prefecture, SHIMEN, prefecture)


def test_whoever_has_lost_the_office_is_shown_as_such_and_supervises_no_longer(
    province: Account, prefecture: Account
) -> None:
    assign(province, SHIMEN, prefecture)
    with transaction():
        prefecture.grants.clear()
    assert load_county(SHIMEN).is_vacant
    assert supervisors.supervised_by(prefecture) == []
    with pytest.raises(Refused):
        write(prefecture)


def test_only_the_supervisor_writes_what_was_found(province: Account, prefecture: Account) -> None:
    assign(province, SHIMEN, prefecture)
    with pytest.raises(Refused):
        write(province)
    with pytest.raises(Invalid):
        write(prefecture, day=home_today() + timedelta(days=1))
    with pytest.raises(Invalid):
        write(prefecture, " ")
    key = uuid.uuid4().hex
    note = write(prefecture, key=key)
    with pytest.raises(Repeated) as again:
        write(prefecture, key=key)
    assert again.value.existing == note
    assert supervisors.notes_of(SHIMEN) == [note]


def test_the_desk_of_a_supervisor_shows_their_counties(
    province: Account, prefecture: Account, log_in: LogIn, make_account: Make
) -> None:
    assign(province, SHIMEN, prefecture)
    client = log_in(prefecture)
    assert "我督导的县" in client.get("/desk/supervision").text
    assert "我督导的县" not in log_in(province).get("/desk/supervision").text
    page = f"/desk/supervision/counties/{SHIMEN}"
    sent = {"kind": "call", "day": home_today().isoformat(), "finding": "电话提醒补报。"}
    assert client.send(f"{page}/notes", sent, page).status_code == 303
    assert "电话提醒补报。" in client.get(page).text
    own = log_in(make_account("石门县商务局", role="county_official"))
    assert "电话提醒补报。" in own.get(page).text
    assert own.send(f"{page}/notes", sent, "/desk/supervision").status_code == 403
    other = log_in(make_account("桃源县商务局", role="county_official", scope=TAOYUAN))
    assert other.get(page).status_code == 403


def test_the_province_chooses_on_a_page(
    province: Account, prefecture: Account, log_in: LogIn
) -> None:
    client = log_in(province)
    page = f"/desk/supervision/counties/{SHIMEN}/supervisor"
    assert client.send(page, {"account": str(prefecture.id)}).status_code == 303
    assert "常德市商务局" in client.get("/desk/supervision/counties").text
    assert client.send(page, {"account": "0"}).status_code == 303
    assert load_county(SHIMEN).supervisor is None


def test_who_leaves_supervises_no_longer_and_is_starred_in_what_was_found(
    province: Account, prefecture: Account
) -> None:
    assign(province, SHIMEN, prefecture)
    note = write(prefecture, "与常德市商务局一同走访。")
    exported = export_account(prefecture)
    assert exported["supervised_counties"][0]["county"] == SHIMEN
    assert exported["supervision_notes"][0]["finding"] == note.finding
    with transaction():
        erase_account(prefecture)
    assert load_county(SHIMEN).supervisor is None
    assert db.session.get_one(SupervisionNote, note.id).finding == "与******一同走访。"


@pytest.mark.parametrize("is_vacant", [True, False])
def test_a_county_that_ends_hands_its_supervisor_on(
    province: Account, prefecture: Account, is_vacant: bool
) -> None:
    assign(province, SHIMEN, prefecture)
    if not is_vacant:
        assign(province, TAOYUAN, province)
    with transaction():
        region_ended.send(db.session.get_one(Region, SHIMEN), code=SHIMEN, successor=TAOYUAN)
    current = select(CountySupervisor).where(CountySupervisor.ended_at.is_(None))
    rows = db.session.scalars(current).all()
    expected = prefecture if is_vacant else province
    assert [(row.region_code, row.account_id) for row in rows] == [(TAOYUAN, expected.id)]
