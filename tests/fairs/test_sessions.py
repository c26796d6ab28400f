from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs import services, session_services
from market.fairs.checks import FairChanged
from market.fairs.models import (
    Fair,
    FairEventKind,
    FairSession,
    FairSessionTheme,
    FairStatus,
    FairTheme,
)
from market.fairs.queries import events_of, last_event, session_lines, sessions_of
from market.web.errors import Invalid, InvalidTransition
from tests.fairs.factories import ORANGE, TEA, make_fair
from tests.fairs.test_lifecycle import NOON, inside, session_values

pytestmark = pytest.mark.postgresql


@pytest.fixture
def fair(app: Any, clock: Callable[[datetime], None]) -> Fair:
    """An open fair of fruit and tea, at noon of its sixth day."""
    clock(NOON)
    fair = make_fair()
    with transaction():
        db.session.add_all(FairTheme(fair_id=fair.id, product_prefix=p) for p in ("03", TEA))
    return fair


def test_sessions_are_listed_by_their_days(province: Account, fair: Fair) -> None:
    for slug, first in (("late", 20), ("early", 15)):
        values = session_values(slug=slug, starts_on=date(2026, 9, first))
        inside(session_services.add_session, province, fair, values)
    assert [session.slug for session in sessions_of(fair)] == ["early", "late"]
    assert [line.slug for line in session_lines(fair)] == ["early", "late"]
    assert events_of(fair)[0].about == "柑橘专场"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": date(2026, 9, 14)}, "starts_on"),
        ({"ends_on": date(2026, 10, 1)}, "ends_on"),
        ({"ends_on": date(2026, 9, 15)}, "ends_on"),
        ({"themes": []}, "products"),
        ({"themes": ["02"]}, "products"),
        ({"themes": [ORANGE, "0401"]}, "products"),
    ],
)
def test_a_session_outside_its_fair_is_refused_at_its_field(
    province: Account, fair: Fair, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        inside(session_services.add_session, province, fair, session_values(**wrong))
    assert refused.value.field == field
    assert sessions_of(fair) == []


def test_two_sessions_of_a_fair_have_two_addresses(province: Account, fair: Fair) -> None:
    inside(session_services.add_session, province, fair, session_values())
    with pytest.raises(Invalid) as refused:
        inside(session_services.add_session, province, fair, session_values())
    assert refused.value.field == "slug"
    other = make_fair(slug="other")
    inside(session_services.add_session, province, other, session_values())
    assert db.session.scalar(select(db.func.count()).select_from(FairSession)) == 2


def test_a_session_is_changed_and_taken_out_and_both_are_told(
    province: Account, fair: Fair
) -> None:
    session = inside(session_services.add_session, province, fair, session_values())
    values = session_values(name="茶专场", themes=[TEA], ends_on=date(2026, 9, 30))
    inside(session_services.edit_session, province, session, values)
    inside(session_services.edit_session, province, session, values)
    assert (session.name, session.prefixes) == ("茶专场", [TEA])
    inside(session_services.remove_session, province, session)
    assert db.session.scalars(select(FairSessionTheme)).all() == []
    told = [event.kind for event in events_of(fair)]
    assert told == [
        FairEventKind.SESSION_REMOVED,
        FairEventKind.SESSION_EDITED,
        FairEventKind.SESSION_ADDED,
    ]


@pytest.mark.parametrize("status", [FairStatus.CLOSED, FairStatus.CERTIFIED])
def test_sessions_are_fixed_once_the_fair_is_over(
    province: Account, fair: Fair, status: FairStatus
) -> None:
    session = inside(session_services.add_session, province, fair, session_values())
    with transaction():
        fair.status = status
    for act in (
        lambda: session_services.add_session(province, fair, session_values(slug="more")),
        lambda: session_services.edit_session(province, session, session_values(name="改")),
        lambda: session_services.remove_session(province, session),
    ):
        with pytest.raises(InvalidTransition), transaction():
            act()


def test_sessions_are_fixed_after_the_last_day_though_nobody_closed_the_fair_yet(
    province: Account, fair: Fair, clock: Callable[[datetime], None]
) -> None:
    session = inside(session_services.add_session, province, fair, session_values())
    clock(datetime(2026, 9, 30, 16, tzinfo=UTC))
    with pytest.raises(InvalidTransition):
        inside(session_services.remove_session, province, session)


def test_who_takes_out_a_session_that_another_changed_is_told(
    province: Account, fair: Fair
) -> None:
    session = inside(session_services.add_session, province, fair, session_values())
    seen = last_event(fair)
    inside(session_services.edit_session, province, session, session_values(name="改"), seen)
    with pytest.raises(FairChanged):
        inside(session_services.remove_session, province, session, seen)
    assert sessions_of(fair) == [session]


def test_a_session_that_another_took_out_cannot_be_changed(province: Account, fair: Fair) -> None:
    session = inside(session_services.add_session, province, fair, session_values())
    with db.engine.begin() as other:
        other.execute(FairSessionTheme.__table__.delete())
        other.execute(FairSession.__table__.delete())
    with pytest.raises(InvalidTransition):
        inside(session_services.edit_session, province, session, session_values(name="改"))


def test_a_worker_turns_a_fair_with_sessions(province: Account, fair: Fair) -> None:
    inside(session_services.add_session, province, fair, session_values())
    inside(services.update_states, datetime(2026, 10, 1, tzinfo=UTC))
    assert fair.status is FairStatus.CLOSED
