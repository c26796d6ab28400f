"""How well names, queries and posts are understood, offers are found and pairs are ranked.

Everything is asked through the public functions that the site itself asks: `parse_text`,
`parse_post`, `parse_query`, `find` and `score`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from market.matching.rules import score
from market.offers.search.finder import find
from market.offers.search.parsed_text import ParsedText
from market.offers.search.query import parse_query
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from tests.quality import sets
from tests.quality.comparing import alike, amount, day, in_base_prices, number, plain
from tests.quality.judging import UNJUDGED, judgement, measured
from tests.quality.posts import posts
from tests.quality.results import Judged, Result

# All that is found is judged, not only the first page.
MOST = 10_000


def understood(text: str) -> ParsedText:
    return parse_text(text, product_lexicon(), region_lexicon(), sets.TODAY.date())


def names(part: str) -> Result:
    """Shares of the wholesale names that got the right product, a wrong one, or none.

    None: nothing, only a family above the right product, or a question back.
    """
    return Result([_named(row, understood(row["name"])) for row in sets.rows("names", part)])


def _named(row: sets.Row, found: ParsedText) -> Judged:
    verdict, failure = named(row, found), ""
    if verdict != "right":
        asked = [code for choice in found.choices for code in choice.codes]
        failure = (
            f"{verdict:5} {row['name']}: expected {row['codes'] or 'none'},"
            f" got {'|'.join(found.products) or 'none'}"
            + (f" and asks {'|'.join(asked)}" if asked else "")
        )
    marks = {name: float(name == verdict) for name in ("right", "wrong", "none")}
    if row["kind"] == "affix":
        marks["affix"] = marks["right"]
    return Judged(row["kind"], marks, failure)


def named(row: sets.Row, found: ParsedText) -> str:
    """right, wrong or none."""
    expected, sure = sets.several(row["codes"]), set(found.products)
    asked = {code for choice in found.choices for code in choice.codes}
    got = sure | asked
    if not got and (not expected or sets.NOTHING in expected):
        return "right"
    if got and got <= expected:
        return "right"
    paths = sets.product_paths()
    above = {
        code
        for code in got
        if any(sets.is_within(paths[one], paths[code]) for one in expected - {sets.NOTHING})
    }
    is_wrong = sure - expected - above or (asked and not asked & expected)
    return "wrong" if is_wrong else "none"


def queries(part: str) -> Result:
    """Shares of the queries of which each field, and all of them, were understood."""
    return Result([_query(row, understood(row["text"])) for row in sets.rows("queries", part)])


def _query(row: sets.Row, found: ParsedText) -> Judged:
    fields = _fields(row, found)
    slips = [
        f"{name} expected {plain(expected)}, got {plain(got)}"
        for name, (expected, got) in fields.items()
        if not alike(expected, got)
    ]
    marks = {name: float(alike(expected, got)) for name, (expected, got) in fields.items()}
    failure = f"{row['text']}: {'; '.join(slips)}" if slips else ""
    return Judged(row["kind"], {**marks, "all": float(not slips)}, failure)


def _fields(row: sets.Row, found: ParsedText) -> dict[str, tuple[Any, Any]]:
    """(expected, got) of each field that is judged in this row."""
    unit = row["price_unit"]
    got_unit = found.price_unit if unit else ""
    asks = {choice.text: frozenset(choice.codes) for choice in found.choices}
    fields: dict[str, tuple[Any, Any]] = {
        "products": (sets.several(row["products"]), frozenset(found.products)),
        "excluded": (sets.several(row["excluded"]), frozenset(found.excluded)),
        "region": (row["region"], found.region or ""),
        "price": (
            in_base_prices([number(row["price_min"]), number(row["price_max"])], unit),
            in_base_prices([found.price_min, found.price_max], got_unit),
        ),
        "dates": (
            (row["supply_from"], row["supply_to"]),
            (day(found.supply_from), day(found.supply_to)),
        ),
        "ambiguous": (sets.choices(row["ambiguous"]), asks),
    }
    if row["quantity_min"] != UNJUDGED:
        fields["quantity"] = (
            amount(number(row["quantity_min"]), row["quantity_unit"]),
            amount(found.quantity_min, found.quantity_unit),
        )
    if row["side"] != UNJUDGED:
        fields["side"] = (row["side"], found.side.value if found.side else "")
    if row["words"] != UNJUDGED:
        # How the rest is cut is not judged.
        fields["words"] = ("".join(row["words"].split()), "".join("".join(found.words).split()))
    return fields


def search(part: str) -> Result:
    """Means over the queries of recall and precision of all that is found, and nDCG@10."""
    return Result([judged for row in sets.rows("queries", part) if (judged := _found(row))])


def _found(row: sets.Row) -> Judged | None:
    asked = judgement(row)
    if asked is None:
        return None
    found = find(replace(parse_query({"q": row["text"]}).filters, per_page=MOST))
    one = measured(asked, found.ids, bool(found.widened))
    marks = {"recall": one.recall, "precision": one.precision, "ndcg@10": one.ndcg}
    failure = ""
    if one.missed or one.wrong:
        failure = f"{row['text']}: missed {_titles(one.missed)}; wrong {_titles(one.wrong)}" + (
            f" (widened: {found.widened})" if found.widened else ""
        )
    told = {name: value for name, value in marks.items() if value is not None}
    return Judged(row["kind"], told, failure)


def _titles(ids: list[int]) -> str:
    shown = [f"{sets.corpus()[id - 1].title} ({sets.corpus()[id - 1].product})" for id in ids[:3]]
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return "; ".join(shown) + more if shown else "none"


def pairs(part: str) -> Result:
    """The share of the pairs of which the better one has the higher score."""
    return Result([_ranked(row) for row in sets.rows("pairs", part)])


def _ranked(row: sets.Row) -> Judged:
    asked, better, worse = sets.facts(row)
    first, second = (score(asked, one, sets.TODAY) for one in (better, worse))
    totals = [one.total if one else 0.0 for one in (first, second)]
    # What two ways of adding up floats may differ by is no difference.
    if totals[0] > totals[1] + 1e-9:
        return Judged(row["kind"], {"accuracy": 1.0})
    failure = (
        f"{row['side']} {row['asked']}: [{row['better']}] {totals[0]:.3f}"
        f" not above [{row['worse']}] {totals[1]:.3f}: {row['note']}"
    )
    return Judged(row["kind"], {"accuracy": 0.0}, failure)


MEASURES: Mapping[str, Callable[[str], Result]] = {
    "names": names,
    "queries": queries,
    "search": search,
    "posts": posts,
    "pairs": pairs,
}
# The figure that sums a row up.
WHOLE = {"names": "right", "queries": "all", "posts": "all", "pairs": "accuracy"}
