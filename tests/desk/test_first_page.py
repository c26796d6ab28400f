"""The desk's first page beside its list: the running fair, the own statements, the counties."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import utcnow
from market.desk.counties import CountyOrder, waiting_by_prefecture
from market.desk.fair_panel import fair_panel
from market.desk.queries import counties
from market.desk.task_words import format_when, list_facts
from market.fairs.models import FairStatus
from market.statements import tasks, week, withdrawal
from market.statements.rules import DayState
from market.tallies.queries import stored_count
from market.tallies.services import recount
from market.text.days import local_day
from market.web.desk_registry import DeskTask, Urgency
from market.web.home_time import home_zone
from tests.deals.factories import agree, do, make_trade
from tests.desk.requests import fresh_request
from tests.offers.factories import make_offer
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

Maker = Callable[..., Account]


@pytest.fixture
def season(make_account: Maker) -> Season:
    """A fair in its fifth day."""
    today = local_day(utcnow(), home_zone())
    return make_season(
        make_account,
        starts_on=today - timedelta(days=4),
        ends_on=today + timedelta(days=3),
        status=FairStatus.OPEN,
    )


def of_now(**values: Any) -> DeskTask:
    return DeskTask("some", "Things", "Do 2 things", 2, "/desk", "Do now", **values)


def test_a_task_says_by_when_how_late_and_what_it_comes_to(app: Any) -> None:
    now = utcnow()
    midnight = datetime.combine(local_day(now, home_zone()), time(), home_zone())
    over = now - timedelta(hours=30)
    with app.test_request_context():
        late = of_now(late=1, due_at=over)
        assert late.urgency is Urgency.OVERDUE
        assert list_facts(late) == ["已过 1 天"]
        today = of_now(due_at=midnight + timedelta(days=1))
        assert format_when(of_now(due_at=midnight)) == "昨天 24:00"
        assert format_when(today) == "今天 24:00"
        waits = of_now(late=1, oldest=now - timedelta(days=4), amount_fen=123_450)
        assert (waits.urgency, format_when(waits)) == (Urgency.LATE, "等了 4 天")
        assert list_facts(waits) == ["1 项超时", "共 0.12 万元"]
        assert of_now(late=1, is_watched=True).urgency is Urgency.WATCHED


def test_the_last_seven_days_say_how_each_stands(season: Season, app: Any) -> None:
    season.submit(SHIMEN, season.day(0))
    returned = season.submit(SHIMEN, season.day(1))
    season.send_back(returned, "请核对")
    with app.test_request_context():
        found = week.last_week(season.official(SHIMEN))
    assert found
    _own, days = found
    today = local_day(utcnow(), home_zone())
    assert [day.day for day in days] == [today - timedelta(days=n) for n in range(6, -1, -1)]
    states = [day.state for day in days]
    assert states[:2] == [DayState.OPEN] * 2, "before the fair"
    assert states[2:5] == [DayState.LATE, DayState.RETURNED, DayState.MISSING]
    assert states[6] is DayState.OPEN, "today is not over"


def test_each_missing_day_is_named_on_one_line_that_leads_to_the_oldest(
    season: Season, app: Any
) -> None:
    season.submit(SHIMEN, season.day(0))
    with app.test_request_context():
        [task] = tasks.statement_tasks(season.official(SHIMEN))
    assert task.count == 3
    assert task.url == (f"/desk/statements/draft/{season.fair.slug}/{season.day(1).key}/{SHIMEN}")
    days = [season.day(n).day for n in (1, 2, 3)]
    names = [f"{day.month}月{day.day}日" for day in days]
    assert task.details[0] == "、".join(names)
    assert names[0] in task.title


def test_what_a_county_withdrew_is_missing_again(season: Season, app: Any) -> None:
    def missing() -> int:
        with fresh_request(app):
            found = tasks.statement_tasks(season.official(CHANGDE))
            return sum(task.count for task in found if task.name == "statements-missing")

    before = missing()
    statement = season.submit(SHIMEN, season.day(0))
    assert missing() == before - 1
    do(withdrawal.withdraw, season.official(SHIMEN), statement)
    assert missing() == before


def test_the_panel_has_the_own_value_rank_and_running_sum(season: Season, app: Any) -> None:
    first, second = season.fair.starts_on, season.fair.starts_on + timedelta(days=2)
    season.deal(SHIMEN, 30_000, day=first)
    season.deal(SHIMEN, 20_000, day=second)
    season.deal(TAOYUAN, 70_000, day=second)
    recount(season.fair.id)
    with app.test_request_context():
        count = stored_count(season.fair)
        panel = fair_panel(season.fair, count.tree.nodes[SHIMEN], count)
        above = fair_panel(season.fair, count.tree.nodes[CHANGDE], count)
    assert (panel.amount_fen, panel.rank, panel.day.number) == (50_000, 2, 5)
    assert list(panel.line)[:3] == [30_000, 30_000, 50_000]
    assert panel.among == len(count.rows)
    assert (above.amount_fen, above.rank, above.line[-1]) == (120_000, None, 120_000)


def test_counties_are_grouped_by_prefecture_and_sorted(
    make_account: Maker, log_in: Callable[[Account], Any], app: Any
) -> None:
    trade = make_trade(make_account)
    agree(trade)
    for _ in range(3):
        make_offer(make_account("岳阳农户", region="430602"), region="430602")
    with app.test_request_context():
        by = {
            order: waiting_by_prefecture(counties(["43"]), order)
            for order in (CountyOrder.DEALS, CountyOrder.OFFERS, CountyOrder.PLACE)
        }
    codes = {order: [group.place.code for group in groups] for order, groups in by.items()}
    assert codes[CountyOrder.DEALS] == ["430700", "430600"]
    assert codes[CountyOrder.OFFERS] == codes[CountyOrder.PLACE] == ["430600", "430700"]
    assert [(g.deals, g.offers) for g in by[CountyOrder.DEALS]] == [(1, 1), (0, 3)]
    client = log_in(make_account("省厅", role="province_official", scope="430000"))
    client.set_cookie("language", "en")
    page = client.get("/desk?sort=offers").text
    assert re.search(r"<summary>\s*<strong>Yueyang[^§]*deals 0 · offers 3", page)
    assert "<details open" not in page


def test_another_order_than_those_is_the_usual_one(
    make_account: Maker, log_in: Callable[[Account], Any]
) -> None:
    client = log_in(make_account("省厅", role="province_official", scope="430000"))
    assert client.get("/desk?sort=nothing").status_code == 200
