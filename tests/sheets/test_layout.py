"""One page, whatever there is to say."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from market.sheets import layout
from market.sheets.layout import PAGES, lay_out
from market.sheets.models import PaperSize

COUNTS = st.integers(0, 60)
PAPERS = st.sampled_from(list(PAGES))


@given(PAPERS, COUNTS, COUNTS, st.integers(0, 10), st.booleans())
@example(PaperSize.A4, 0, 20, 0, False)
def test_everything_has_room_on_the_page_and_fills_it(
    paper: PaperSize, wanted: int, for_sale: int, prices: int, fair: bool
) -> None:
    found = lay_out(paper, wanted, for_sale, prices, fair)
    blocks = [layout.TITLE, layout.FOOTER]
    blocks += [layout.HEAD + n * found.row for n in (found.wanted, found.for_sale)]
    if found.lines:
        blocks.append(layout.HEAD + found.lines * layout.LINE)
    if prices:
        blocks.append(layout.HEAD + layout.PRICE_ROW * ((prices + 1) // 2))
    if fair:
        blocks.append(layout.FAIR)
    used = sum(blocks) + layout.GAP * (len(blocks) - 1)
    room = PAGES[paper][1] - layout.TOP - layout.BOTTOM
    assert used + found.spare == pytest.approx(room)
    assert 0 <= found.spare < layout.HEAD + layout.GAP + layout.MIN_LINES * layout.LINE
    assert found.row >= layout.MIN_ROW


@given(COUNTS, COUNTS)
def test_neither_list_is_pushed_out_by_the_other(wanted: int, for_sale: int) -> None:
    found = lay_out(PaperSize.A4, wanted, for_sale, 10, True)
    assert found.wanted >= min(max(1, wanted), 6)
    assert found.for_sale >= min(max(1, for_sale), 6)
    assert found.wanted <= max(1, wanted)
    assert found.for_sale <= max(1, for_sale)
    if found.wanted + found.for_sale < max(1, wanted) + max(1, for_sale):
        assert found.lines == 0, "no room for lines while offers are left out"


def test_larger_paper_has_more_rows_in_the_same_type() -> None:
    small, large = (lay_out(paper, 40, 40, 10, True) for paper in (PaperSize.A4, PaperSize.A3))
    assert large.wanted + large.for_sale > 2 * (small.wanted + small.for_sale)
    assert large.row == pytest.approx(small.row, rel=0.05)


@pytest.mark.parametrize("paper", PAGES)
def test_where_there_is_little_it_is_printed_larger(paper: PaperSize) -> None:
    found = lay_out(paper, 3, 2, 10, True)
    assert found.is_tall
    assert found.row > layout.MAX_ROW
    assert lay_out(PaperSize.A3, 2, 1, 10, True).row > lay_out(PaperSize.A4, 2, 1, 10, True).row
