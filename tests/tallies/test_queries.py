from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from market.accounts.models import Account, TraderType
from market.database import transaction
from market.fairs.models import Fair, FairSeason, FairStatus
from market.fairs.services import enrol_from_publications
from market.offers.models import Side
from market.regions.queries import get_region
from market.tallies import comparisons, queries, region_queries, services
from market.tallies import county_map as county_map
from market.tallies.figures import BY_NAME
from tests.fairs.factories import TEA, count_deal, make_fair, publish

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, TAOYUAN, QUYUAN, FURONG = "430726", "430725", "430671", "430102"


def recount(fair: Fair) -> None:
    with transaction():
        enrol_from_publications(fair)
        services.recount(fair.id)


def rows(fair: Fair) -> dict[str, queries.CountyRow]:
    return {row.code: row for row in queries.county_rows(fair)}


def test_a_fair_never_counted_shows_every_county_with_zeros(app: object) -> None:
    found = rows(make_fair())
    assert len(found) == 124
    assert queries.Totals.of(found.values()) == queries.Totals()
    assert {row.rank for row in found.values()} == {None}


def test_counties_are_ranked_by_amount_and_equal_ones_share(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account()
    for place, amount in ((SHIMEN, 300), (TAOYUAN, 900), (QUYUAN, 300), (FURONG, 100)):
        count_deal(fair, make_account(region=place), buyer, amount)
    recount(fair)
    found = rows(fair)
    assert [found[c].rank for c in (TAOYUAN, SHIMEN, QUYUAN, FURONG)] == [1, 2, 2, 4]
    assert [found[c].rank_within for c in (TAOYUAN, SHIMEN, QUYUAN, FURONG)] == [1, 2, 1, 1]
    assert found["430702"].rank is None


def test_ranks_in_a_region_are_those_of_the_whole_fair(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account()
    count_deal(fair, make_account(region=FURONG), buyer, 900)
    count_deal(fair, make_account(region=SHIMEN), buyer, 300)
    recount(fair)
    inside = queries.county_rows(fair, get_region("430700").path)
    assert {row.parent[0] for row in inside} == {"430700"}
    assert {row.code: row.rank for row in inside}[SHIMEN] == 2


def test_a_zone_stands_under_its_prefecture(app: object) -> None:
    prefectures = {p.code: p for p in queries.group_by_prefecture(queries.county_rows(make_fair()))}
    assert len(prefectures) == 14
    assert QUYUAN in {c.code for c in prefectures["430600"].counties}


def earlier(**values: object) -> Fair:
    values = {"slug": "earlier", "year": 2025, "totals_only": True, **values}
    dates = {"starts_on": date(2025, 9, 15), "ends_on": date(2025, 9, 30)}
    return make_fair(status=FairStatus.CLOSED, **dates, **values)


def test_what_a_baseline_does_not_know_is_no_zero(make_account: Make) -> None:
    winter = earlier(season=FairSeason.WINTER, total_listings=10)
    fair = make_fair(previous_id=winter.id)
    for _ in range(18):
        publish(make_account())
    recount(fair)
    (comparison,) = comparisons.find_comparisons(fair, queries.totals(fair))
    figures = {c.name: c for c in comparison.figures}
    assert (comparison.kind, comparison.baseline) == ("previous", winter)
    assert figures["listings"].change == Decimal("0.800")
    assert figures["amount_fen"].then is None
    assert figures["amount_fen"].change is None


def test_the_fair_before_and_the_same_season_are_told_apart(app: object) -> None:
    autumn = earlier(total_fen=100)
    winter = earlier(slug="winter", season=FairSeason.WINTER, total_fen=50)
    fair = make_fair(previous_id=winter.id, same_season_id=autumn.id)
    found = comparisons.find_comparisons(fair, queries.Totals(amount_fen=150))
    assert [(c.kind, c.baseline.slug) for c in found] == [
        ("previous", "winter"),
        ("same_season", "earlier"),
    ]
    assert [c.figures[-1].change for c in found] == [Decimal("2.000"), Decimal("0.500")]


def test_one_fair_that_is_both_baselines_is_compared_once(app: object) -> None:
    autumn = earlier(total_fen=100)
    fair = make_fair(previous_id=autumn.id, same_season_id=autumn.id)
    (found,) = comparisons.find_comparisons(fair, queries.Totals(amount_fen=150))
    assert (found.kind, found.baseline) == ("both", autumn)
    assert found.figures[-1].change == Decimal("0.500")
    assert comparisons.KINDS.index("both") == 1


def test_totals_known_only_together_stand_beside_and_are_not_compared(app: object) -> None:
    both = earlier(slug="2025-both", total_listings=90_778, total_fen=175_646 * 10**6)
    (comparison,) = comparisons.find_comparisons(
        make_fair(), queries.Totals(listings=5, amount_fen=5)
    )
    assert (comparison.kind, comparison.baseline) == ("beside", both)
    assert [c.then for c in comparison.figures] == [90_778, None, None, 175_646 * 10**6]
    assert {c.change for c in comparison.figures} == {None}


def counted_by_days(buyer: Account, seller: Account, **values: object) -> Fair:
    """Last year's autumn fair: 100 on its first day, 200 on its third, 400 on its tenth."""
    first = date(2025, 9, 20)
    dates = {"starts_on": first, "ends_on": date(2025, 10, 5), "year": 2025}
    fair = make_fair(slug="last-year", status=FairStatus.CLOSED, **dates, **values)
    for day, amount in ((0, 100), (2, 200), (9, 400)):
        count_deal(fair, seller, buyer, amount, agreed_on=first + timedelta(days=day))
    recount(fair)
    return fair


def running(make_account: Make, **values: object) -> Fair:
    """This year's, open, with 330 on its second day."""
    seller, buyer = make_account(), make_account()
    before = counted_by_days(buyer, seller)
    fair = make_fair(same_season_id=before.id, **values)
    count_deal(fair, seller, buyer, 330)
    return fair


def test_a_running_fair_is_compared_with_the_same_day_of_the_earlier_one(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair = running(make_account)
    # The third day of the fair, at eight in the morning at home.
    monkeypatch.setattr(services, "utcnow", lambda: datetime(2026, 9, 17, 0, tzinfo=UTC))
    recount(fair)
    root = queries.stored_count(fair).tree.root
    for node in (None, root):
        (comparison,) = comparisons.find_comparisons(fair, queries.totals(fair), node)
        figures = {c.name: c for c in comparison.figures}
        assert (comparison.through, comparison.provisional) == (3, False)
        assert (figures["amount_fen"].then, figures["amount_fen"].change) == (300, Decimal("0.1"))
        assert figures["deals"].then == 2


def test_a_fair_that_is_over_is_compared_whole_but_its_table_of_a_day_is_not(
    make_account: Make,
) -> None:
    fair = running(make_account, status=FairStatus.CLOSED)
    recount(fair)
    now = queries.totals(fair)
    (whole,) = comparisons.find_comparisons(fair, now)
    assert (whole.through, whole.provisional) == (None, False)
    assert {c.name: c.then for c in whole.figures}["amount_fen"] == 700
    (of_a_day,) = comparisons.find_comparisons(fair, now, day=date(2026, 9, 16))
    assert of_a_day.through == 2
    assert {c.name: c.then for c in of_a_day.figures}["amount_fen"] == 100
    (last,) = comparisons.find_comparisons(fair, now, day=fair.ends_on)
    assert last.through is None


def test_against_totals_alone_the_comparison_of_a_running_fair_is_provisional(
    app: object,
) -> None:
    before = earlier(total_fen=100)
    fair = make_fair(same_season_id=before.id)
    (comparison,) = comparisons.find_comparisons(fair, queries.Totals(amount_fen=150))
    assert comparison.provisional
    with transaction():
        fair.status = FairStatus.CLOSED
    (comparison,) = comparisons.find_comparisons(fair, queries.Totals(amount_fen=150))
    assert not comparison.provisional


def test_an_announced_fair_is_not_compared(app: object) -> None:
    before = earlier(total_fen=100)
    fair = make_fair(previous_id=before.id, status=FairStatus.ANNOUNCED)
    assert comparisons.find_comparisons(fair, queries.totals(fair)) == []


def test_a_change_from_nothing_has_no_percentage() -> None:
    assert comparisons.change(5, 0) is None
    assert comparisons.change(134_851, 74_917) == Decimal("0.800")
    assert comparisons.change(0, 10) == -1


def test_the_days_add_up_to_the_total(make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(), make_account()
    count_deal(fair, seller, buyer, 100)
    count_deal(fair, seller, buyer, 50)
    count_deal(fair, seller, buyer, 7, agreed_on=date(2026, 9, 18))
    recount(fair)
    days = [(day, t.amount_fen) for day, t in queries.totals_by_day(fair)]
    assert days == [(date(2026, 9, 16), 150), (date(2026, 9, 18), 7)]


def test_a_regions_products_are_those_listed_or_dealt_in_there(make_account: Make) -> None:
    fair, farmer = make_fair(), make_account(region=SHIMEN)
    publish(farmer)
    publish(farmer, side=Side.BUY)
    publish(make_account(region=FURONG))
    count_deal(fair, farmer, make_account(region=FURONG), 100, product_code=TEA)
    recount(fair)
    found = region_queries.region_products(fair, get_region("430700"))
    assert [(p.name, p.sell, p.buy, p.deals, p.amount_fen) for p in found] == [
        ("绿茶", 0, 0, 1, 100),
        ("脐橙", 1, 1, 0, 0),
    ]


def test_a_regions_deals_come_in_pages_with_names_masked(make_account: Make) -> None:
    fair = make_fair()
    seller = make_account("张三丰", region=SHIMEN)
    buyer = make_account("石门柑橘专业合作社", region=FURONG)
    for _ in range(region_queries.DEALS_PER_PAGE + 1):
        count_deal(fair, seller, buyer)
    assert region_queries.region_deals(fair, get_region(FURONG)).rows == []
    found = region_queries.region_deals(fair, get_region("430700"), page=9)
    assert (len(found.rows), found.pagination.page, found.pagination.pages) == (1, 2, 2)
    assert found.rows[0].seller == "张*"
    assert "石门柑橘" not in found.rows[0].buyer


@pytest.mark.parametrize(
    ("name", "kind", "masked"),
    [
        ("张三", TraderType.FARMER, "张*"),
        ("欧阳修文先生", TraderType.BROKER, "欧*"),
        ("鲜果行", TraderType.COMPANY, "鲜*"),
        ("石门柑橘专业合作社", TraderType.COOPERATIVE, "石门**作社"),
    ],
)
def test_names_are_masked(name: str, kind: TraderType, masked: str) -> None:
    assert region_queries.masked_name(name, kind) == masked


def test_every_county_is_on_the_map_and_zones_count_with_their_host(make_account: Make) -> None:
    fair = make_fair()
    host = get_region(QUYUAN).host_code
    count_deal(fair, make_account(region=QUYUAN), make_account(), 100)
    recount(fair)
    found = queries.county_rows(fair)
    drawn = county_map.outline("430000", frozenset(r.host_code or r.code for r in found))
    assert drawn is not None
    assert len(drawn.paths) == 122
    assert all(drawn.paths.values())
    assert "审图号" in drawn.attribution
    shapes, _cuts = county_map.shapes(found, drawn, BY_NAME["amount_fen"])
    coloured = [s for s in shapes if s.level]
    assert [s.county.code for s in coloured if s.county] == [host]
    assert [zone.code for zone in coloured[0].zones] == [QUYUAN]


def test_the_levels_of_the_map_hold_about_as_many_counties_each() -> None:
    cuts = county_map.level_limits([0, *range(1, 61)])
    levels = [county_map.level_of(amount, cuts) for amount in range(61)]
    assert [levels.count(level) for level in range(7)] == [1, 10, 10, 10, 10, 10, 10]
    assert county_map.level_limits([0, 5, 5, 5]) == []
    assert county_map.level_limits([]) == []
