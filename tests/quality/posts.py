"""How well a post of a sentence or two is read as an offer."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from market.offers.posts import ParsedPost, parse_post
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from tests.quality import sets
from tests.quality.comparing import alike, amount, day, in_base_prices, number, plain
from tests.quality.judging import UNJUDGED
from tests.quality.results import Judged, Result


def read_post(text: str) -> ParsedPost:
    return parse_post(text, product_lexicon(), region_lexicon(), sets.TODAY.date())


def posts(part: str) -> Result:
    """Shares of the posts of which each field, and all of them, were read."""
    return Result([judged(row, read_post(row["text"])) for row in sets.rows("posts", part)])


def judged(row: sets.Row, post: ParsedPost) -> Judged:
    first, last = day(post.supply_from), day(post.supply_to)
    checks = {
        "product": _products(row, post),
        "quantity": _quantity(row, post),
        "price": _price(row, post),
        "basis": _one(row["basis"], post.basis or ""),
        "side": _side(row["side"], post),
        "place": _one(row["region"], post.region or ""),
        "dates": _both(_one(row["from"], first), _one(row["to"], last)),
        "phone": _one(row["phone"], post.phone or ""),
    }
    told = {name: check for name, check in checks.items() if check is not None}
    slips = [f"{name} {slip}" for name, slip in told.items() if slip]
    marks = {name: float(not slip) for name, slip in told.items()}
    if row["side"] not in {sets.ASKED, UNJUDGED}:
        marks["side reversed"] = float(_is_reversed(row["side"], post))
    failure = f"{row['text']}: {'; '.join(slips)}" if slips else ""
    return Judged(row["kind"], {**marks, "all": float(not slips)}, failure)


# Each of these gives what went wrong, nothing where it is right, None where it isn't judged.


def _one(cell: str, got: str) -> str | None:
    if cell == UNJUDGED:
        return None
    return "" if got in sets.either(cell) else f"expected {cell or 'none'}, got {got or 'none'}"


def _both(*slips: str | None) -> str | None:
    told = [slip for slip in slips if slip is not None]
    return " and ".join(filter(None, told)) if told else None


def _products(row: sets.Row, post: ParsedPost) -> str | None:
    return _both(
        _codes(row["products"], post.products), _codes(row["excluded"], post.excluded, "without ")
    )


def _codes(cell: str, got: Collection[str], lead: str = "") -> str | None:
    """Every product by one of its readings, and no other product."""
    if cell == UNJUDGED:
        return None
    slots, found = sets.slots(cell), set(got)
    if all(slot & found for slot in slots) and found <= set().union(*slots):
        return ""
    return f"{lead}expected {cell or 'none'}, got {plain(frozenset(got))}"


def _quantity(row: sets.Row, post: ParsedPost) -> str | None:
    if row["quantity"] == UNJUDGED:
        return None
    expected = number(row["quantity"])
    got = amount(post.quantity, post.unit or "")
    units = sets.either(row["unit"])
    if UNJUDGED in units and expected is not None:
        right = alike(post.quantity, expected)
    else:
        right = any(alike(got, amount(expected, unit)) for unit in units)
    return "" if right else _told((row["quantity"], row["unit"]), (post.quantity, post.unit))


def _price(row: sets.Row, post: ParsedPost) -> str | None:
    wanted = [(row["price_low"], post.price_low), (row["price_high"], post.price_high)]
    wanted = [(cell, got) for cell, got in wanted if cell != UNJUDGED]
    if not wanted:
        return None
    cells = [number(cell) for cell, _ in wanted]
    got = [price for _, price in wanted]
    units = sets.either(row["price_unit"])
    if UNJUDGED in units:
        right = alike(tuple(cells), tuple(got))
    elif not any(cells):
        right = not any(got)
    else:
        mine = in_base_prices(got, post.price_unit or "")
        right = any(alike(in_base_prices(cells, unit), mine) for unit in units)
    expected = (row["price_low"], row["price_high"], row["price_unit"])
    return "" if right else _told(expected, (post.price_low, post.price_high, post.price_unit))


def _side(cell: str, post: ParsedPost) -> str | None:
    if cell == UNJUDGED:
        return None
    asked = "side" in post.unsure
    right = asked if cell == sets.ASKED else not asked and post.side == cell
    return "" if right else _told((cell,), ("asked" if asked else post.side or "none",))


def _is_reversed(cell: str, post: ParsedPost) -> bool:
    return post.side is not None and post.side != cell and "side" not in post.unsure


def _told(expected: tuple[Any, ...], got: tuple[Decimal | str | None, ...]) -> str:
    return f"expected {plain(expected).strip() or 'none'}, got {plain(got)}"
