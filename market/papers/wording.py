"""The sentences of statements and bulletins, filled from the frozen figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from market.tables.figures import FIGURES, kind_of, thawed
from market.tables.table import shown
from market.tallies.figures import rounding_note
from market.web.filters import day, local_name, money, trimmed
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

NAMED_FIRST = 3
KINDS = {
    "previous": _l("Against the fair before"),
    "same_season": _l("Against the same season last year"),
    "both": _l("Against the fair before, of the same season last year"),
    "beside": _l("The year before, together"),
}


class _Named:
    def __init__(self, thing: Mapping[str, Any]) -> None:
        self.name, self.name_en = thing["name"], thing["name_en"]


def name_of(thing: Mapping[str, Any]) -> str:
    """The name, in the page's language, of something in the frozen figures."""
    return local_name(_Named(thing))


def listed(parts: Sequence[str]) -> str:
    """The parts one after the other in a sentence."""
    return (", " if is_english() else "、").join(parts)


def _counties(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [c for p in figures["prefectures"] for c in p["counties"]]


def _told(figures: Mapping[str, Any]) -> dict[str, str]:
    """Each total as a person reads it, by its name."""
    totals = figures["totals"]
    told = {name: shown(kind_of(name), thawed(totals, name)) for name in totals}
    return told | {"amount_fen": money(totals["amount_fen"])}


def overall(figures: Mapping[str, Any]) -> list[str]:
    """How large the fair was."""
    totals, told, fair = figures["totals"], _told(figures), figures["fair"]
    sentences = [
        _(
            "The %(fair)s was held from %(first)s to %(last)s.",
            fair=name_of(fair),
            first=day(date.fromisoformat(fair["starts_on"])),
            last=day(date.fromisoformat(fair["ends_on"])),
        ),
        _who_reports(figures),
        _(
            "%(listings)s offers were listed, %(sell)s to sell and %(buy)s to buy, and"
            " %(merchants)s effective merchants took part.",
            **told,
        ),
        _(
            "%(deals)s deals were verified and counted, worth %(amount_fen)s.",
            **told,
        ),
    ]
    if totals["deals"] and totals["merchants"]:
        sentences.append(
            _(
                "That is %(deal)s a deal and %(merchant)s a merchant.",
                deal=money(totals["amount_fen"] // totals["deals"]),
                merchant=money(totals["amount_fen"] // totals["merchants"]),
            )
        )
    return [run(sentences)]


def _who_reports(figures: Mapping[str, Any]) -> str:
    counties, prefectures = _counties(figures), figures["prefectures"]
    if len(counties) == 1:
        return _("%(region)s reports to it.", region=name_of(counties[0]))
    if len(prefectures) == 1:
        return _("%(counties)s counties report to it.", counties=len(counties))
    return _(
        "%(counties)s counties of %(prefectures)s prefectures report to it.",
        counties=len(counties),
        prefectures=len(prefectures),
    )


def run(sentences: Sequence[str]) -> str:
    """The sentences as one paragraph."""
    return (" " if is_english() else "").join(sentences)


def totals(figures: Mapping[str, Any]) -> list[str]:
    """What a region has in the fair, and where it stands."""
    sentences = [
        _(
            "In the %(fair)s, %(region)s has %(deals)s deals verified and counted, worth"
            " %(amount_fen)s; %(listings)s offers listed; %(merchants)s effective"
            " merchants.",
            fair=name_of(figures["fair"]),
            region=name_of(figures["region"]),
            **_told(figures),
        )
    ]
    if figures["rank"]:
        sentences.append(
            _(
                "By deal value it is number %(rank)s of all counties and number %(within)s in its"
                " prefecture.",
                rank=figures["rank"],
                within=figures["rank_within"],
            )
        )
    return [run(sentences)]


def compared(figures: Mapping[str, Any]) -> list[str]:
    """Each baseline by name, and by how much the fair is above or below it."""
    paragraphs = []
    for comparison in figures["comparisons"]:
        changes = [_change(f) for f in comparison["figures"] if f["change"] is not None]
        if not changes:
            continue
        words = _(
            "%(kind)s (%(baseline)s): %(changes)s.",
            kind=KINDS[comparison["kind"]],
            baseline=name_of(comparison["baseline"]),
            changes=listed(changes),
        )
        limits = comparison_limits(comparison)
        paragraphs.append(run([words, limits]) if limits else words)
    return paragraphs


def comparison_limits(comparison: Mapping[str, Any]) -> str:
    """What of the two fairs is compared, where that is not both of them whole."""
    if through := comparison.get("through"):
        return _("Both up to day %(day)s of the fair.", day=through)
    if comparison.get("provisional"):
        return _("Provisional: one of the two fairs is still running, the other is whole.")
    return ""


def _change(figure: Mapping[str, Any]) -> str:
    change, label = Decimal(figure["change"]), FIGURES[figure["name"]].label
    percent = _marked(figure, f"{abs(change) * 100:.1f}%")
    if change > 0:
        return _("%(figure)s up %(percent)s", figure=label, percent=percent)
    if change < 0:
        return _("%(figure)s down %(percent)s", figure=label, percent=percent)
    return _("%(figure)s unchanged", figure=label)


def compared_row(figure: Mapping[str, Any]) -> tuple[str, ...]:
    """A row of a comparison: the figure with its unit, now, then, by how much."""
    name, change = figure["name"], figure["change"]
    return (
        FIGURES[name].heading,
        _value(name, thawed(figure, "now")),
        _marked(figure, _value(name, thawed(figure, "then"))),
        "–" if change is None else f"{Decimal(change) * 100:+.1f}%",
    )


def _marked(figure: Mapping[str, Any], value: str) -> str:
    """The value, marked where it was worked out and not given."""
    return _("%(value)s (worked out)", value=value) if figure.get("is_derived") else value


def _value(name: str, value: int | Decimal | None) -> str:
    return _("no data") if value is None else shown(kind_of(name), value)


def regions(figures: Mapping[str, Any]) -> list[str]:
    """The first prefectures and counties, and how many counties have nothing counted."""
    sentences = []
    prefectures = [p for p in figures["prefectures"] if p["total"]["amount_fen"]]
    prefectures.sort(key=lambda p: (-p["total"]["amount_fen"], p["code"]))
    ranked = [c for c in _counties(figures) if c["rank"]]
    ranked.sort(key=lambda c: (c["rank"], c["code"]))
    if prefectures and len(figures["prefectures"]) > 1:
        sentences.append(
            _(
                "By deal value the first prefectures are %(names)s.",
                names=_valued(prefectures),
            )
        )
    if ranked and len(_counties(figures)) > 1:
        sentences.append(_("The first counties are %(names)s.", names=_valued(ranked)))
    if nothing := len(_counties(figures)) - len(ranked):
        sentences.append(_("%(number)s counties have no deal verified.", number=nothing))
    return [run(sentences)]


def _valued(things: Sequence[Mapping[str, Any]]) -> str:
    return listed(
        [
            _("%(name)s (%(value)s)", name=name_of(t), value=money(t["total"]["amount_fen"]))
            for t in things[:NAMED_FIRST]
        ]
    )


def products(figures: Mapping[str, Any]) -> list[str]:
    """The products of the highest value."""
    first = [p for p in figures["products"] if p["total"]["amount_fen"]]
    if not first:
        return []
    return [_("By deal value %(names)s lead.", names=_valued(first))]


def most_products(figures: Mapping[str, Any], most: int | None = None) -> list[str]:
    """That the table has not all products but the first `most`, where so."""
    told = len(figures["products"][:most])
    if told == figures["products_in_all"]:
        return []
    number = trimmed(figures["products_in_all"])
    return [_("The table has the first %(most)s of %(number)s products.", most=told, number=number)]


def days(figures: Mapping[str, Any]) -> list[str]:
    """The day of the highest value."""
    when, deals, fen = max(figures["days"], key=lambda one: one[2])
    told = {"day": day(date.fromisoformat(when)), "deals": trimmed(deals), "value": money(fen)}
    if "increment" in figures:
        return [
            _(
                "The most was verified on %(day)s: %(deals)s deals worth %(value)s.",
                **told,
            )
        ]
    return [_("The most was agreed on %(day)s: %(deals)s deals worth %(value)s.", **told)]


def warnings(figures: Mapping[str, Any]) -> list[str]:
    """What the figures are not, where that must be said."""
    if figures["fair"]["is_replay"]:
        return [_("The totals of this fair are real; its detail is invented to fill them.")]
    return []


def notes() -> list[str]:
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
        _("Money in tables is in CNY million, rounded to 100 yuan.") + run(["", rounding_note()]),
    ]


def signatures() -> list[str]:
    """What is filled in by hand under a statement."""
    return [
        _("Reporting unit (stamp)"),
        _("Head of the unit (signature)"),
        _("Filled in by (signature)"),
        _("Date"),
    ]
