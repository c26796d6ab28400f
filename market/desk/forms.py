"""What of a queue to look at, and deciding what was chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.desk.counties import CountyOrder
from market.desk.labels import AGES, DEAL_SIDES, LACKS, REASONS, SIDES, SORTS, STATES
from market.desk.queues import Lack, Queue, QueueQuery, QueueSort, QueueState
from market.fairs.queries import all_fairs
from market.offers.models import Side
from market.products.forms import ProductField
from market.text.days import Nearest
from market.web.filters import local_name
from market.web.forms import DayField, ExactIntegerField, FilterForm, Form, Length, YuanField
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class CountyFilter(FilterForm):
    """The order of the counties on the desk's first page."""

    sort = SelectField(
        choices=[SelectChoice(order, order) for order in CountyOrder], default=CountyOrder.LATE
    )


def _choices(words: dict[Any, Any], first: Any = None) -> list[SelectChoice]:
    none = [SelectChoice("", first)] if first is not None else []
    return none + [SelectChoice(str(value), label) for value, label in words.items()]


class QueueFilter(FilterForm):
    """What of a queue to list, and in which order.

    Args:
        given: the query string.
        queue: whose; it says which states there are.
        counties: rows of market.desk.queries.counties; a county outside is no choice.
    """

    region = SelectField(_l("County"), validators=[Optional()])
    product = ProductField(_l("Product"), [Optional()])
    side = SelectField(_l("Side"), validators=[Optional()])
    days = SelectField(
        _l("Waiting"), choices=_choices(AGES, _l("Any time")), validators=[Optional()]
    )
    low = YuanField(_l("Amount from (CNY)"), [Optional()], places=2, digits=11)
    high = YuanField(_l("Amount to (CNY)"), [Optional()], places=2, digits=11)
    sort = SelectField(_l("Order"), choices=_choices(SORTS), validators=[Optional()])
    flagged = BooleanField(_l("Flagged only"))
    official = SelectField(
        _l("Verified by"),
        choices=[
            SelectChoice("", _l("All of the office")),
            SelectChoice("mine", _l("Only mine")),
        ],
        validators=[Optional()],
    )
    day = DayField(_l("Verified on"), [Optional()], nearest=Nearest.NOT_FUTURE)
    lack = SelectField(_l("Evidence"), choices=_choices(LACKS, _l("All")), validators=[Optional()])
    fair = SelectField(_l("Fair"), validators=[Optional()])
    state = SelectField(validators=[Optional()])
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def __init__(self, given: Any, queue: Queue, counties: Sequence[Any]) -> None:
        super().__init__(given)
        self.rows = {county.code: county for county in counties}
        self.counties = tuple(self.rows)
        self.region.choices = [SelectChoice("", _l("All counties"))] + [
            SelectChoice(county.code, local_name(county)) for county in counties
        ]
        self.side.choices = _choices(DEAL_SIDES if queue.kind == "deals" else SIDES, _l("Both"))
        states = (*queue.states, QueueState.VERIFIED)
        self.state.choices = _choices({state: STATES[state] for state in states})
        asks_fairs = queue.kind == "deals" and given.get("state") == QueueState.VERIFIED
        self.fairs = {fair.slug: fair for fair in all_fairs()} if asks_fairs else {}
        self.fair.choices = [SelectChoice("", _l("All deals"))] + [
            SelectChoice(slug, local_name(fair)) for slug, fair in self.fairs.items()
        ]

    @property
    def is_verified(self) -> bool:
        """Whether what was verified is wanted, which nothing waits for any more."""
        return self.chosen().get("state") == QueueState.VERIFIED

    def query(self, official_id: int | None = None) -> QueueQuery:
        """The query of the valid fields.

        Args:
            official_id: who asks, for what they verified themselves.
        """
        chosen = self.chosen()
        if self.is_verified:
            return self._verified_query(chosen, official_id)
        product, low, high = (chosen.get(name) for name in ("product", "low", "high"))
        return QueueQuery(
            counties=(chosen["region"],) if "region" in chosen else self.counties,
            state=QueueState(chosen.get("state", QueueState.WAITING)),
            product=product.path if product else None,
            side=Side(chosen["side"]) if "side" in chosen else None,
            flagged=chosen.get("flagged", False),
            days=int(chosen["days"]) if "days" in chosen else None,
            low_fen=None if low is None else int(low * 100),
            high_fen=None if high is None else int(high * 100),
            sort=QueueSort(chosen.get("sort", QueueSort.OLDEST)),
            page=chosen.get("page", 1),
        )

    def _verified_query(self, chosen: dict[str, Any], official_id: int | None) -> QueueQuery:
        fair = self.fairs.get(chosen.get("fair", ""))
        return QueueQuery(
            counties=(chosen["region"],) if "region" in chosen else self.counties,
            state=QueueState.VERIFIED,
            product=chosen["product"].path if "product" in chosen else None,
            official_id=official_id if "official" in chosen else None,
            day=chosen.get("day"),
            lack=Lack(chosen["lack"]) if "lack" in chosen else None,
            fair_id=fair.id if fair else None,
            sort=QueueSort(chosen.get("sort", QueueSort.NEWEST)),
            page=chosen.get("page", 1),
        )

    def arguments(self) -> dict[str, Any]:
        """The filters in force as arguments of an address, without the page."""
        found = {name: value for name, value in self.chosen().items() if name != "page" and value}
        if "product" in found:
            found["product"] = found["product"].code
        if "day" in found:
            found["day"] = found["day"].isoformat()
        for name in {"low", "high"} & found.keys():
            found[name] = f"{found[name]:f}"
        if "flagged" in found:
            found["flagged"] = "y"
        return found


class DecideForm(Form):
    """Why something is returned: one of the common reasons, or one's own words.

    `looked` is why it is verified in spite of a flag that says to stop.
    """

    looked = StringField(
        _l("What did you look at, and whom did you ask?"), [Length(max=MAX_REASON_LENGTH)]
    )
    common = SelectField(_l("Reason"), validators=[Optional()])
    reason = StringField(_l("Or in your own words"), [Length(max=MAX_REASON_LENGTH)])

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.common.choices = [SelectChoice("", _l("Choose …"))] + [
            SelectChoice(str(reason), reason) for reason in REASONS[kind]
        ]

    def why(self) -> str:
        """The reason given: what was typed goes before what was chosen."""
        return self.reason.data or self.common.data or ""
