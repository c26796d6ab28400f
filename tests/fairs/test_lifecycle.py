from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import verification
from market.deals.models import Channel, Deal, LedgerEntry
from market.fairs import lifecycle, services, session_services, suggestions
from market.fairs.checks import FairChanged
from market.fairs.models import Fair, FairEventKind, FairListing, FairSeason, FairStatus
from market.fairs.queries import events_of, last_event, overlapping, sessions_of, themes_of
from market.regions.models import Region
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from tests.deals.factories import Trade, agree, make_trade
from tests.fairs.factories import ORANGE, TEA, fair_values, make_fair, publish
from tests.offers.factories import PEAR, make_offer

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
Clock = Callable[[datetime], None]
# In the home time zone: noon of the fair's sixth day, and its last minute.
NOON = datetime(2026, 9, 20, 4, tzinfo=UTC)
LAST_MINUTE = datetime(2026, 9, 30, 15, 59, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def session_values(**values: Any) -> dict[str, Any]:
    return {
        "name": "柑橘专场",
        "name_en": "Citrus session",
        "slug": "citrus",
        "note": "",
        "themes": [ORANGE[:4]],
        "starts_on": date(2026, 9, 16),
        "ends_on": date(2026, 9, 22),
        **values,
    }


def emergency_values(**values: Any) -> dict[str, Any]:
    given = {
        "region": db.session.get_one(Region, "430000"),
        "themes": [ORANGE],
        "name": "",
        "name_en": "",
        "slug": "",
    }
    return suggestions.suggest_emergency_values({**given, **values})


def inside(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with transaction():
        return act(*args, **kwargs)


def kinds(fair: Fair) -> list[FairEventKind]:
    return [event.kind for event in events_of(fair)]


def test_a_fair_tells_its_life_and_the_calendars_part_in_it(
    province: Account, clock: Clock
) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    fair = inside(services.create_fair, province, fair_values())
    for at in (datetime(2026, 9, 14, 16, tzinfo=UTC), LAST_MINUTE, LAST_MINUTE + MINUTE):
        inside(services.update_states, at)
    told = [(event.kind.value, event.by and event.by.name, event.at) for event in events_of(fair)]
    assert told == [
        ("closed", None, LAST_MINUTE + MINUTE),
        ("opened", None, datetime(2026, 9, 14, 16, tzinfo=UTC)),
        ("announced", "省商务厅", datetime(2026, 9, 1, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    "statement", ["UPDATE fair_events SET reason = 'x'", "DELETE FROM fair_events"]
)
def test_what_was_done_with_a_fair_cannot_be_undone(
    province: Account, clock: Clock, statement: str
) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    inside(services.create_fair, province, fair_values())
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement))


def test_extending_moves_the_last_day_and_says_why(province: Account, clock: Clock) -> None:
    clock(NOON)
    fair = make_fair()
    inside(lifecycle.extend_fair, province, fair, date(2026, 10, 7), "晚熟")
    event = events_of(fair)[0]
    assert fair.ends_on == date(2026, 10, 7)
    assert (event.kind, event.reason, event.by) == (FairEventKind.EXTENDED, "晚熟", province)
    assert (event.from_day, event.to_day) == (date(2026, 9, 30), date(2026, 10, 7))


@pytest.mark.parametrize(
    ("ends_on", "reason", "field"),
    [
        (date(2026, 9, 30), "晚熟", "ends_on"),
        (date(2026, 9, 25), "晚熟", "ends_on"),
        (date(2028, 1, 1), "晚熟", "ends_on"),
        (date(2026, 10, 7), " ", "reason"),
        (date(2026, 10, 7), "久" * 201, "reason"),
    ],
)
def test_an_extension_that_cannot_be_is_refused_at_its_field(
    province: Account, clock: Clock, ends_on: date, reason: str, field: str
) -> None:
    clock(NOON)
    fair = make_fair()
    with pytest.raises(Invalid) as refused:
        inside(lifecycle.extend_fair, province, fair, ends_on, reason)
    assert refused.value.field == field
    assert (fair.ends_on, kinds(fair)) == (date(2026, 9, 30), [])


@pytest.mark.parametrize("status", [FairStatus.ANNOUNCED, FairStatus.CLOSED, FairStatus.CERTIFIED])
def test_only_an_open_fair_is_extended_or_closed_early(
    province: Account, clock: Clock, status: FairStatus
) -> None:
    clock(NOON)
    fair = make_fair(status=status)
    with pytest.raises(InvalidTransition):
        inside(lifecycle.extend_fair, province, fair, date(2026, 10, 7), "晚熟")
    with pytest.raises(InvalidTransition):
        inside(lifecycle.close_early, province, fair, "台风")


def test_a_fair_whose_last_day_is_over_is_not_extended_though_nobody_closed_it_yet(
    province: Account, clock: Clock
) -> None:
    fair = make_fair()
    clock(LAST_MINUTE + MINUTE)
    with pytest.raises(InvalidTransition):
        inside(lifecycle.extend_fair, province, fair, date(2026, 10, 7), "晚熟")


def test_closing_early_makes_today_the_last_day_and_ends_the_sessions_with_it(
    province: Account, clock: Clock
) -> None:
    clock(NOON)
    fair = make_fair()
    for slug, first, last in (("over", 16, 18), ("running", 18, 25), ("coming", 22, 28)):
        dates = {"starts_on": date(2026, 9, first), "ends_on": date(2026, 9, last)}
        inside(session_services.add_session, province, fair, session_values(slug=slug, **dates))
    inside(lifecycle.close_early, province, fair, "台风")
    left = [(session.slug, session.ends_on.day) for session in sessions_of(fair)]
    assert left == [("over", 18), ("running", 20)]
    event = events_of(fair)[0]
    assert (event.kind, event.from_day) == (FairEventKind.CLOSED_EARLY, date(2026, 9, 30))
    assert (fair.status, fair.ends_on) == (FairStatus.OPEN, date(2026, 9, 20))
    inside(services.update_states, datetime(2026, 9, 20, 15, 59, tzinfo=UTC))
    assert fair.status is FairStatus.OPEN
    inside(services.update_states, datetime(2026, 9, 20, 16, tzinfo=UTC))
    assert fair.status is FairStatus.CLOSED


def test_a_fair_on_its_last_day_cannot_be_closed_earlier(province: Account, clock: Clock) -> None:
    clock(LAST_MINUTE)
    with pytest.raises(Invalid):
        inside(lifecycle.close_early, province, make_fair(), "台风")


def agreed(make_account: Make, clock: Clock, at: datetime) -> tuple[Trade, Deal]:
    """A deal agreed at that moment."""
    clock(at)
    trade = make_trade(make_account)
    return trade, agree(trade)


def test_a_deal_of_the_last_minute_counts_for_the_fair_though_verified_later(
    make_account: Make, clock: Clock
) -> None:
    fair = make_fair()
    trade, deal = agreed(make_account, clock, LAST_MINUTE)
    clock(LAST_MINUTE + timedelta(days=5))
    inside(services.update_states, LAST_MINUTE + timedelta(days=5))
    inside(verification.verify_deal, trade.official, deal)
    assert fair.status is FairStatus.CLOSED
    assert deal.agreed_on == fair.ends_on
    entry = db.session.scalars(select(LedgerEntry)).one()
    assert (entry.fair_id, entry.channel) == (fair.id, Channel.FAIR)


def test_a_deal_of_the_first_minute_after_is_a_daily_deal(make_account: Make, clock: Clock) -> None:
    make_fair()
    _trade, deal = agreed(make_account, clock, LAST_MINUTE + MINUTE)
    assert (deal.fair_id, deal.channel) == (None, Channel.DAILY)


def test_an_extended_fair_takes_the_deals_and_offers_of_the_added_days(
    province: Account, make_account: Make, clock: Clock
) -> None:
    clock(NOON)
    fair = make_fair()
    inside(lifecycle.extend_fair, province, fair, date(2026, 10, 7), "晚熟")
    inside(services.update_states, LAST_MINUTE + MINUTE)
    _trade, deal = agreed(make_account, clock, LAST_MINUTE + MINUTE)
    assert deal.fair_id == fair.id
    listed = db.session.scalars(select(FairListing)).one()
    assert (listed.fair_id, listed.offer_id) == (fair.id, deal.seller_offer_id)


def test_a_fair_closed_early_keeps_todays_deals_and_takes_none_of_tomorrow(
    province: Account, make_account: Make, clock: Clock
) -> None:
    clock(NOON)
    fair = make_fair()
    inside(lifecycle.close_early, province, fair, "台风")
    tonight = datetime(2026, 9, 20, 15, 59, tzinfo=UTC)
    assert agreed(make_account, clock, tonight)[1].fair_id == fair.id
    # The worker has not turned it yet: its dates alone decide.
    assert agreed(make_account, clock, tonight + MINUTE)[1].fair_id is None


def test_of_two_fairs_in_one_region_the_theme_takes_the_deal(
    province: Account, make_account: Make, clock: Clock
) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    inside(services.create_fair, province, fair_values())
    pears = inside(services.create_fair, province, fair_values(slug="pears", themes=[PEAR]))
    inside(services.update_states, NOON)
    _trade, deal = agreed(make_account, clock, NOON)
    assert deal.fair_id == pears.id


def test_fairs_of_other_products_do_not_overlap(province: Account, clock: Clock) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    tea, pears, all_, category = (
        inside(services.create_fair, province, fair_values(slug=slug, themes=themes))
        for slug, themes in (("tea", [TEA]), ("pears", [PEAR]), ("all", []), ("fruit", ["03"]))
    )
    with transaction():
        for fair in (tea, pears, all_, category):
            fair.status = FairStatus.ANNOUNCED
    assert overlapping(tea) == [all_]
    assert overlapping(pears) == [all_, category]


def test_the_next_edition_has_its_year_its_sessions_and_its_baselines(
    province: Account, clock: Clock
) -> None:
    clock(datetime(2026, 9, 15, 2, tzinfo=UTC))
    before = make_fair(slug="2025-autumn", year=2025, status=FairStatus.CLOSED)
    with transaction():
        before.starts_on, before.ends_on = date(2025, 9, 15), date(2025, 9, 30)
    source = inside(services.create_fair, province, fair_values(themes=["03"]))
    session = inside(session_services.add_session, province, source, session_values())
    left = inside(
        session_services.add_session, province, source, session_values(slug="left", name="另一")
    )
    edition = suggestions.suggest_next_edition(source)
    assert edition.values["name"] == "2027年秋季对接会"
    assert [planned.starts_on for planned in edition.sessions] == [date(2027, 9, 16)] * 2
    # Not the fair of all products a year earlier: that is another series.
    assert edition.values["previous_id"] == edition.values["same_season_id"] == source.id
    values = {**edition.values, "season": FairSeason.AUTUMN, "themes": ["03"]}
    values["starts_on"] += timedelta(days=5)
    made = inside(lifecycle.clone_fair, province, source, values, [session.id])
    assert (made.slug, made.year, made.starts_on) == ("2027-autumn", 2027, date(2027, 9, 20))
    assert themes_of([made.id])[made.id] == {"03"}
    copy = sessions_of(made)
    assert [(c.slug, c.starts_on, c.prefixes) for c in copy] == [
        ("citrus", date(2027, 9, 21), [ORANGE[:4]])
    ]
    assert left.slug not in {c.slug for c in copy}
    event = events_of(made)[0]
    assert (event.kind, event.source) == (FairEventKind.CLONED, source)


def test_a_fair_of_the_29th_of_february_is_held_again_on_the_28th(
    province: Account, clock: Clock
) -> None:
    clock(datetime(2028, 2, 1, tzinfo=UTC))
    days = {"starts_on": date(2028, 2, 29), "ends_on": date(2028, 3, 20)}
    source = inside(services.create_fair, province, fair_values(slug="leap", year=2028, **days))
    leap = session_values(starts_on=date(2028, 2, 29), ends_on=date(2028, 2, 29))
    inside(session_services.add_session, province, source, leap)
    edition = suggestions.suggest_next_edition(source)
    values = {**edition.values, "season": FairSeason.AUTUMN, "themes": []}
    ids = [planned.id for planned in edition.sessions]
    made = inside(lifecycle.clone_fair, province, source, values, ids)
    assert (made.slug, made.starts_on) == ("leap-2029", date(2029, 2, 28))
    assert sessions_of(made)[0].starts_on == date(2029, 2, 28)


@pytest.mark.parametrize(
    "change", [{"ends_on": date(2027, 9, 17)}, {"themes": [TEA]}, {"themes": ["0302"]}]
)
def test_a_session_that_does_not_fit_the_next_edition_is_named_and_nothing_made(
    province: Account, clock: Clock, change: dict[str, Any]
) -> None:
    clock(NOON)
    source = make_fair()
    session = inside(session_services.add_session, province, source, session_values())
    values = {
        **suggestions.suggest_next_edition(source).values,
        "season": FairSeason.AUTUMN,
        "themes": [],
    }
    with pytest.raises(Invalid, match="柑橘专场") as refused:
        inside(lifecycle.clone_fair, province, source, {**values, **change}, [session.id])
    assert refused.value.field == "sessions"
    assert db.session.scalars(select(Fair)).all() == [source]


def test_an_emergency_fair_opens_at_once_with_what_was_posted_today(
    province: Account, make_account: Make, clock: Clock
) -> None:
    farmer = make_account()
    today = publish(farmer, at=NOON - timedelta(hours=6))
    publish(farmer, at=NOON - timedelta(hours=14))
    publish(farmer, at=NOON, product_code=TEA)
    clock(NOON)
    fair = inside(lifecycle.open_emergency_fair, province, emergency_values(), 7, "暴雨")
    assert fair.status is FairStatus.OPEN
    assert (fair.starts_on, fair.ends_on) == (date(2026, 9, 20), date(2026, 9, 26))
    assert (fair.slug, fair.season) == ("2026-09-20-navel-orange", FairSeason.AUTUMN)
    assert fair.name == "湖南2026年9月脐橙应急对接会"
    assert [row.offer_id for row in db.session.scalars(select(FairListing))] == [today.id]
    told = [(event.kind.value, event.reason) for event in events_of(fair)]
    assert told == [("opened", ""), ("announced", "暴雨")]
    clock(NOON + MINUTE)
    later = make_offer(farmer, product=ORANGE, quantity=Decimal(10))
    assert db.session.get(FairListing, (fair.id, later.id)) is not None


def test_two_emergency_fairs_a_day_have_two_addresses_unless_they_are_the_same(
    province: Account, clock: Clock
) -> None:
    clock(NOON)
    inside(lifecycle.open_emergency_fair, province, emergency_values(), 7, "暴雨")
    changde = {"region": db.session.get_one(Region, "430700")}
    second = inside(lifecycle.open_emergency_fair, province, emergency_values(**changde), 3, "滞销")
    assert (second.slug, second.status) == ("2026-09-20-navel-orange-2", FairStatus.OPEN)
    with pytest.raises(Invalid) as refused:
        inside(lifecycle.open_emergency_fair, province, emergency_values(**changde), 9, "滞销")
    assert refused.value.field == "products"
    taken = emergency_values(themes=[TEA], slug=second.slug)
    with pytest.raises(Invalid) as refused:
        inside(lifecycle.open_emergency_fair, province, taken, 9, "滞销")
    assert refused.value.field == "slug"


def test_an_emergency_fair_needs_a_reason_and_products(province: Account) -> None:
    for values, reason, field in ((emergency_values(), "", "reason"), ({}, "暴雨", "products")):
        values = values or {**emergency_values(), "themes": []}
        with pytest.raises(Invalid) as refused:
            inside(lifecycle.open_emergency_fair, province, values, 7, reason)
        assert refused.value.field == field


@pytest.mark.parametrize("role", ["county_official", "prefecture_official"])
def test_nobody_below_the_province_moves_a_fair(
    make_account: Make, clock: Clock, role: str
) -> None:
    clock(NOON)
    fair, actor = make_fair(), make_account(role=role, scope="430700")
    changde = db.session.get_one(Region, "430700")
    for act in (
        lambda: lifecycle.extend_fair(actor, fair, date(2026, 10, 7), "晚熟"),
        lambda: lifecycle.close_early(actor, fair, "台风"),
        lambda: lifecycle.open_emergency_fair(actor, emergency_values(region=changde), 3, "滞销"),
        lambda: session_services.add_session(actor, fair, session_values()),
        lambda: lifecycle.clone_fair(actor, fair, fair_values(slug="again"), []),
    ):
        with pytest.raises(Refused), transaction():
            act()


def test_the_second_of_two_officials_is_told_what_the_first_did(
    province: Account, clock: Clock
) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    fair = inside(services.create_fair, province, fair_values())
    seen = last_event(fair)
    inside(services.edit_fair, province, fair, fair_values(name="新名", themes=["03"]), seen)
    with pytest.raises(FairChanged) as told:
        inside(services.edit_fair, province, fair, fair_values(note="改"), seen)
    assert [event.about for event in told.value.events] == ["name themes"]
    assert (fair.name, fair.note) == ("新名", "")
    values = fair_values(note="改", themes=["03"])
    inside(services.edit_fair, province, fair, values, told.value.events[-1].id)
    assert fair.note == "改"


def test_an_edit_that_changes_nothing_leaves_no_trace(province: Account, clock: Clock) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    fair = inside(services.create_fair, province, fair_values(themes=["03"]))
    inside(services.edit_fair, province, fair, fair_values(themes=["03"]))
    assert kinds(fair) == [FairEventKind.ANNOUNCED]


def test_an_announced_fair_does_not_leave_its_sessions_outside(
    province: Account, clock: Clock
) -> None:
    clock(datetime(2026, 9, 1, tzinfo=UTC))
    fair = inside(services.create_fair, province, fair_values())
    inside(session_services.add_session, province, fair, session_values())
    for change, field in (
        ({"starts_on": date(2026, 9, 17)}, "starts_on"),
        ({"ends_on": date(2026, 9, 20)}, "ends_on"),
        ({"themes": [TEA]}, "products"),
    ):
        with pytest.raises(DomainError) as refused:
            inside(services.edit_fair, province, fair, fair_values(**change))
        assert refused.value.field == field
