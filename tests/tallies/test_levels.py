"""A fair of a county or a prefecture is told by the name of its own level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.papers import paper_tables, wording
from market.papers.official_figures import of_count
from market.regions.labels import level_word
from market.regions.models import Region
from market.tables.fair_tables import TableSource, counties, prefectures
from market.tallies import services
from market.web.language import gettext
from tests.fairs.factories import count_deal, make_fair

Make = Callable[..., Account]
ADDRESS = "/fairs/2026-autumn"


def fair_of(code: str, make_account: Make) -> Fair:
    fair = make_fair(region=db.session.get_one(Region, code))
    count_deal(fair, make_account(region="430726"), make_account(region="430102"))
    with transaction():
        services.recount(fair.id)
    return fair


def heads_of(page: str) -> list[str]:
    return [part.split("</th>")[0].split(">")[-1] for part in page.split('<th scope="col"')[1:]]


@pytest.mark.parametrize(
    ("code", "head"), [("430726", "县市区"), ("430700", "县市区"), ("430000", "市州")]
)
def test_a_table_is_headed_by_the_level_of_its_rows(
    make_account: Make, client: Any, code: str, head: str
) -> None:
    fair_of(code, make_account)
    page = client.get(ADDRESS).get_data(as_text=True).split("<h2>最新核实成交</h2>")[1]
    assert heads_of(page.split("<table")[1])[0] == head


def test_a_countys_fair_has_no_prefecture_anywhere(
    make_account: Make, client: Any, app: Any
) -> None:
    fair = fair_of("430726", make_account)
    for page in ("", "/regions/430726", "/regions/430726/tables"):
        assert "市州" not in client.get(ADDRESS + page).get_data(as_text=True), page
    assert client.get(f"{ADDRESS}/regions/430726/tables/prefectures.csv").status_code == 404
    with app.test_request_context():
        printed = of_count(fair, fair.region)
        sentences = [
            wording.format_fair(printed),
            wording.format_totals(printed),
            wording.format_regions(printed),
        ]
        assert "市州" not in str(sentences)
        assert "石门县" in sentences[0][0]
        assert next(c.label for c in counties(TableSource.now(fair, "430726")).columns) == "县市区"
        assert paper_tables.counties_table(printed).title == "全部县市区，按成交额排名"


def test_a_prefectures_tables_name_prefecture_and_counties(make_account: Make, app: Any) -> None:
    source = TableSource.now(fair_of("430700", make_account), "430700")
    with app.test_request_context():
        assert next(c.label for c in prefectures(source).columns) == "市州"
        assert [c.label for c in counties(source).columns][:2] == ["市州", "县市区"]


def test_regions_of_several_levels_are_headed_as_regions(app: Any) -> None:
    with app.test_request_context():
        assert level_word(["430700", "430726"]) == gettext("Region")


def test_every_table_with_a_total_says_why_rounded_rows_may_differ(
    make_account: Make, client: Any
) -> None:
    fair_of("430000", make_account)
    for page in ("", "/counties", "/regions/430000", "/regions/430000/products"):
        text = client.get(ADDRESS + page).get_data(as_text=True)
        assert text.count("<tfoot>") <= text.count("四舍五入"), page
        assert "四舍五入" in text, page
