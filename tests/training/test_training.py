"""The register of trainings: who enters, who reads, who came, and the certificates."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.papers.fonts import chinese_fonts
from market.regions.models import Region
from market.training import queries, services
from market.training.models import (
    Trainee,
    TrainingCertificate,
    TrainingParticipant,
    TrainingSession,
)
from market.training.printing import certificates_pdf
from market.training.queries import TrainingFigures
from market.training.services import SessionValues
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today

Make = Callable[..., Account]
SHIMEN, TAOYUAN = "430726", "430725"


@pytest.fixture
def official(make_account: Make) -> Account:
    return make_account(name="石门县商务局", role="county_official", scope=SHIMEN)


def values(**changes: Any) -> SessionValues:
    usual: dict[str, Any] = {
        "region": db.session.get_one(Region, SHIMEN),
        "topic": "信息员业务培训",
        "held_on": home_today(),
        "hours": Decimal("6.5"),
        "place": "县会议中心",
        "teacher": "李老师",
    }
    return SessionValues(**usual | changes)


def enter(official: Account, **changes: Any) -> TrainingSession:
    with transaction():
        return services.enter_session(official, values(**changes), uuid.uuid4().hex)


def came(official: Account, session: TrainingSession, **who: Any) -> TrainingParticipant:
    with transaction():
        return services.add_participant(official, session, Trainee.FARMER, **who)


def sheets(pdf: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages


def issue(official: Account, session: TrainingSession) -> int:
    with transaction():
        return services.issue_certificates(official, session)


@pytest.mark.postgresql
def test_certificates_are_numbered_without_a_gap_in_the_county_and_the_year(
    official: Account,
) -> None:
    first, second = enter(official), enter(official)
    for name in ("甲", "乙"):
        came(official, first, name=name)
    came(official, second, name="丙")
    assert [issue(official, session) for session in (first, second, first)] == [2, 1, 0]
    year = home_today().year
    numbers = [one.number for one in db.session.scalars(select(TrainingCertificate))]
    assert numbers == [f"{SHIMEN}-{year}-000{n}" for n in (1, 2, 3)]


@pytest.mark.postgresql
def test_people_are_counted_once_however_often_they_came(
    official: Account, make_account: Make
) -> None:
    assistant = make_account(name="罗站长", role="assistant", scope=SHIMEN)
    for _ in range(2):
        session = enter(official)
        came(official, session, phone=assistant.phone)
        came(official, session, name="田大伯", village="阳泉村")
    came(official, session, name="田大伯", village="白云村")
    issue(official, session)
    year = home_today().year
    paths = ["43/4307"]
    expected = TrainingFigures(sessions=2, people=3, certified=3)
    assert queries.figures_by_county(["43"], year) == {SHIMEN: expected}
    assert queries.total_figures(["43"], year) == expected
    assert queries.total_figures(paths, year + 1) == TrainingFigures()
    assert queries.years_held(["43"]) == [year]


def test_an_assistant_comes_as_one_whatever_was_chosen(
    official: Account, make_account: Make
) -> None:
    assistant = make_account(role="assistant", scope=SHIMEN)
    one = came(official, enter(official), phone=assistant.phone)
    assert (one.account_id, one.name, one.trainee) == (assistant.id, "", Trainee.ASSISTANT)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"region": TAOYUAN}, Refused, "region"),
        ({"region": "430700"}, Refused, "region"),
        ({"held_on": timedelta(days=1)}, Invalid, "held_on"),
        ({"held_on": timedelta(days=-2000)}, Invalid, "held_on"),
    ],
)
def test_only_what_the_own_county_held_is_entered(
    official: Account, changes: dict[str, Any], error: type[Exception], field: str
) -> None:
    if "region" in changes:
        changes = {"region": db.session.get_one(Region, changes["region"])}
    else:
        changes = {"held_on": home_today() + changes["held_on"]}
    with pytest.raises(error) as refused:
        enter(official, **changes)
    assert refused.value.field == field  # type: ignore[attr-defined]


def test_nobody_stands_in_a_list_twice(official: Account, make_account: Make) -> None:
    trader = make_account(name="王老板")
    session = enter(official)
    for who, field in (
        ({"phone": trader.phone}, "phone"),
        ({"name": "田大伯", "village": "阳泉村"}, "village"),
    ):
        came(official, session, **who)
        with pytest.raises(Invalid) as refused:
            came(official, session, **who)
        assert refused.value.field == field
    came(official, session, name="田大伯", village="白云村")
    assert len(session.participants) == 3


def test_of_two_of_one_name_and_village_the_second_is_told_apart_by_the_group(
    official: Account,
) -> None:
    session = enter(official)
    came(official, session, name="田大伯", village="阳泉村")
    with pytest.raises(Invalid, match="第几组"):
        came(official, session, name="田大伯", village="阳泉村")
    came(official, session, name="田大伯", village="阳泉村三组")
    assert len(session.participants) == 2


def test_a_village_typed_beside_a_number_is_never_lost(
    official: Account, make_account: Make, log_in: Any
) -> None:
    with transaction():
        trader = make_account(name="王老板")
        trader.village = "阳泉村"
    session = enter(official)
    with pytest.raises(Invalid) as refused:
        came(official, session, phone=trader.phone, village="白云村")
    assert refused.value.field == "village"
    came(official, session, phone=trader.phone, village="阳泉村")
    assert "阳泉村" in log_in(official).get(f"/desk/training/{session.id}").text


def test_an_account_of_another_county_is_not_found_by_its_number(
    official: Account, make_account: Make
) -> None:
    stranger = make_account(region=TAOYUAN)
    with pytest.raises(Invalid) as refused:
        came(official, enter(official), phone=stranger.phone)
    assert refused.value.field == "phone"


def test_who_has_a_certificate_stays_on_the_list(official: Account) -> None:
    session = enter(official)
    first, second = (came(official, session, name=name) for name in ("甲", "乙"))
    with transaction():
        services.remove_participant(official, first)
    issue(official, session)
    with pytest.raises(InvalidTransition), transaction():
        services.remove_participant(official, second)
    with pytest.raises(Invalid), transaction():
        services.change_session(
            official, session, values(region=db.session.get_one(Region, TAOYUAN))
        )


@pytest.mark.postgresql
@pytest.mark.parametrize("who", [{"name": ""}, {"name": "甲", "account_id": 1}])
def test_the_database_wants_an_account_or_a_name(official: Account, who: dict[str, Any]) -> None:
    session = enter(official)
    if "account_id" in who:
        who["account_id"] = official.id
    with pytest.raises(IntegrityError), transaction():
        db.session.add(TrainingParticipant(training_id=session.id, trainee=Trainee.FARMER, **who))


def test_a_form_sent_twice_is_one_training(log_in: Any, official: Account) -> None:
    browser = log_in(official)
    sent = {
        **{"region": SHIMEN, "topic": "电商培训", "held_on": "2026-01-05", "hours": "6"},
        **{"place": "县会议中心", "teacher": "李老师", "key": uuid.uuid4().hex},
    }
    for _ in range(2):
        assert browser.send("/desk/training/new", sent).status_code == 303
    session = db.session.scalars(select(TrainingSession)).one()
    assert (session.held_on, session.hours) == (date(2026, 1, 5), Decimal(6))


def test_a_refused_form_says_what_is_missing(log_in: Any, official: Account) -> None:
    page = log_in(official).send("/desk/training/new", {"region": SHIMEN, "hours": "300"})
    text = page.get_data(as_text=True)
    for field in ("topic", "held_on", "hours", "place", "teacher"):
        assert f'id="{field}-error"' in text


def test_a_county_writes_its_own_and_those_above_read(
    log_in: Any, official: Account, make_account: Make
) -> None:
    session = enter(official)
    page, steps = f"/desk/training/{session.id}", ("participants", "certificates")
    for role, scope, reads in (
        ("county_official", TAOYUAN, False),
        ("prefecture_official", "430700", True),
        ("province_official", "430000", True),
        ("prefecture_official", "430100", False),
        ("assistant", SHIMEN, False),
    ):
        browser = log_in(make_account(role=role, scope=scope))
        assert browser.get(page).status_code == (200 if reads else 403), role
        assert browser.get(f"{page}/edit").status_code == 403
        for step in steps:
            answer = browser.send(f"{page}/{step}", {"name": "甲"}, page="/me")
            assert answer.status_code == 403, (role, step)
    assert log_in(official).get(page).status_code == 200
    assert db.session.scalars(select(TrainingParticipant)).all() == []


def test_the_register_of_another_county_lists_none_of_it(
    log_in: Any, official: Account, make_account: Make
) -> None:
    enter(official, topic="柑橘修剪")
    other = log_in(make_account(role="county_official", scope=TAOYUAN))
    assert "柑橘修剪" not in other.get("/desk/training").get_data(as_text=True)
    assert "柑橘修剪" in log_in(official).get("/desk/training").get_data(as_text=True)


def test_who_came_is_written_down_and_certified_on_the_page(log_in: Any, official: Account) -> None:
    session = enter(official)
    browser, page = log_in(official), f"/desk/training/{session.id}"
    for name in ("田大伯", "田二伯"):
        sent = {"name": name, "village": "阳泉村", "trainee": "farmer"}
        assert browser.send(f"{page}/participants", sent, page=page).status_code == 303
    again = browser.send(f"{page}/participants", {"name": "田大伯", "village": "阳泉村"}, page=page)
    assert 'id="village-error"' in again.get_data(as_text=True)
    browser.send(f"{page}/certificates", page=page)
    text = browser.get(page).get_data(as_text=True)
    assert f"{SHIMEN}-{home_today().year}-0002" in text
    first = session.participants[0].id
    answer = browser.send(f"/desk/training/participants/{first}/remove", page=page)
    assert answer.status_code == 303
    assert len(db.session.scalars(select(TrainingParticipant)).all()) == 2


def test_the_certificates_are_a_page_each_with_name_and_number(
    log_in: Any, official: Account
) -> None:
    if not chinese_fonts()[1]:
        pytest.skip("no Chinese font")
    session = enter(official)
    browser, page = log_in(official), f"/desk/training/{session.id}"
    assert browser.get(f"{page}/certificates.pdf").status_code == 409
    for name in ("田大伯", "#strong[甲] $x$"):
        came(official, session, name=name, village="阳泉村")
    issue(official, session)
    answer = browser.get(f"{page}/certificates.pdf")
    assert answer.mimetype == "application/pdf"
    pages = [page.extract_text() for page in sheets(answer.data)]
    assert len(pages) == 2
    for text, name, number in zip(pages, ("田大伯", "#strong[甲] $x$"), (1, 2), strict=True):
        assert name in text
        assert f"{SHIMEN}-{home_today().year}-000{number}" in text
    one = browser.get(f"/desk/training/participants/{session.participants[0].id}/certificate.pdf")
    assert len(sheets(one.data)) == 1


def test_a_long_name_stays_on_one_page(app: Any, official: Account) -> None:
    if not chinese_fonts()[1]:
        pytest.skip("no Chinese font")
    session = enter(official, topic="题" * 80, place="地" * 60, teacher="师" * 60)
    came(official, session, name="长" * 60, village="村" * 40)
    issue(official, session)
    with app.test_request_context():
        assert len(sheets(certificates_pdf(session.participants))) == 1


def test_a_training_is_exported_and_the_name_leaves_with_the_account(
    official: Account, make_account: Make
) -> None:
    trader = make_account(name="王老板")
    session = enter(official, teacher="王老板")
    one = came(official, session, phone=trader.phone)
    issue(official, session)
    exported = export_account(trader)["trainings"]
    assert [(row["topic"], row["certificate"]) for row in exported] == [
        ("信息员业务培训", one.certificate.number)
    ]
    with transaction():
        erase_account(trader)
    assert "王老板" not in one.full_name
    assert "王老板" not in session.teacher


def test_the_tables_have_the_figures_of_the_register(
    log_in: Any, official: Account, make_account: Make
) -> None:
    session = enter(official)
    came(official, session, name="田大伯")
    issue(official, session)
    browser = log_in(make_account(role="province_official", scope="430000"))
    year = home_today().year
    table = browser.get("/desk/tables/training.csv").get_data(as_text=True)
    assert f"{year},{SHIMEN},石门县,1,1,1" in table
    assert browser.get("/desk/tables/training.xlsx").status_code == 200


def test_names_of_who_came_can_be_printed(log_in: Any, official: Account) -> None:
    session = enter(official)
    browser, here = log_in(official), f"/desk/training/{session.id}"
    for who in ({"name": "王🎉明"}, {"name": "123"}, {"name": "王明", "village": "东村🍊"}):
        answer = browser.send(f"{here}/participants", {"trainee": "farmer", **who}, page=here)
        assert answer.status_code == 200
    db.session.expire_all()
    assert session.participants == []
    came(official, session, name="欧阳·明", village="东村")


@pytest.mark.parametrize("field", ["topic", "place", "teacher"])
def test_what_certificates_say_of_a_training_can_be_printed(
    log_in: Any, official: Account, field: str
) -> None:
    sent = {
        **{"region": SHIMEN, "topic": "果园25㎡", "held_on": "2026-01-05", "hours": "6"},
        **{"place": "县会议中心", "teacher": "李老师"},
    }
    browser = log_in(official)
    assert browser.send("/desk/training/new", sent | {field: "果园👍🏻"}).status_code == 200
    assert browser.send("/desk/training/new", sent).status_code == 303
