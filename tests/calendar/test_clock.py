"""A clock that jumps stops the calendar; what one did by mistake can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from market import worker
from market.accounts.models import Account
from market.calendar import services
from market.calendar.models import Clock
from market.database import db, transaction
from market.fairs.models import Fair, FairEvent, FairListing, FairStatus
from market.fairs.services import create_fair, update_states
from market.offers.expiring import expire_offers
from market.offers.models import Offer, OfferChange, OfferStatus
from market.statements.models import StatementKind
from market.statements.rules import Period
from market.statements.services import remind
from market.tallies.services import update_counts
from market.web.errors import Refused
from tests.fairs.factories import INSIDE, fair_values, make_fair, publish

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Make = Callable[..., Account]


@pytest.fixture
def turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the worker turn the calendar with the machine's clock at a time."""

    def at(now: datetime) -> None:
        for module in ("market.worker", "market.calendar.commands", "market.database"):
            monkeypatch.setattr(f"{module}.utcnow", lambda: now)
        worker.turn_calendar()
        db.session.expire_all()

    return at


@pytest.fixture
def offer(make_account: Make) -> Offer:
    return publish(make_account())


def status() -> OfferStatus:
    db.session.expire_all()
    return db.session.scalars(select(Offer.status)).one()


@pytest.mark.postgresql
def test_a_worker_started_45_days_ahead_expires_and_closes_nothing(
    offer: Offer, turn: Callable[[datetime], None], caplog: pytest.LogCaptureFixture
) -> None:
    fair = make_fair()
    turn(INSIDE)
    for days in (45, 46, 400):
        turn(INSIDE + days * DAY)
    assert (offer.status, fair.status) == (OfferStatus.PUBLISHED, FairStatus.OPEN)
    assert "flask calendar confirm" in caplog.text
    assert db.session.get_one(Clock, 1).seen_at == INSIDE
    turn(INSIDE + MINUTE)
    assert services.stopped_clock() is None
    assert "the calendar goes on" in caplog.text


def test_a_clock_at_1970_stops_the_calendar_too_until_it_is_set(
    offer: Offer, turn: Callable[[datetime], None]
) -> None:
    turn(INSIDE)
    turn(datetime(1970, 1, 1, tzinfo=UTC))
    assert services.stopped_clock() is not None
    turn(INSIDE + 2 * MINUTE)
    assert services.stopped_clock() is None
    assert db.session.get_one(Clock, 1).seen_at == INSIDE + 2 * MINUTE


def test_time_that_goes_on_minute_by_minute_expires_what_is_due(
    offer: Offer, turn: Callable[[datetime], None]
) -> None:
    for days in range(31):
        turn(INSIDE + days * DAY)
    assert offer.status is OfferStatus.EXPIRED


def test_an_operator_confirms_that_the_market_was_away_for_long(
    app: Flask, offer: Offer, turn: Callable[[datetime], None]
) -> None:
    run = app.test_cli_runner().invoke
    turn(INSIDE)
    turn(INSIDE + 45 * DAY)
    assert offer.status is OfferStatus.PUBLISHED
    assert "stands still" in run(args=["calendar", "status"]).output
    assert run(args=["fair", "turn"]).exit_code == 1
    assert run(args=["calendar", "undo"]).exit_code == 1
    assert run(args=["calendar", "confirm"]).exit_code == 0
    turn(INSIDE + 45 * DAY)
    assert status() is OfferStatus.EXPIRED


def test_for_how_long_the_worker_may_be_away_is_a_setting(
    app: Flask, offer: Offer, turn: Callable[[datetime], None]
) -> None:
    app.config["CLOCK_MAX_AHEAD_HOURS"] = 2
    turn(INSIDE)
    turn(INSIDE + timedelta(hours=2, seconds=1))
    assert services.stopped_clock() is not None


@pytest.mark.postgresql
def test_what_a_wrong_clock_expired_opened_and_closed_is_put_back(
    app: Flask, make_account: Make
) -> None:
    owner, wrong, now = make_account(), INSIDE + 45 * DAY, INSIDE + 2 * MINUTE
    standing = publish(owner)
    over = publish(owner, valid_until=INSIDE - DAY)
    fair = make_fair()
    later = make_fair(
        slug="2026-october",
        status=FairStatus.ANNOUNCED,
        starts_on=date(2026, 10, 10),
        ends_on=date(2026, 12, 20),
    )
    ended = make_fair(slug="2026-summer", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 9))
    with transaction():
        expire_offers(wrong)
        update_states(wrong)
    with transaction():
        update_counts()
    missed = publish(owner, at=INSIDE + MINUTE)
    before = db.session.scalar(select(func.count()).select_from(OfferChange))
    with transaction():
        done = services.undo(now)
    db.session.expire_all()
    assert (standing.status, over.status) == (OfferStatus.PUBLISHED, OfferStatus.EXPIRED)
    assert [fair.status, later.status, ended.status] == [
        *(FairStatus.OPEN, FairStatus.ANNOUNCED, FairStatus.CLOSED)
    ]
    assert done == [
        *("1 offers published again.", "2026-autumn: open again."),
        "2026-october: announced again.",
    ]
    assert db.session.scalar(select(func.count()).select_from(OfferChange)) == before + 1
    listed = db.session.scalars(select(FairListing.offer_id).where(FairListing.fair_id == fair.id))
    assert missed.id in set(listed)
    last = db.session.scalars(
        select(FairEvent).where(FairEvent.fair_id == fair.id).order_by(FairEvent.id.desc())
    ).first()
    assert last is not None
    assert last.reason
    with transaction():
        assert services.undo(now) == []


def test_what_was_done_before_the_mistake_is_left_alone(make_account: Make) -> None:
    publish(make_account())
    with transaction():
        expire_offers(INSIDE + 45 * DAY)
    at = db.session.scalars(select(Offer.updated_at)).one()
    with transaction():
        assert services.undo(INSIDE, since=at + MINUTE) == []
    with transaction():
        assert services.undo(INSIDE, since=at) == ["1 offers published again."]


def test_the_command_tells_what_it_put_back(
    app: Flask, offer: Offer, turn: Callable[[datetime], None]
) -> None:
    run = app.test_cli_runner().invoke
    with transaction():
        expire_offers(INSIDE + 45 * DAY)
    turn(INSIDE)
    told = run(args=["calendar", "undo", "--since", "2020-01-01 08:00"])
    assert told.output == "1 offers published again.\n"
    assert status() is OfferStatus.PUBLISHED
    assert run(args=["calendar", "undo"]).output == "Nothing to put right.\n"


def test_the_desk_says_that_the_calendar_stands_still_and_nobody_is_reminded(
    make_account: Make, log_in: Callable[[Account], object], turn: Callable[[datetime], None]
) -> None:
    province = make_account("湖南", role="province_official", region="430000")
    client = log_in(province)
    client.set_cookie("language", "en")  # type: ignore[attr-defined]
    words = "The clock of the server jumped"
    turn(INSIDE)
    assert words not in client.get("/desk").text  # type: ignore[attr-defined]
    turn(INSIDE + 45 * DAY)
    page = client.get("/desk").text  # type: ignore[attr-defined]
    assert words in page
    assert "2026-09-16 10:00" in page
    fair = make_fair()
    with pytest.raises(Refused), transaction():
        remind(province, fair, [("430726", Period(fair.ends_on, StatementKind.FINAL))])


def test_a_fair_edited_by_a_wrong_clock_waits_for_the_calendar(
    make_account: Make, turn: Callable[[datetime], None]
) -> None:
    province = make_account("湖南", role="province_official", region="430000")
    turn(INSIDE)
    turn(INSIDE + 45 * DAY)
    with transaction():
        fair = create_fair(province, fair_values(starts_on=INSIDE.date()), at=INSIDE)
    assert fair.status is FairStatus.ANNOUNCED
    turn(INSIDE + MINUTE)
    assert db.session.get_one(Fair, fair.id).status is FairStatus.OPEN
