"""What a person says about an offer: each field described once, with its type.

The form, writing and copying an offer, its page, the export and erasure of personal data, the
record of acts, the search, and the rules about verified and repeated offers read these
descriptions. The column is declared in `models` and the form's field in `forms`;
tests/offers/test_fields.py compares them with this list.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel.speaklater import LazyString

from market.offers import rules
from market.offers.models import PriceBasis, Side
from market.offers.photos import StoredPhoto
from market.products.models import Product
from market.regions.models import Region, Township
from market.web.language import lazy_gettext as _l


class Recheck(enum.Enum):
    """After which change of a field a verified offer has to be verified again."""

    NEVER = enum.auto()
    WHEN_REWORDED = enum.auto()  # another spelling (spaces, width, case) is no change
    WHEN_CHANGED = enum.auto()
    WHEN_RAISED = enum.auto()


@dataclass(frozen=True)
class OfferField:
    """The description of one field.

    Attributes:
        label: on the form and the page, by side where the two differ; None: the form's own.
        column: of the table `offers`, "" for none.
        column_label: in the record of acts, where it is not `label`.
        is_text: free text of the owner. It may hold phone numbers, and erasing empties it.
        recheck: which change sends a verified offer back to the county's queue.
        is_distinguishing: two offers that differ in it are not the same offer.
        is_searched: the search finds its words.
        on_form: the form has a field of this name.
        is_folded: it stands in the second part of the form, which is closed at first.
        opens_fold: a value in it opens that part.
        form_row: fields with the same row stand side by side on the form.
        only: the side whose offers alone have it; None: both.
    """

    label: Any | Mapping[Side, Any] = None
    name: str = ""
    column: str = ""
    column_label: Any = None
    is_text: bool = False
    recheck: Recheck = Recheck.WHEN_CHANGED
    is_distinguishing: bool = True
    is_searched: bool = False
    on_form: bool = True
    is_folded: bool = False
    opens_fold: bool = True
    form_row: str = ""
    only: Side | None = None

    def label_for(self, side: Side) -> LazyString:
        """Its label where the side is known; None for none."""
        return self.label[side] if isinstance(self.label, Mapping) else self.label


def _about(label: Any = None, **flags: Any) -> dict[str, OfferField]:
    return {"about": OfferField(label, **flags)}


def _text(label: Any = None, **flags: Any) -> dict[str, OfferField]:
    return _about(label, **{"is_text": True, "recheck": Recheck.WHEN_REWORDED, **flags})


def _of_purchase(label: Any, **flags: Any) -> dict[str, OfferField]:
    """Of a purchase alone; two that differ only in it are the same offer."""
    return _about(label, only=Side.BUY, is_folded=True, is_distinguishing=False, **flags)


def _by_side(sell: Any, buy: Any) -> dict[Side, Any]:
    return {Side.SELL: sell, Side.BUY: buy}


# In the order of the form and of the page.
@dataclass(frozen=True, kw_only=True)
class OfferValues:
    """What a person says about an offer; the attributes of Offer carry the units.

    Attributes:
        days: how long it stays valid once published, 1 to 180.
    """

    side: Side = field(
        metadata=_about(column_label=_l("Side"), recheck=Recheck.NEVER, on_form=False)
    )
    product: Product = field(
        metadata=_about(
            _by_side(_l("What do you sell?"), _l("What do you want to buy?")),
            column="product_code",
        )
    )
    product_words: str = field(
        default="",
        metadata=_text(
            column_label=_l("The trader's word for it"), is_distinguishing=False, on_form=False
        ),
    )
    title: str = field(default="", metadata=_text(_l("Title"), is_searched=True, is_folded=True))
    grade: str = field(
        default="",
        metadata=_text(
            _l("Variety, grade or size"),
            column_label=_l("Grade"),
            is_searched=True,
            is_folded=True,
        ),
    )
    quantity: Decimal = field(
        metadata=_about(
            _by_side(_l("How much is there?"), _l("How much do you need?")),
            column_label=_l("Quantity"),
            recheck=Recheck.WHEN_RAISED,
        )
    )
    unit: str = field(metadata=_about(_l("Unit")))
    min_lot: Decimal | None = field(
        default=None,
        metadata=_about(_l("Minimum lot"), recheck=Recheck.WHEN_RAISED, is_folded=True),
    )
    price_low: Decimal | None = field(
        default=None,
        metadata=_about(_by_side(_l("Price"), _l("Price you pay")), column_label=_l("Price from")),
    )
    price_high: Decimal | None = field(
        default=None, metadata=_about(_l("Up to"), column_label=_l("Price to"))
    )
    price_unit: str = field(
        default="", metadata=_about(_l("Yuan per"), column_label=_l("Price unit"))
    )
    price_basis: PriceBasis = field(
        default=PriceBasis.EX_FARM,
        metadata=_about(_l("The price is"), is_folded=True, opens_fold=False),
    )
    region: Region = field(
        metadata=_about(
            _by_side(_l("Which county is it in?"), _l("Which county should it go to?")),
            column="region_code",
        )
    )
    township: Township | None = field(
        default=None,
        metadata=_about(
            _l("Town or township"),
            column="township_code",
            recheck=Recheck.NEVER,
            is_distinguishing=False,
        ),
    )
    village: str = field(
        default="",
        metadata=_text(
            _l("Village"), recheck=Recheck.NEVER, is_distinguishing=False, is_searched=True
        ),
    )
    place_detail: str = field(
        default="",
        metadata=_text(
            column_label=_l("Place as typed"),
            recheck=Recheck.NEVER,
            is_distinguishing=False,
            on_form=False,
        ),
    )
    contact_phone: str = field(
        default="",
        metadata=_about(_l("Phone for this offer"), recheck=Recheck.NEVER, is_distinguishing=False),
    )
    supply_from: date | None = field(
        default=None,
        metadata=_about(
            _by_side(_l("Available from"), _l("Needed from")),
            column_label=_l("Supply from"),
            is_folded=True,
            form_row="supply",
        ),
    )
    supply_to: date | None = field(
        default=None,
        metadata=_about(
            _l("Until"), column_label=_l("Supply to"), is_folded=True, form_row="supply"
        ),
    )
    quotation_deadline: date | None = field(
        default=None,
        metadata=_of_purchase(_l("Quotations until"), recheck=Recheck.NEVER),
    )
    parts_allowed: bool = field(
        default=True,
        metadata=_of_purchase(_l("Part quantities"), recheck=Recheck.NEVER, opens_fold=False),
    )
    certificates: str = field(default="", metadata=_of_purchase(_l("Certificates asked for")))
    packaging: str = field(default="", metadata=_text(_l("Packaging"), is_folded=True))
    delivery: str = field(default="", metadata=_text(_l("Delivery"), is_folded=True))
    description: str = field(
        default="",
        metadata=_text(
            _l("Anything else to know"),
            column_label=_l("Description"),
            is_searched=True,
            is_folded=True,
        ),
    )
    days: int = field(
        default=rules.DEFAULT_DAYS,
        metadata=_about(
            _l("Stays up for (days)"), recheck=Recheck.NEVER, is_folded=True, opens_fold=False
        ),
    )
    photos: tuple[StoredPhoto, ...] = field(
        default=(), metadata=_about(_l("Photos"), is_folded=True, opens_fold=False)
    )


# Written by their own steps: the days become `valid_until`, photos are rows of their own.
_WITHOUT_COLUMN = ("days", "photos")


def _described(name: str, about: OfferField) -> OfferField:
    column = "" if name in _WITHOUT_COLUMN else about.column or name
    label = about.column_label or about.label
    return replace(about, name=name, column=column, column_label=label)


OFFER_FIELDS = {f.name: _described(f.name, f.metadata["about"]) for f in fields(OfferValues)}
COLUMN_FIELDS = tuple(f for f in OFFER_FIELDS.values() if f.column)
TEXT_FIELDS = tuple(f for f in OFFER_FIELDS.values() if f.is_text)
# The columns of the texts that the search reads besides the title.
SEARCHED_TEXTS = tuple(f.column for f in TEXT_FIELDS if f.is_searched and f.name != "title")
