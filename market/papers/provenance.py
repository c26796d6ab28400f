"""The sentences of a paper that say what its figures are, and what was corrected since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from market.papers.models import DocumentKind
from market.papers.official_figures import PRESENT, STATEMENT, standing_of
from market.papers.wording import listed, name_of, run
from market.statements.forms import period_name
from market.statements.rules import parse_period
from market.tables.figures import FIGURES, thawed
from market.tallies.figures import format_pair
from market.text.days import local_day
from market.web.filters import day, moment
from market.web.home_time import home_zone


def said(figures: Mapping[str, Any], kind: DocumentKind) -> list[str]:
    """What the figures are: submitted by whom and when, published, or only those of now."""
    standing = standing_of(figures)
    if standing["kind"] == PRESENT:
        entry, time = figures["ledger"]["entry"], cut_off(figures)
        if kind is DocumentKind.BULLETIN:
            return [
                _(
                    "Provisional, as of %(time)s, ledger entry %(entry)s: nothing is published"
                    " of this fair yet.",
                    time=time,
                    entry=entry,
                )
            ]
        return [
            _(
                "Figures as of ledger entry %(entry)s, %(time)s. They are not submitted: they"
                " are no official statement.",
                entry=entry,
                time=time,
            )
        ]
    words = {
        "period": _period(standing),
        "by": standing["by"],
        "time": local_time(standing["at"]),
    }
    if standing["kind"] == STATEMENT:
        sentences = [
            _(
                "%(period)s, version %(version)s, submitted by %(by)s at %(time)s.",
                version=standing["version"],
                **words,
            )
        ]
        if standing["correction"]:
            sentences.append(
                _(
                    "The figures are those of its correction %(number)s, confirmed;"
                    " see Corrections.",
                    number=standing["correction"],
                )
            )
    else:
        sentences = [
            _(
                "%(period)s, published by %(by)s at %(time)s. The figures are those published.",
                **words,
            )
        ]
    if missing := standing["missing"]:
        reasons = dict.fromkeys(node["reason"] for node in missing if node["reason"])
        sentences.append(
            _(
                "Not in these figures: %(names)s. %(reason)s",
                names=listed([name_of(n) for n in missing]),
                reason=" ".join(reasons),
            )
        )
    return [run(sentences)]


def since(figures: Mapping[str, Any]) -> list[str]:
    """What came in since the table was published, and what the totals come to with it all."""
    standing, sentences = standing_of(figures), []
    if late := standing["late"]:
        names = [
            _("%(name)s (%(value)s)", name=name_of(n), value=local_time(n["at"])) for n in late
        ]
        sentences.append(_("Came in since: %(names)s.", names=listed(names)))
    totals, now = figures["totals"], standing["now"]
    changed = [
        _("%(figure)s %(was)s → %(now)s", figure=FIGURES[name].heading, was=pair[0], now=pair[1])
        for name in totals
        if totals[name] != now[name]
        for pair in [both(name, totals[name], now[name])]
    ]
    if changed:
        sentences.append(_("With this, the totals are: %(changes)s.", changes=listed(changed)))
    return [run(sentences)] if sentences else []


def both(name: str, was: Any, now: Any) -> tuple[str, str]:
    """Two values of a figure as a person reads them: never the same where they differ."""
    before, after = (thawed({name: value}, name) for value in (was, now))
    return format_pair(before, after, FIGURES[name].kind)


def _period(standing: Mapping[str, Any]) -> str:
    period = parse_period(standing["period"])
    assert period is not None  # it was written from a Period
    return period_name(period)


def local_time(text: str) -> str:
    """A moment of the frozen figures in local time."""
    return moment(datetime.fromisoformat(text).astimezone(UTC))


def cut_off(figures: Mapping[str, Any]) -> str:
    """As of when the figures are, in local time."""
    if not figures["counted_at"]:
        return _("not counted yet")
    if "increment" in figures:
        # As of the end of a day: midnight is told as the 24:00 of that day, not as the next.
        end = datetime.fromisoformat(figures["counted_at"])
        return _("%(day)s 24:00", day=day(local_day(end, home_zone()) - timedelta(days=1)))
    return local_time(figures["counted_at"])
