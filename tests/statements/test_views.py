"""The pages of statements: who sees what, one tap, told what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.fairs.models import FairStatus
from market.statements import tasks, units
from market.statements.models import Correction, Publication, Statement, StatementStatus
from market.statements.validation_models import OverrideRequest
from market.tallies.services import update_count
from market.text.days import local_day
from market.web.home_time import home_zone
from tests.html import squeezed
from tests.sql import statements
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
PAGE = "/desk/statements"


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def enter(log_in: LogIn, account: Account) -> Any:
    client = log_in(account)
    client.set_cookie("language", "en")
    return client


def draft(season: Season, code: str = SHIMEN, period: Any = None) -> str:
    return f"{PAGE}/draft/{season.fair.slug}/{(period or season.final).key}/{code}"


def only(code: str = SHIMEN) -> Statement:
    db.session.rollback()
    return db.session.scalars(select(Statement).filter_by(region_code=code)).one()


def others(season: Season) -> list[str]:
    return [u.code for u in units.units(season.fair).values() if u.is_leaf and u.code != SHIMEN]


def test_a_county_submits_with_one_tap(season: Season, log_in: LogIn) -> None:
    season.deal(SHIMEN, 1_234_567_89)
    client = enter(log_in, season.official(SHIMEN))
    page = client.get(PAGE).text
    assert page.count('class="stack-title"') == 5
    assert "Late" in page
    answer = client.send(draft(season), page=PAGE)
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert "1.2346" in shown
    assert only().status is StatementStatus.SUBMITTED


def test_all_that_is_due_is_submitted_together(season: Season, log_in: LogIn) -> None:
    client = enter(log_in, season.official(SHIMEN))
    assert client.send(f"{PAGE}/submit-all", page=PAGE).status_code == 303
    rows = db.session.scalars(select(Statement)).all()
    assert len(rows) == 5
    assert "Nothing to submit" in client.get(PAGE).text


def test_a_county_sees_its_own_statements_only(season: Season, log_in: LogIn) -> None:
    statement = season.submit(SHIMEN)
    neighbour = enter(log_in, season.official(TAOYUAN))
    assert neighbour.get(f"{PAGE}/{statement.id}").status_code == 403
    assert neighbour.get(draft(season)).status_code == 403
    assert neighbour.send(f"{PAGE}/{statement.id}/accept", page=PAGE).status_code == 403
    own = enter(log_in, season.official(SHIMEN))
    assert own.get(f"{PAGE}/{statement.id}").status_code == 200
    assert own.send(f"{PAGE}/{statement.id}/accept", page=PAGE).status_code == 403
    assert season.fair.slug in own.get(f"/desk/punctuality/{season.fair.slug}").text
    assert "Taoyuan" not in own.get(f"/desk/punctuality/{season.fair.slug}").text


def test_a_prefecture_accepts_several_and_returns_with_a_reason(
    season: Season, log_in: LogIn
) -> None:
    one, two = season.submit(SHIMEN), season.submit(TAOYUAN)
    client = enter(log_in, season.official(CHANGDE))
    client.send(f"{PAGE}/{two.id}/return", {"reason": ""}, page=PAGE)
    assert only(TAOYUAN).status is StatementStatus.SUBMITTED
    client.send(f"{PAGE}/{two.id}/return", {"reason": "数字不符"}, page=PAGE)
    client.send(f"{PAGE}/accept", {"id": [one.id, two.id, 999]}, page=PAGE)
    assert (only(SHIMEN).status, only(TAOYUAN).status) == ("accepted", "returned")
    assert "was quicker" in client.get(PAGE).text
    county = enter(log_in, season.official(TAOYUAN))
    assert "数字不符" in county.get(PAGE).text
    assert "数字不符" in county.get(draft(season, TAOYUAN)).text


def test_the_reviewer_reads_the_remark_in_the_table(season: Season, log_in: LogIn) -> None:
    season.submit(SHIMEN, remark="冷库停电一天")
    client = enter(log_in, season.official(CHANGDE))
    assert "Remark: 冷库停电一天" in squeezed(client.get(PAGE).text)


def test_the_second_official_is_told_who_was_quicker(
    season: Season, log_in: LogIn, make_account: Make
) -> None:
    colleague = make_account("李科长", role="prefecture_official", scope=CHANGDE)
    statement = season.submit(SHIMEN)
    client = enter(log_in, season.official(CHANGDE))
    season.accept(statement, by=colleague)
    client.send(f"{PAGE}/{statement.id}/accept", page=PAGE)
    assert "李科长 was quicker: Accepted" in client.get(f"{PAGE}/{statement.id}").text


def test_a_prefecture_names_the_missing_on_its_form(season: Season, log_in: LogIn) -> None:
    season.deal(SHIMEN, 700_00)
    season.accept(season.submit(SHIMEN))
    client = enter(log_in, season.official(CHANGDE))
    refused = client.send(draft(season, CHANGDE), {"reason": "停电"})
    assert "Not in yet" in refused.text
    assert 'value="停电"' in refused.text
    answer = client.send(draft(season, CHANGDE), {"missing": others(season), "reason": "停电"})
    assert answer.status_code == 303
    assert "missing: 停电" in client.get(answer.location).text


def test_a_reminder_is_one_tap_and_the_county_sees_it(season: Season, log_in: LogIn) -> None:
    client = enter(log_in, season.official(CHANGDE))
    period = season.day().key
    page = f"{PAGE}?period={period}"
    assert "that are late" in client.get(page).text
    client.send(f"{PAGE}/remind/{season.fair.slug}", {"owed": f"{SHIMEN}.{period}"}, page=page)
    assert "reminded you" in enter(log_in, season.official(SHIMEN)).get(PAGE).text
    assert "reminded you" not in enter(log_in, season.official(TAOYUAN)).get(PAGE).text


def test_publishing_opens_the_public_table(season: Season, log_in: LogIn, client: Any) -> None:
    address = f"/fairs/{season.fair.slug}/published"
    assert client.get(address).status_code == 404
    assert "Published table" not in client.get(f"/fairs/{season.fair.slug}").text
    season.deal(SHIMEN, 1_234_567_89)
    season.bring_in(CHANGDE, [SHIMEN])
    province = enter(log_in, season.province)
    answer = province.send(f"{PAGE}/publish/{season.fair.slug}/{season.final.key}")
    assert answer.status_code == 303
    client.set_cookie("language", "en")
    public = client.get(address).text
    assert "1.2346" in public
    assert "Taoyuan" in public
    assert db.session.scalars(select(Publication)).one().sha256 in public
    assert "Published table" in client.get(f"/fairs/{season.fair.slug}").text
    for who in (season.official(CHANGDE), season.official(SHIMEN)):
        url = f"{PAGE}/publish/{season.fair.slug}/{season.final.key}"
        assert enter(log_in, who).get(url).status_code == 403


def test_a_correction_goes_from_the_county_to_the_public_table(
    season: Season, log_in: LogIn, client: Any
) -> None:
    deal = season.deal(SHIMEN, 1_234_567_89)
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    season.take_back(deal)
    with transaction():
        update_count(season.fair)
    id_ = only().id
    county = enter(log_in, season.official(SHIMEN))
    assert f'href="/deals/{deal.id}"' in county.get(f"{PAGE}/{id_}").text
    assert county.send(f"{PAGE}/{id_}/correct", {"reason": ""}).status_code == 200
    assert county.send(f"{PAGE}/{id_}/correct", {"reason": "买方退货"}).status_code == 303
    prefecture = enter(log_in, season.official(CHANGDE))
    assert "Corrections to confirm: 1" in prefecture.get(PAGE).text
    page = f"{PAGE}/{id_}"
    prefecture.send(f"{page}/correction", {"number": 1, "confirm": 1}, page=page)
    db.session.rollback()
    decision = db.session.scalars(select(Correction)).one().decision
    assert decision is not None
    assert decision.confirmed
    client.set_cookie("language", "en")
    public = squeezed(client.get(f"/fairs/{season.fair.slug}/published").text)
    assert "买方退货" in public
    assert "Deal value (CNY million) 1.2346 → 0.0000" in public


def test_the_province_certifies_when_every_county_is_in(season: Season, log_in: LogIn) -> None:
    province = enter(log_in, season.province)
    url = f"{PAGE}/certify/{season.fair.slug}"
    assert "waits for every county" in province.get(url).text
    every = [u.code for u in units.units(season.fair).values() if u.is_leaf]
    season.bring_in(CHANGDE, every)
    season.publish()
    province.send(url)
    db.session.rollback()
    assert season.fair.status is FairStatus.CERTIFIED
    assert "is certified" in province.get(url).text


def test_what_is_no_statement_is_not_found(season: Season, log_in: LogIn) -> None:
    client = enter(log_in, season.official(SHIMEN))
    slug, key = season.fair.slug, season.final.key
    for path in (
        f"draft/{slug}/weekly-1/{SHIMEN}",
        f"draft/{slug}/{key}/999999",
        f"draft/none/{key}/{SHIMEN}",
        "99",
        f"publish/{slug}/never",
    ):
        assert client.get(f"{PAGE}/{path}").status_code == 404, path
    assert client.get(f"{PAGE}?period=x&state=y&parent=z&fair=w").status_code == 200


@pytest.mark.parametrize(("hour", "late"), [(0, 3), (9, 3), (11, 4), (23, 4)])
def test_what_awaits_counts_what_is_due_and_late(
    season: Season, app: Any, monkeypatch: pytest.MonkeyPatch, hour: int, late: int
) -> None:
    today = season.fair.ends_on + timedelta(days=1)
    now = datetime.combine(today, time(hour), home_zone())
    monkeypatch.setattr(tasks, "utcnow", lambda: now.astimezone(UTC))
    with app.test_request_context():
        [due] = tasks.statement_tasks(season.official(SHIMEN))
        first = f"daily-{season.fair.starts_on.isoformat()}/{SHIMEN}"
        assert (due.count, due.late, due.url.endswith(first)) == (5, late, True)
        season.submit(SHIMEN)
        due, review, missing, confirm = tasks.statement_tasks(season.official(CHANGDE))
        assert (due.count, review.count, confirm.count) == (5, 1, 0)
        assert missing.count == late * 9, "each of its nine counties owes what is past its time"


def test_a_fair_that_only_begins_today_has_nothing_due(make_account: Make, log_in: LogIn) -> None:
    today = local_day(utcnow(), home_zone())
    season = make_season(
        make_account, starts_on=today, ends_on=today + timedelta(days=3), status=FairStatus.OPEN
    )
    for who in (season.official(SHIMEN), season.official(CHANGDE), season.province):
        client = enter(log_in, who)
        assert "Nothing to submit" in client.get(PAGE).text
        assert "Nothing is due yet" in client.get(f"/desk/punctuality/{season.fair.slug}").text


@pytest.mark.parametrize("who", [SHIMEN, CHANGDE, "province"])
def test_the_list_takes_as_many_queries_for_many_as_for_one(
    season: Season, log_in: LogIn, who: str
) -> None:
    account = season.province if who == "province" else season.official(who)
    season.submit(SHIMEN)
    client = log_in(account)
    counts = []
    for _ in range(2):
        db.session.expunge_all()
        with statements() as sent:
            assert client.get(PAGE).status_code == 200
        counts.append(len(sent))
        season.fair = db.session.merge(season.fair)
        for code in others(season)[:4]:
            season.officials[code] = db.session.merge(season.official(code))
            season.submit(code)
    assert counts[0] == counts[1] <= 34


def test_a_warning_is_explained_on_the_page_and_read_by_the_reviewer(
    season: Season, log_in: LogIn
) -> None:
    period = season.day(3)
    season.deal(SHIMEN, 200_000_000, period.day, season.at(3))
    client = enter(log_in, season.official(SHIMEN))
    url = draft(season, period=period)
    page = squeezed(client.get(url).text)
    assert "Far more than on other days" in page
    assert "CNY 2.00 million on this day, nothing on the 3 days before" in page
    refused = client.send(url, {"remark": "雨天", "jump-amount_fen": ""})
    assert "goes up with the statement" in refused.text
    assert 'value="雨天"' in refused.text
    answer = client.send(url, {"jump-amount_fen": "红茶专场集中签约"})
    assert answer.status_code == 303
    reviewer = enter(log_in, season.official(CHANGDE))
    assert "红茶专场集中签约" in reviewer.get(answer.location).text


def test_a_stopped_statement_is_asked_for_and_decided_on_the_pages(
    season: Season, log_in: LogIn
) -> None:
    period = season.day(3)
    season.deal(SHIMEN, 2_000_000_000, period.day, season.at(3))
    client = enter(log_in, season.official(SHIMEN))
    url = draft(season, period=period)
    page = client.get(url).text
    assert "This stops the statement" in page
    assert 'name="remark"' not in page
    client.send(f"{url}/override", {"reason": ""}, page=url)
    assert "Explain why the figures are right" in client.get(url).text
    stopped = client.send(url, {"remark": "雨天"}, page=PAGE).text
    section, form = stopped.split('id="page-form"')
    assert "the next level must let it pass" in section[section.index('id="stopped"') :]
    assert 'value="雨天"' in form
    assert client.send(f"{url}/override", {"reason": "万吨订单"}, page=url).status_code == 303
    assert "万吨订单" in client.get(url).text
    client.send(f"{url}/override", {"reason": "万吨订单"}, page=url)
    assert "It was asked already" in client.get(url).text
    other = client.send(f"{url}/override", {"reason": "另有合同"}, page=url)
    assert other.status_code == 409
    assert "asked already" in other.text
    assert "另有合同" in other.text, "nothing typed is lost"
    reviewer = enter(log_in, season.official(CHANGDE))
    page = squeezed(reviewer.get(PAGE).text)
    assert "Stopped statements to decide on: 1" in page
    assert "万吨订单" in page
    decide = f"{PAGE}/overrides/{db.session.scalars(select(OverrideRequest.id)).one()}"
    assert client.send(decide, {"allow": 1, "reason": "好"}, page=PAGE).status_code == 403
    reviewer.send(decide, {"allow": 1, "reason": "合同已看"}, page=PAGE)
    assert "合同已看" in client.get(url).text
    answer = client.send(url, {})
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert "万吨订单" in shown
    assert "Asked to let it pass" in shown


def test_what_needs_an_explanation_is_left_out_of_all_at_once(
    season: Season, log_in: LogIn
) -> None:
    season.deal(SHIMEN, 200_000_000, season.day(3).day, season.at(3))
    client = enter(log_in, season.official(SHIMEN))
    client.send(f"{PAGE}/submit-all", page=PAGE)
    page = client.get(PAGE).text
    assert "1 statement needs a look first" in page
    due, own = page.split('id="own"')
    assert (due.count('class="stack-title"'), own.count('class="stack-title"')) == (1, 4)


def test_a_county_withdraws_before_review_and_submits_again(season: Season, log_in: LogIn) -> None:
    statement = season.submit(SHIMEN)
    county = enter(log_in, season.official(SHIMEN))
    address = f"{PAGE}/{statement.id}"
    assert 'id="reason-withdraw"' in county.get(address).text
    county.send(f"{address}/withdraw", {"reason": "漏了一笔"}, page=address)
    page = county.get(address).text
    assert "漏了一笔" in page
    assert "Submit again" in page
    assert 'id="reason-withdraw"' not in page
    assert county.send(draft(season)).status_code == 303
    assert (only().status, only().version) == (StatementStatus.SUBMITTED, 2)
