"""The sentences of statements and bulletins, filled from the frozen figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from market.fairs.models import Fair
from market.papers.document_figures import DocumentFigures, FrozenComparison, PrintedFinding
from market.tables.figures import FIGURES, kind_of
from market.tables.table import format_cell
from market.tallies.comparisons import ComparedFigure
from market.tallies.figures import FIGURE_NAMES, rounding_note
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.quantities import format_quantities, together
from market.tallies.queries import Totals
from market.web.filters import day, local_name, money, trimmed
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

MAX_NAMED = 3
COMPARISON_KINDS = {
    "previous": _l("Against the fair before"),
    "same_season": _l("Against the same season last year"),
    "both": _l("Against the fair before, of the same season last year"),
    "beside": _l("The year before, together"),
}
# The head of the column that says by how much; what stands beside is not compared.
CHANGES = {
    "previous": _l("Change on the fair before"),
    "same_season": _l("Change on the year before"),
    "both": _l("Change on the year before"),
}


def format_list(parts: Sequence[str]) -> str:
    """The parts one after the other in a sentence."""
    return (", " if is_english() else "、").join(parts)


def _formatted_totals(totals: Totals) -> dict[str, str]:
    """Each total as a person reads it, by its name."""
    formatted = {name: format_cell(kind_of(name), getattr(totals, name)) for name in FIGURE_NAMES}
    return formatted | {"amount_fen": money(totals.amount_fen)}


def format_unweighed(document: DocumentFigures) -> list[str]:
    """What was dealt in by other measures than weight, if anything: 320 head, 40 boxes."""
    dealt = format_quantities(together(document.quantities.values()))
    return (
        [_("Besides what is weighed, %(quantities)s were dealt in.", quantities=dealt)]
        if dealt
        else []
    )


def format_fair(document: DocumentFigures) -> list[str]:
    """How large the fair was."""
    figures = document.figures
    totals, fair = figures.totals, figures.fair
    formatted, fen = _formatted_totals(totals), totals.amount_fen or 0
    sentences = [
        _(
            "The %(fair)s was held from %(first)s to %(last)s.",
            fair=local_name(fair),
            first=day(fair.starts_on),
            last=day(fair.ends_on),
        ),
        _who_reports(figures),
        _(
            "%(listings)s offers were listed, %(sell)s to sell and %(buy)s to buy, and"
            " %(merchants)s effective merchants took part.",
            **formatted,
        ),
        _(
            "%(deals)s deals were verified and counted, worth %(amount_fen)s.",
            **formatted,
        ),
    ]
    if totals.deals and totals.merchants:
        sentences.append(
            _(
                "That is %(deal)s a deal and %(merchant)s a merchant.",
                deal=money(fen // totals.deals),
                merchant=money(fen // totals.merchants),
            )
        )
    sentences += format_unweighed(document)
    return [join_sentences(sentences)]


def _who_reports(figures: FrozenFigures) -> str:
    counties, prefectures = figures.counties, figures.prefectures
    if len(counties) == 1:
        return _("%(region)s reports to it.", region=local_name(counties[0]))
    if len(prefectures) == 1:
        return _("%(counties)s counties report to it.", counties=len(counties))
    return _(
        "%(counties)s counties of %(prefectures)s prefectures report to it.",
        counties=len(counties),
        prefectures=len(prefectures),
    )


def join_sentences(sentences: Sequence[str]) -> str:
    """The sentences as one paragraph."""
    return (" " if is_english() else "").join(sentences)


def format_totals(document: DocumentFigures) -> list[str]:
    """What a region has in the fair, and its rank."""
    figures = document.figures
    sentences = [
        _(
            "In the %(fair)s, %(region)s has %(deals)s deals verified and counted, worth"
            " %(amount_fen)s; %(listings)s offers listed; %(merchants)s effective"
            " merchants.",
            fair=local_name(figures.fair),
            region=local_name(figures.region),
            **_formatted_totals(figures.totals),
        )
    ]
    if document.rank_within:
        sentences.append(
            _(
                "By deal value it is number %(rank)s of all counties and number %(within)s in its"
                " prefecture.",
                rank=document.ranks[figures.region.code],
                within=document.rank_within,
            )
        )
    sentences += format_unweighed(document)
    return [join_sentences(sentences)]


def format_explanation(found: PrintedFinding) -> str:
    """How the unit explains what was found, and why the next level let it pass."""
    if not found.consent:
        return found.explanation
    return _("%(explanation)s Let pass: %(consent)s", **vars(found))


def format_comparisons(comparisons: Sequence[FrozenComparison]) -> list[str]:
    """Each baseline by name, and by how much the fair is above or below it; what can't be compared
    yet is named without figures."""
    paragraphs = []
    for comparison in comparisons:
        baseline = local_name(comparison)
        if comparison.provisional:
            words = _(
                "Not compared with %(baseline)s: one of the two fairs is still running, the other"
                " is whole.",
                baseline=baseline,
            )
            paragraphs.append(words)
            continue
        changes = [_change(f) for f in comparison.figures if f.change is not None]
        if not changes:
            continue
        words = _(
            "%(kind)s (%(baseline)s): %(changes)s.",
            kind=COMPARISON_KINDS[comparison.kind],
            baseline=baseline,
            changes=format_list(changes),
        )
        if through := comparison.through:
            words = join_sentences([words, _("Both up to day %(day)s of the fair.", day=through)])
        paragraphs.append(words)
    return paragraphs


def _change(figure: ComparedFigure) -> str:
    change, label = figure.change or Decimal(0), FIGURES[figure.name].label
    percent = _marked(figure, f"{abs(change) * 100:.1f}%")
    if change > 0:
        return _("%(figure)s up %(percent)s", figure=label, percent=percent)
    if change < 0:
        return _("%(figure)s down %(percent)s", figure=label, percent=percent)
    return _("%(figure)s unchanged", figure=label)


def format_compared(figure: ComparedFigure) -> tuple[str, str, str]:
    """A compared figure now, then, and by how much it changed."""
    name, change = figure.name, figure.change
    return (
        _value(name, figure.now),
        _marked(figure, _value(name, figure.then)),
        "–" if change is None else f"{change * 100:+.1f}%",
    )


def _marked(figure: ComparedFigure, value: str) -> str:
    """The value, marked where it was worked out and not given."""
    return _("%(value)s (worked out)", value=value) if figure.is_derived else value


def _value(name: str, value: int | Decimal | None) -> str:
    return _("no data") if value is None else format_cell(kind_of(name), value)


def format_regions(document: DocumentFigures) -> list[str]:
    """The first prefectures and counties, and how many counties have nothing counted."""
    figures, ranks, sentences = document.figures, document.ranks, []
    counties = figures.counties
    prefectures = [p for p in figures.prefectures if p.totals.amount_fen]
    prefectures.sort(key=lambda p: (-(p.totals.amount_fen or 0), p.code))
    ranked = [county for county in counties if county.code in ranks]
    ranked.sort(key=lambda county: (ranks[county.code], county.code))
    if prefectures and len(figures.prefectures) > 1:
        sentences.append(
            _(
                "By deal value the first prefectures are %(names)s.",
                names=_with_values([(p, p.totals) for p in prefectures]),
            )
        )
    if ranked and len(counties) > 1:
        sentences.append(
            _(
                "The first counties are %(names)s.",
                names=_with_values([(c, c.totals) for c in ranked]),
            )
        )
    if nothing := len(counties) - len(ranked):
        sentences.append(_("%(number)s counties have no deal verified.", number=nothing))
    return [join_sentences(sentences)]


def _with_values(rows: Sequence[tuple[Any, Any]]) -> str:
    """The first of (what has names, its figures), each with its deal value."""
    return format_list(
        [
            _("%(name)s (%(value)s)", name=local_name(named), value=money(totals.amount_fen))
            for named, totals in rows[:MAX_NAMED]
        ]
    )


def format_products(figures: FrozenFigures) -> list[str]:
    """The products of the highest value."""
    first = [(row, row) for row in figures.products if row.amount_fen]
    if not first:
        return []
    return [_("By deal value %(names)s lead.", names=_with_values(first))]


def format_products_left_out(figures: FrozenFigures, max_products: int) -> list[str]:
    """That the table has not all products but the first `max_products`, where so."""
    number = min(len(figures.products), max_products)
    if number == figures.product_count:
        return []
    count = trimmed(figures.product_count)
    return [
        _("The table has the first %(most)s of %(number)s products.", most=number, number=count)
    ]


def format_days(figures: FrozenFigures) -> list[str]:
    """The day of the highest value."""
    when, deals, fen = max(figures.deal_days, key=lambda row: row[2])
    formatted = {"day": day(when), "deals": trimmed(deals), "value": money(fen)}
    if figures.is_daily:
        return [
            _(
                "The most was verified on %(day)s: %(deals)s deals worth %(value)s.",
                **formatted,
            )
        ]
    return [_("The most was agreed on %(day)s: %(deals)s deals worth %(value)s.", **formatted)]


def format_warnings(fair: Fair) -> list[str]:
    """What the figures of the fair are not, where that must be stated."""
    if fair.is_replay:
        return [_("The totals of this fair are real; its detail is invented to fill them.")]
    return []


def format_notes() -> list[str]:
    """The definitions that every paper carries."""
    return [
        _(
            "A deal counts once its county has verified it, and in one county only: the seller's if"
            " it is in the fair's region, else the buyer's."
        ),
        _("Sold and bought show both sides of the same deals and are never added together."),
        _(
            "Effective merchants are traders with at least one verified listing of the fair, each"
            " counted once."
        ),
        _(
            "Listings are offers first published or renewed inside the fair's dates, in its region"
            " and theme, and not rejected."
        ),
        _("Money in tables is in CNY million, rounded to 100 yuan.")
        + join_sentences(["", rounding_note()]),
    ]


def format_signatures() -> list[str]:
    """What is filled in by hand under a statement."""
    return [
        _("Reporting unit (stamp)"),
        _("Head of the unit (signature)"),
        _("Filled in by (signature)"),
        _("Date"),
    ]
