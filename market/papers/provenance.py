"""The sentences of a paper that say where its figures come from, and what was corrected since."""

from __future__ import annotations

from flask_babel import gettext as _

from market.papers.document_figures import DocumentFigures, Origin, Provenance
from market.papers.models import DocumentKind
from market.papers.wording import format_list, join_sentences
from market.statements.forms import period_name
from market.statements.queries import changes
from market.statements.rules import parse_period
from market.tables.figures import FIGURES
from market.tallies.figures import format_figure_pair
from market.tallies.frozen_figures import FrozenFigures
from market.web.filters import day, format_datetime, local_name


def format_provenance(printed: DocumentFigures, kind: DocumentKind) -> list[str]:
    """What the figures are: submitted by whom and when, published, or only those of the count."""
    figures, provenance = printed.figures, printed.provenance
    if not provenance.is_official:
        entry, time = figures.ledger.id, format_as_of(figures)
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
        "period": _period(provenance),
        "by": provenance.by,
        "time": format_datetime(provenance.at),
    }
    if provenance.kind is Origin.STATEMENT:
        sentences = [
            _(
                "%(period)s, version %(version)s, submitted by %(by)s at %(time)s.",
                version=provenance.version,
                **words,
            )
        ]
        if provenance.correction:
            sentences.append(
                _(
                    "The figures are those of its correction %(number)s, confirmed;"
                    " see Corrections.",
                    number=provenance.correction,
                )
            )
    else:
        sentences = [
            _(
                "%(period)s, published by %(by)s at %(time)s. The figures are those published.",
                **words,
            )
        ]
    if missing := figures.missing:
        reasons = dict.fromkeys(unit.reason for unit in missing if unit.reason)
        sentences.append(
            _(
                "Not in these figures: %(names)s. %(reason)s",
                names=format_list([local_name(unit) for unit in missing]),
                reason=" ".join(reasons),
            )
        )
    return [join_sentences(sentences)]


def format_changes_since(printed: DocumentFigures) -> list[str]:
    """What came in since the table was published, and what the totals come to with it all."""
    provenance, sentences = printed.provenance, []
    if late := provenance.late:
        names = [
            _("%(name)s (%(value)s)", name=local_name(unit), value=format_datetime(unit.at))
            for unit in late
        ]
        sentences.append(_("Came in since: %(names)s.", names=format_list(names)))
    if provenance.now and (changed := changes(printed.figures.totals, provenance.now)):
        parts = [
            _(
                "%(figure)s %(was)s → %(now)s",
                figure=FIGURES[name].heading,
                was=pair[0],
                now=pair[1],
            )
            for name, was, now in changed
            for pair in [format_figure_pair(name, was, now)]
        ]
        sentences.append(_("With this, the totals are: %(changes)s.", changes=format_list(parts)))
    return [join_sentences(sentences)] if sentences else []


def _period(provenance: Provenance) -> str:
    period = parse_period(provenance.period)
    assert period is not None  # it was written from a Period
    return period_name(period)


def format_as_of(figures: FrozenFigures) -> str:
    """As of when the figures are, in local time."""
    if figures.as_of is None:
        return _("not counted yet")
    if figures.is_daily:
        # Midnight is shown as the 24:00 of the day that ends, not as the next day.
        return _("%(day)s 24:00", day=day(figures.end_of_day))
    return format_datetime(figures.as_of)
