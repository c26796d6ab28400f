"""From an address and an official to what is counted, inside the official's own regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from market.accounts.models import Account
from market.deals.ledger import head
from market.deals.models import Channel
from market.fairs.models import HELD, Fair
from market.fairs.queries import all_fairs
from market.monitoring.queries import official_paths
from market.products.units import Dimension
from market.regions.models import is_within
from market.regions.queries import home_region
from market.tables.crosstab_form import ANY_FAIR, CHARTS, DAILY, MEASURES, NO_COLUMNS, CrosstabForm
from market.tables.crosstab_grid import Grid, make_grid
from market.tables.crosstab_labels import KeyNames
from market.tallies.crosstab_query import Axis, CrosstabQuery, EvidenceKind, Measure
from market.tallies.queries import stored_count
from market.tallies.trees import Node, Tree, present_tree

# Of a page; files hold more.
MAX_CELLS, MAX_FILE_CELLS = 6_000, 300_000


@dataclass(frozen=True)
class CrosstabRequest:
    """What an official asks for.

    Attributes:
        asked: the valid choices by name, as an address holds them.
        fair: the one fair that it is of; None: of several, or outside of them.
        place: what the leaf regions are inside of; None: all of the official's regions.
        row_axes: one or two.
    """

    form: CrosstabForm
    asked: Mapping[str, str]
    fair: Fair | None
    tree: Tree
    scope: tuple[Node, ...]
    place: Node | None
    row_axes: tuple[Axis, ...]
    column_axis: Axis | None
    query: CrosstabQuery

    @property
    def is_side_by_side(self) -> bool:
        """Whether its columns are the measures that go together."""
        return self.asked.get("columns") == MEASURES

    @property
    def names(self) -> KeyNames:
        return KeyNames(self.tree, {fair.id: fair for fair in self.form.fairs.values()})

    @cached_property
    def grid(self) -> Grid:
        """What is counted."""
        by_value = self.asked.get("order") == "value"
        return make_grid(
            self.query, self.column_axis, self.names, self.is_side_by_side, by_value=by_value
        )

    @property
    def chart(self) -> str:
        """The kind of chart asked for; empty: the one that suits the rows."""
        asked = self.asked.get("chart", "")
        return asked if asked in CHARTS else ""


def read_request(account: Account, given: Mapping[str, Any]) -> CrosstabRequest:
    """What the query string asks for, of the regions that the account is an official of."""
    paths = official_paths(account)
    form = CrosstabForm(given, _fairs(paths))
    fair = form.fairs.get(form.fair.data)
    tree = stored_count(fair).tree if fair else present_tree(home_region())
    scope = _scope(tree, paths)
    leaves = [leaf for node in scope for leaf in tree.leaves(node)]
    usual = Axis.COUNTY if len(leaves) > 1 else Axis.CATEGORY
    form.set_rows(usual)
    form.offer_places(tree, _places(tree, scope))
    chosen = form.chosen()
    place = tree.get(chosen.get("region", ""))
    if place:
        leaves = [leaf for leaf in leaves if is_within(leaf.path, place.path)]
    axes = [Axis(chosen.get("rows", usual))]
    axes += [Axis(chosen["within"])] if "within" in chosen else []
    columns = chosen.get("columns", NO_COLUMNS)
    asked = {name: _written(value) for name, value in chosen.items()}
    channels = {DAILY: Channel.DAILY, ANY_FAIR: Channel.FAIR}
    query = CrosstabQuery(
        axes=tuple(axes),
        measure=Measure(chosen.get("measure", Measure.VALUE)),
        tree=tree,
        leaves=frozenset(leaf.code for leaf in leaves),
        fairs=(fair.id,) if fair else tuple(one.id for one in form.fairs.values()),
        in_fairs=fair is not None,
        entry=head().id,
        channel=channels.get(form.fair.data),
        product=chosen.get("product", ""),
        first=chosen.get("first"),
        last=chosen.get("last"),
        evidence=EvidenceKind(chosen["evidence"]) if "evidence" in chosen else None,
        dimension=chosen.get("dimension", Dimension.MASS),
    )
    return CrosstabRequest(
        form,
        asked,
        fair,
        tree,
        scope,
        place,
        tuple(axes),
        Axis(columns) if columns in set(Axis) else None,
        query,
    )


def _fairs(paths: list[str]) -> list[Fair]:
    """The fairs that are counted and have to do with the regions."""
    return [
        fair
        for fair in all_fairs()
        if fair.status in HELD
        and not fair.totals_only
        and any(is_within(fair.region.path, p) or is_within(p, fair.region.path) for p in paths)
    ]


def _scope(tree: Tree, paths: list[str]) -> tuple[Node, ...]:
    """The regions of the tree that are the official's, none inside another."""
    found = [tree.root if is_within(tree.root.path, path) else tree.at(path) for path in paths]
    return tuple({node.code: node for node in found if node}.values())


def _places(tree: Tree, scope: tuple[Node, ...]) -> list[Node]:
    """What an official may choose inside the regions that are theirs."""
    return [
        node
        for node in tree.nodes.values()
        if any(is_within(node.path, own.path) and node is not own for own in scope)
    ]


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
