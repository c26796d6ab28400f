"""The arithmetic of pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from market.web.pagination import Pagination


@given(st.integers(1, 30), st.integers(0, 200))
def test_the_pages_together_show_each_row_once(per_page: int, total: int) -> None:
    rows = list(range(total))
    pages = Pagination(1, per_page, total).pages
    shown = [Pagination(page, per_page, total).rows_of(rows) for page in range(1, pages + 1)]
    assert [row for page in shown for row in page] == rows
    assert all(shown) == bool(rows)
    assert all(len(page) <= per_page for page in shown)


@given(st.integers(), st.integers(1, 30), st.integers(0, 200))
def test_a_page_that_is_not_there_is_the_nearest(page: int, per_page: int, total: int) -> None:
    pagination = Pagination(page, per_page, total)
    assert 1 <= pagination.page <= pagination.pages
    assert pagination.page == page or not 1 <= page <= pagination.pages
