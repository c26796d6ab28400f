"""What a thread asks of its reader next, and how terms compare, in words."""

from __future__ import annotations

from dataclasses import dataclass

from market.deals.models import Deal, DealStatus
from market.deals.queries import last_proposal
from market.deals.rules import amount_fen
from market.messages.models import EnquiryThread, Quotation, QuotationState
from market.offers.models import Side
from market.products.quantities import format_price, full_quantity
from market.products.units import comparable, convert_price
from market.web.filters import day, yuan
from market.web.home_time import home_today
from market.web.language import gettext as _

OVER = (DealStatus.DECLINED, DealStatus.CANCELLED)


@dataclass(frozen=True)
class NextStep:
    """
    Attributes:
        words: what is to be done, with its sum.
        is_mine: whether the reader does it; else the other side.
        quotation: the one that the reader can accept or decline.
        deal_id: the deal that it goes on with.
    """

    words: str
    is_mine: bool
    quotation: Quotation | None = None
    deal_id: int | None = None


def next_step(thread: EnquiryThread, is_asker: bool) -> NextStep:
    """What comes next for one side of the thread."""
    last = thread.quotations[-1] if thread.quotations else None
    if last is not None and last.state is QuotationState.OPEN:
        return _quoted(last, last.from_asker == is_asker)
    sells = is_asker == (thread.offer.side is Side.BUY)
    newest = thread.messages[-1]
    if last is not None and last.deal is not None:
        deal = last_proposal(last.deal)
        if deal.status not in OVER or newest.at < deal.updated_at:
            return _accepted(deal, sells)
    if newest.from_asker == is_asker:
        return NextStep(_("The other side answers next."), False)
    wish = next((m for m in reversed(thread.messages) if m.quantity), None)
    if sells and wish is not None:
        quantity = full_quantity(wish.quantity, wish.unit or "")
        return NextStep(_("Please quote: they want %(quantity)s.", quantity=quantity), True)
    return NextStep(_("Please answer: they wrote to you."), True)


def _quoted(quotation: Quotation, is_mine: bool) -> NextStep:
    terms = format_terms(quotation)
    if quotation.valid_until < home_today():
        run_out = _with_day(quotation, terms)
        if is_mine:
            words = _("Your price held until %(day)s: %(terms)s. Quote again.", **run_out)
            return NextStep(words, True)
        words = _("Their price held until %(day)s: %(terms)s. Ask for a new one.", **run_out)
        return NextStep(words, False)
    if is_mine:
        words = _("The other side answers your price: %(terms)s.", terms=terms)
        return NextStep(words, False)
    words = _("Please answer: %(terms)s, until %(day)s.", **_with_day(quotation, terms))
    return NextStep(words, True, quotation)


def _with_day(quotation: Quotation, terms: str) -> dict[str, str]:
    return {"day": day(quotation.valid_until), "terms": terms}


def _accepted(deal: Deal, sells: bool) -> NextStep:
    """What came of accepting: the proposal, or the one that answered it with other terms."""
    price = format_price(deal.unit_price, None, deal.unit)
    quantity = full_quantity(deal.quantity, deal.unit)
    terms = f"{quantity} × {price} = {format_sum(deal.amount_fen)}"
    if deal.status is DealStatus.DECLINED:
        return NextStep(_("Declined, nothing was agreed: %(terms)s.", terms=terms), False)
    if deal.status is DealStatus.CANCELLED:
        return NextStep(_("Cancelled: %(terms)s.", terms=terms), False)
    if deal.status is not DealStatus.PROPOSED:
        words = _("It became deal %(id)s: %(terms)s.", id=deal.id, terms=terms)
        return NextStep(words, False, deal_id=deal.id)
    is_mine = (deal.proposed_side is Side.SELL) != sells
    if deal.follows_id is None and is_mine:
        words = _("They accept. Please confirm the deal: %(terms)s.", terms=terms)
    elif deal.follows_id is None:
        words = _("You accepted: the other side confirms the deal, %(terms)s.", terms=terms)
    elif is_mine:
        words = _("They propose a deal on other terms. Please confirm it: %(terms)s.", terms=terms)
    else:
        words = _("The other side confirms the deal that you proposed, %(terms)s.", terms=terms)
    return NextStep(words, is_mine, deal_id=deal.id)


def format_sum(fen: int) -> str:
    """An amount in yuan without empty cents: 4,500 yuan."""
    return _("CNY %(amount)s", amount=yuan(fen).removesuffix(".00"))


def format_terms(quotation: Quotation) -> str:
    """'10,000 jin × 0.45 CNY/jin = 4,500 yuan'."""
    price = format_price(quotation.price, None, quotation.price_unit)
    each = convert_price(quotation.price, quotation.price_unit, quotation.unit)
    total = format_sum(amount_fen(quotation.quantity, each))
    return f"{full_quantity(quotation.quantity, quotation.unit)} × {price} = {total}"


def compare_terms(quotation: Quotation, is_asker: bool) -> str:
    """How a counter-offer stands to what it answers, for one side: 'You said 1.6 CNY/jin, they
    answer 1.5 (6% less)'; empty where it answers nothing."""
    before = quotation.answers
    if before is None or not comparable(before.price_unit, quotation.price_unit):
        return ""
    old = convert_price(before.price, before.price_unit, quotation.price_unit)
    figures = {
        "before": format_price(before.price, None, before.price_unit),
        "after": format_price(quotation.price, None, quotation.price_unit),
        "change": _change(quotation.price / old - 1),
    }
    if quotation.from_asker == is_asker:
        return _("They said %(before)s, you answer %(after)s (%(change)s).", **figures)
    return _("You said %(before)s, they answer %(after)s (%(change)s).", **figures)


def _change(share: object) -> str:
    percent = round(abs(float(share) * 100))  # type: ignore[arg-type]
    if percent == 0:
        return _("about the same price")
    if float(share) < 0:  # type: ignore[arg-type]
        return _("%(percent)s%% less", percent=percent)
    return _("%(percent)s%% more", percent=percent)
