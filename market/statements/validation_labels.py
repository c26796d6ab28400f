"""The words of validation: each rule's name, what it found with its figures, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from market.deals.rules import LATE_AFTER
from market.fairs.models import Fair
from market.products.quantities import short_price
from market.statements.validation import ValidationFinding, ValidationRule, ValidationSeverity
from market.tallies.figures import BY_NAME
from market.web.filters import money, trimmed
from market.web.language import is_english
from market.web.language import lazy_gettext as _l
from market.web.slots import link

RULE_NAMES = {
    ValidationRule.ADDS_UP: _l("Figures contradict each other"),
    ValidationRule.FALL: _l("Cumulative figure fell"),
    ValidationRule.JUMP: _l("Far more than on other days"),
    ValidationRule.ZERO: _l("Nothing counted while deals wait"),
    ValidationRule.BACKLOG: _l("Deals have waited too long"),
    ValidationRule.PRICE: _l("Unusual unit price"),
    ValidationRule.PAST: _l("Unlike the earlier fair"),
}
SEVERITIES = {ValidationSeverity.WARNING: _l("To explain"), ValidationSeverity.STOP: _l("Stops")}
_PARTS = {
    "products": _l("its products"),
    "sides": _l("supply and demand"),
    "days": _l("its days"),
    "increment": _l("the day's own figure"),
    "units": _l("its units"),
    "value": _l("what the deal value leaves"),
}


def finding_text(finding: ValidationFinding) -> str:
    """What was found, with its figures, in the language of the page."""
    return _TEXTS[finding.rule](finding.subject, dict(finding.numbers))


def finding_links(finding: ValidationFinding, fair: Fair, code: str) -> list[tuple[str, str]]:
    """(words, address) of what to look at.

    Args:
        code: of the county.
    """
    found = [
        (_("deal %(id)s", id=id_), url_for("deals.show", deal_id=id_))
        for id_ in finding.numbers.get("deals", ())
    ]
    if finding.rule in (ValidationRule.ZERO, ValidationRule.BACKLOG):
        found.append((_("The deals that wait"), link("deal.queue", region=code)))
    elif finding.rule in (ValidationRule.JUMP, ValidationRule.PAST):
        address = url_for("tallies.deals", slug=fair.slug, code=code)
        found.append((_("The county's deals"), address))
    return found


def _amount(name: str, value: Any) -> str:
    """A value of a figure, with its unit."""
    return " ".join(filter(None, BY_NAME[name].alone(value)))


def _pair(name: str, **values: Any) -> dict[str, Any]:
    return {"figure": BY_NAME[name].label, **{n: _amount(name, v) for n, v in values.items()}}


def _contradiction(subject: str, numbers: dict[str, Any]) -> str:
    name, parts = subject.split(".")
    words = _pair(name, now=Decimal(numbers["now"]), parts=Decimal(numbers["parts"]))
    if BY_NAME[name].unit:
        words |= {
            "now": trimmed(Decimal(numbers["now"])),
            "parts": trimmed(Decimal(numbers["parts"])),
        }
    return _(
        "%(figure)s: %(now)s in all, but %(what)s come to %(parts)s.", what=_PARTS[parts], **words
    )


def _fall(subject: str, numbers: dict[str, Any]) -> str:
    words = _pair(subject, was=numbers["was"], now=numbers["now"])
    if not numbers.get("reversed"):
        return _("%(figure)s fell: %(was)s before, %(now)s now.", **words)
    return ngettext(
        "%(figure)s fell: %(was)s before, %(now)s now; %(num)s deal was returned.",
        "%(figure)s fell: %(was)s before, %(now)s now; %(num)s deals were returned.",
        numbers["reversed"],
        **words,
    )


def _jump(subject: str, numbers: dict[str, Any]) -> str:
    words = _pair(subject, now=numbers["now"], mean=numbers["mean"])
    if not numbers["mean"]:
        return _(
            "%(figure)s: %(now)s on this day, nothing on the %(days)s days before.",
            days=numbers["days"],
            **words,
        )
    return _(
        "%(figure)s: %(now)s on this day, %(times)s times the mean of the %(days)s days before "
        "(%(mean)s a day).",
        times=trimmed(round(Decimal(numbers["now"]) / numbers["mean"], 1)),
        days=numbers["days"],
        **words,
    )


def _zero(_subject: str, numbers: dict[str, Any]) -> str:
    return ngettext(
        "No deal is counted, and %(num)s deal of %(amount)s waits to be verified.",
        "No deal is counted, and %(num)s deals of %(amount)s wait to be verified.",
        numbers["waiting"],
        amount=money(numbers["amount_fen"]),
    )


def _backlog(_subject: str, numbers: dict[str, Any]) -> str:
    return _(
        "%(late)s of %(of)s deals have waited more than %(days)s days to be verified.",
        late=trimmed(numbers["now"]),
        of=trimmed(numbers["of"]),
        days=LATE_AFTER.days,
    )


def _price(_subject: str, numbers: dict[str, Any]) -> str:
    now, low, high = (Decimal(numbers[name]) for name in ("now", "low", "high"))
    return _(
        "%(product)s: %(price)s on average; usually %(range)s at this season, from %(count)s "
        "verified prices. The deals come to %(amount)s.",
        product=(is_english() and numbers["name_en"]) or numbers["name"],
        price=short_price(round(now, 2), None, numbers["unit"]),
        range=short_price(round(low, 2), round(high, 2), numbers["unit"]),
        count=numbers["count"],
        amount=money(numbers["amount_fen"]),
    )


def _past(subject: str, numbers: dict[str, Any]) -> str:
    words = _pair(subject, now=numbers["now"], then=numbers["then"])
    words["fair"] = (is_english() and numbers["fair_en"]) or numbers["fair"]
    if numbers["day"] is None:
        return _("%(figure)s: %(now)s, at %(fair)s %(then)s in all.", **words)
    return _(
        "%(figure)s: %(now)s, at %(fair)s %(then)s up to day %(day)s.", day=numbers["day"], **words
    )


_TEXTS: dict[ValidationRule, Callable[[str, dict[str, Any]], str]] = {
    ValidationRule.ADDS_UP: _contradiction,
    ValidationRule.FALL: _fall,
    ValidationRule.JUMP: _jump,
    ValidationRule.ZERO: _zero,
    ValidationRule.BACKLOG: _backlog,
    ValidationRule.PRICE: _price,
    ValidationRule.PAST: _past,
}
