"""Totals that were worked out and not given are marked wherever they are told."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.fairs.models import FairStatus
from market.papers import paper_tables, wording
from market.papers.official_figures import of_count, with_comparisons
from tests.fairs.factories import make_fair

MARK = "推算"


def test_a_derived_total_is_marked_on_every_page_and_paper(app: Any, client: Any) -> None:
    days = {"starts_on": date(2025, 9, 15), "ends_on": date(2025, 9, 30), "year": 2025}
    totals = {"totals_only": True, "total_listings": 74_917, "total_deals": 5, "note": "增长80%"}
    before = make_fair(
        slug="before", status=FairStatus.CLOSED, derived="total_listings", **days, **totals
    )
    fair = make_fair(previous_id=before.id, status=FairStatus.CLOSED)
    for page in ("/fairs", "/fairs/before", "/fairs/2026-autumn"):
        assert client.get(page).get_data(as_text=True).count(MARK) == 1, page
    with app.test_request_context():
        comparisons = with_comparisons(of_count(fair, fair.region), fair).comparisons
        table = paper_tables.comparison_table(comparisons)
        rows = {row[0]: row[2] for block in table.blocks for row in block.rows}
        assert rows["供求信息"] == "74,917（推算）"
        assert rows["成交笔数"] == "5"
        assert f"100.0%（{MARK}）" in wording.format_comparisons(comparisons)[0]
