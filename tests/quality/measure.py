"""How well names and queries are understood, offers are found and pairs are ranked.

Everything is asked through the public functions that the site itself asks: `understand`,
`read_question`, `find` and `score`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from market.accounts.models import Account, TraderType
from market.database import db, transaction, utcnow
from market.matching.rules import score
from market.offers.models import Offer, OfferStatus, PriceBasis, Side, Verification
from market.offers.search.finder import find
from market.offers.search.query import parse_query
from market.offers.search.understanding import ParsedText, parse_text
from market.products.queries import product_lexicon
from market.products.units import UNITS
from market.regions.queries import region_lexicon
from market.search.services import rebuild
from tests.conftest import fill_reference, make_app, running
from tests.quality import sets
from tests.quality.judging import UNJUDGED, judgement, measured

# All that is found is judged, not only the first page.
MOST = 10_000
FIELDS = ("side", "products", "region", "price", "words", "ambiguous")


@dataclass
class Result:
    """Figures by name, from 0 to 1, and a line for each row that failed."""

    figures: dict[str, float]
    failures: list[str] = field(default_factory=list)


@contextmanager
def market() -> Iterator[None]:
    """A market of its own in a temporary folder, with the corpus as its only offers."""
    with TemporaryDirectory() as folder, running(make_app(Path(folder))):
        fill_reference()
        fill_corpus()
        yield


def fill_corpus() -> None:
    """Publish the corpus in the current app's database and build its index.

    An offer's id is its line, so the database must hold none yet.
    """
    owner = Account(
        name="语料",
        phone="+8613900000000",
        password_hash="",
        trader_type=TraderType.FARMER,
        region_code="430726",
    )
    with transaction():
        db.session.add(owner)
    with transaction():
        db.session.execute(insert(Offer), [_row(one, owner.id) for one in sets.corpus()])
    rebuild()


def _row(one: sets.Sample, owner: int) -> dict[str, Any]:
    published = utcnow() - timedelta(days=one.days_ago, minutes=one.id)
    return {
        "id": one.id,
        "side": Side(one.side),
        "product_code": one.product,
        "title": one.title,
        "grade": one.grade,
        "description": one.description,
        "quantity": Decimal(1000),
        "remaining": Decimal(1000),
        "unit": one.unit,
        "price_low": one.price,
        "price_high": one.price,
        "price_unit": one.unit,
        "price_per_base": one.price and one.price / UNITS[one.unit].factor,
        "price_basis": PriceBasis.EX_FARM,
        "region_code": one.region,
        "valid_until": published + timedelta(days=60),
        "status": OfferStatus.PUBLISHED,
        "verification": Verification.VERIFIED if one.verified else Verification.UNVERIFIED,
        "owner_id": owner,
        "posted_by_id": owner,
        "published_at": published,
        "key": uuid.uuid5(uuid.NAMESPACE_OID, str(one.id)).hex,
    }


def understood(text: str) -> ParsedText:
    return parse_text(text, product_lexicon(), region_lexicon())


def names(part: str) -> Result:
    """Shares of the wholesale names that got the right product, a wrong one, or none.

    None: nothing, only a family above the right product, or a question back.
    """
    failures, counts = [], {"right": 0, "wrong": 0, "none": 0}
    for row in sets.rows("names", part):
        found = understood(row["name"])
        verdict = named(row, found)
        counts[verdict] += 1
        if verdict != "right":
            asked = [code for choice in found.choices for code in choice.codes]
            failures.append(
                f"{verdict:5} {row['name']}: expected {row['codes'] or 'none'},"
                f" got {'|'.join(found.products) or 'none'}"
                + (f" and asks {'|'.join(asked)}" if asked else "")
            )
    return Result({name: n / sum(counts.values()) for name, n in counts.items()}, failures)


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
    right, told = dict.fromkeys(FIELDS, 0), dict.fromkeys(FIELDS, 0)
    rows, whole, failures = sets.rows("queries", part), 0, []
    for row in rows:
        found = understood(row["text"])
        slips = []
        for name, (expected, got) in _fields(row, found).items():
            told[name] += 1
            right[name] += expected == got
            if expected != got:
                slips.append(f"{name} expected {_plain(expected)}, got {_plain(got)}")
        whole += not slips
        if slips:
            failures.append(f"{row['text']}: {'; '.join(slips)}")
    figures = {name: right[name] / told[name] for name in FIELDS}
    return Result({**figures, "all": whole / len(rows)}, failures)


def _fields(row: sets.Row, found: ParsedText) -> dict[str, tuple[Any, Any]]:
    """(expected, got) of each field that is judged in this row."""
    unit = row["price_unit"]
    asks = {choice.text: frozenset(choice.codes) for choice in found.choices}
    fields: dict[str, tuple[Any, Any]] = {
        "products": (sets.several(row["products"]), frozenset(found.products)),
        "region": (row["region"], found.region or ""),
        "price": (
            (_number(row["price_min"]), _number(row["price_max"]), unit),
            (found.price_min, found.price_max, found.price_unit if unit else ""),
        ),
        "ambiguous": (sets.choices(row["ambiguous"]), asks),
    }
    if row["side"] != UNJUDGED:
        fields["side"] = (row["side"], found.side.value if found.side else "")
    if row["words"] != UNJUDGED:
        # How the rest is cut is not judged.
        fields["words"] = ("".join(row["words"].split()), "".join("".join(found.words).split()))
    return fields


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _plain(value: Any) -> str:
    if isinstance(value, frozenset):
        return "|".join(sorted(value)) or "none"
    if isinstance(value, dict):
        return ";".join(f"{word}={_plain(codes)}" for word, codes in value.items()) or "none"
    if isinstance(value, tuple):
        return " ".join(str(one) for one in value)
    return str(value) or "none"


def search(part: str) -> Result:
    """Means over the queries of recall and precision of all that is found, and nDCG@10."""
    sums: dict[str, list[float]] = {"recall": [], "precision": [], "ndcg@10": []}
    failures = []
    for row in sets.rows("queries", part):
        asked = judgement(row)
        if asked is None:
            continue
        found = find(replace(parse_query({"q": row["text"]}).filters, per_page=MOST))
        one = measured(asked, found.ids, bool(found.widened))
        for name, value in zip(sums, (one.recall, one.precision, one.ndcg), strict=True):
            if value is not None:
                sums[name].append(value)
        if one.missed or one.wrong:
            failures.append(
                f"{row['text']}: missed {_titles(one.missed)}; wrong {_titles(one.wrong)}"
                + (f" (widened: {found.widened})" if found.widened else "")
            )
    return Result({name: sum(values) / len(values) for name, values in sums.items()}, failures)


def _titles(ids: list[int]) -> str:
    shown = [f"{sets.corpus()[id - 1].title} ({sets.corpus()[id - 1].product})" for id in ids[:3]]
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return "; ".join(shown) + more if shown else "none"


def pairs(part: str) -> Result:
    """The share of the pairs of which the better one has the higher score."""
    rows, right, failures = sets.rows("pairs", part), 0, []
    for row in rows:
        asked, better, worse = sets.facts(row)
        first, second = (score(asked, one, sets.TODAY) for one in (better, worse))
        totals = [one.total if one else 0.0 for one in (first, second)]
        # What two ways of adding up floats may differ by is no difference.
        if totals[0] > totals[1] + 1e-9:
            right += 1
        else:
            failures.append(
                f"{row['side']} {row['asked']}: [{row['better']}] {totals[0]:.3f}"
                f" not above [{row['worse']}] {totals[1]:.3f}: {row['note']}"
            )
    return Result({"accuracy": right / len(rows)}, failures)


MEASURES: dict[str, Callable[[str], Result]] = {
    "names": names,
    "queries": queries,
    "search": search,
    "pairs": pairs,
}
