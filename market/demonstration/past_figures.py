"""A fair's figures as they were at the end of each of its days, for statements of the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from market.deals.ledger import Head
from market.deals.models import LedgerEntry
from market.extensions import db
from market.fairs.models import Fair, FairListing
from market.fairs.queries import home_zone
from market.fairs.rules import local_day
from market.offers.models import Side
from market.products.models import Product
from market.reports.snapshots import ADDITIVE, WORDS, Snapshot, heading, plain
from market.reports.units import Unit
from market.tallies.counting import Count, count_ledger, count_listings, empty_count
from market.tallies.trees import tree_of

OF_LISTINGS = ("sell", "buy", "listings", "merchants")


class PastFigures:
    """What the fair had when a moment had come: the listings until its day, the ledger until
    the moment."""

    def __init__(self, fair: Fair) -> None:
        self.fair, self.tree, zone = fair, tree_of(fair), home_zone()
        self.listed: dict[str, list[tuple[date, str, Side]]] = defaultdict(list)
        columns = (FairListing.region_code, FairListing.listed_at, FairListing.product_code)
        of_fair = (FairListing.fair_id == fair.id, FairListing.counts)
        for code, at, product, side in db.session.execute(
            select(*columns, FairListing.side).where(*of_fair)
        ):
            self.listed[code].append((local_day(at, zone), product, side))
        self.listings = Count()
        count_listings(fair, self.listings)
        self.products = {
            row.code: {**row._asdict(), "category": row.category[:2]}
            for row in db.session.execute(
                select(
                    *(Product.code, Product.name, Product.name_en),
                    Product.category_code.label("category"),
                )
            )
        }

    def until(self, day: date, moment: datetime) -> Moment:
        """The figures of the days up to `day` and the entries before `moment`."""
        last = select(func.max(LedgerEntry.id)).where(LedgerEntry.at < moment)
        row = db.session.execute(
            select(LedgerEntry.id, LedgerEntry.hash).where(LedgerEntry.id == last.scalar_subquery())
        ).first()
        end = Head(*row) if row else Head()
        ledger = empty_count(self.tree)
        count_ledger(self.fair, ledger, 0, end.id)
        return Moment(self, day, end, ledger)


class Moment:
    """The figures of every county at one moment."""

    def __init__(self, past: PastFigures, day: date, end: Head, ledger: Count) -> None:
        self.past, self.day, self.end, self.ledger = past, day, end, ledger
        self.days: dict[str, dict[date, dict[str, Any]]] = defaultdict(dict)
        for source in (past.listings.days, ledger.days):
            for (code, when), figures in source.items():
                if when <= day or source is ledger.days:
                    told = self.days[code].setdefault(when, dict.fromkeys(ADDITIVE, 0))
                    _add(told, figures)

    def snapshot(self, unit: Unit, at: datetime) -> Snapshot:
        """What the county froze at `at`."""
        days = self.days[unit.code]
        products = self._products(unit.code)
        totals = {name: sum(row[name] for row in days.values()) for name in ADDITIVE}
        varieties = sum(1 for row in products if row["sell"] or row["buy"])
        return {
            **heading(self.past.fair, unit, self.end, at),  # type: ignore[arg-type]
            "totals": plain({**totals, "varieties": varieties}),
            "children": [],
            "products": plain_rows(products),
            "days": [{"day": day.isoformat(), **plain(days[day])} for day in sorted(days)],
            "missing": [],
        }

    def _products(self, code: str) -> list[dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        empty = {"sell": 0, "buy": 0, "deals": 0, "amount_fen": 0, "mass_kg": 0}
        for day, product, side in self.past.listed[code]:
            if day <= self.day:
                row = rows.setdefault(product, {**self.past.products[product], **empty})
                row["sell" if side is Side.SELL else "buy"] += 1
        for (home, product), figures in self.ledger.products.items():
            if home == code:
                row = rows.setdefault(product, {**self.past.products[product], **empty})
                for name in ("deals", "amount_fen", "mass_kg"):
                    row[name] += figures[name]
        order = {name: row["amount_fen"] for name, row in rows.items()}
        return [rows[c] for c in sorted(rows, key=lambda c: (-order[c], c))]


def plain_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as JSON holds them, their words first."""
    return [{**{name: row[name] for name in WORDS}, **plain(row)} for row in rows]


def _add(told: dict[str, Any], figures: Mapping[str, Any]) -> None:
    for name in ("deals", "amount_fen", "sold_fen", "bought_fen", "mass_kg", "merchants"):
        told[name] += figures[name]
    told["sell"] += figures["sell_listings"]
    told["buy"] += figures["buy_listings"]
    told["listings"] += figures["sell_listings"] + figures["buy_listings"]
