"""A typed text as understood, and the parts of it as they stand there."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from market.offers.models import Side


class PieceKind(enum.StrEnum):
    SIDE = "side"
    PRODUCT = "product"
    CHOICE = "choice"
    REGION = "region"
    PRICE = "price"
    QUANTITY = "quantity"
    PERIOD = "period"
    NUMBER = "number"  # that limits nothing: a size, a package, a unit of no known size
    WORD = "word"
    NEGATED = "negated"


@dataclass(frozen=True)
class TextPiece:
    """A part of the text as typed, by place in it.

    `excluded`: codes of what it denies.
    """

    kind: PieceKind
    text: str
    start: int
    end: int
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class AmbiguousWord:
    """An ambiguous word and the products it may mean."""

    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ParsedText:
    """A text as understood.

    Attributes:
        products: codes of those that are sure, of products or categories; any of them.
        township: the code of the one that is named, which lies in `region`.
        excluded: codes of products and categories that are not wanted.
        excluded_regions: codes of places that nothing is wanted from.
        excluded_words: what titles must not say, folded: kinds that are no products of their own.
        price_min, price_max: yuan per `price_unit`, as typed; the unit is what is customary where
            it is not said.
        quantity_min: that there must be at least, in `quantity_unit`, which is empty for none.
        supply_from, supply_to: local days of a period in which it is wanted; None for an open end.
        words: what is left.
        choices: ambiguous words, to be asked.
    """

    text: str
    side: Side | None = None
    products: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    region: str | None = None
    township: str = ""
    excluded_regions: tuple[str, ...] = ()
    excluded_words: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    price_unit: str = "jin"
    has_price_unit: bool = True
    quantity_min: Decimal | None = None
    quantity_unit: str = ""
    supply_from: date | None = None
    supply_to: date | None = None
    words: tuple[str, ...] = ()
    choices: tuple[AmbiguousWord, ...] = ()
    pieces: tuple[TextPiece, ...] = ()

    @property
    def place(self) -> str | None:
        """The code of the township or else the region."""
        return self.township or self.region

    @property
    def named(self) -> tuple[str, ...]:
        """Codes of what is named, of ambiguous words all that they may mean."""
        return (*self.products, *(code for choice in self.choices for code in choice.codes))

    def without(self, piece: TextPiece) -> str:
        """The text without the piece."""
        return " ".join(f"{self.text[: piece.start]} {self.text[piece.end :]}".split())
