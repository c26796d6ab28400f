"""The list as a table, beside its cards."""

from __future__ import annotations

from dataclasses import dataclass

from market.offers.search.filter_form import TABLE
from market.offers.search.results_page import ResultsPage


@dataclass(frozen=True)
class TableView:
    """Whether a page of the list is shown as a table, and where its heads lead."""

    listing: ResultsPage

    @property
    def is_on(self) -> bool:
        """Whether what is found is shown as a table."""
        return self.listing.question.chosen.get("view") == TABLE

    @property
    def other(self) -> str:
        """The address of the same page as cards, or as a table."""
        page, as_of = self.listing.pagination.page, self.listing.as_of
        view = None if self.is_on else TABLE
        return self.listing.url(view=view, page=page if page > 1 else None, as_of=as_of)

    def sort_url(self, name: str) -> str:
        """The address that orders the list by `name`, of SORTS; "" where it is so ordered."""
        return "" if name == self.listing.filters.sort else self.listing.url(sort=name)
