"""The alerts of monitoring: tasks of an official's desk, and its tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from market.accounts.models import Account
from market.monitoring.activity import ActivityRow, activity_rows
from market.monitoring.labels import format_amount
from market.monitoring.queries import Finding, filter_findings, find_imbalances, official_paths
from market.monitoring.rules import AlertLevel, ImbalanceKind
from market.web.desk_registry import DeskTab, DeskTask, add_tasks, tabs
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l

# Named one by one; of more the rest is only counted.
NAMED = 3


def _gluts(number: int) -> str:
    return ngettext("%(num)s glut", "%(num)s gluts", number)


def _shortages(number: int) -> str:
    return ngettext("%(num)s shortage", "%(num)s shortages", number)


_KINDS = {
    ImbalanceKind.GLUT: (_l("Gluts, alert"), _gluts),
    ImbalanceKind.SHORTAGE: (_l("Shortages, alert"), _shortages),
}


def alert_tasks(account: Account) -> list[DeskTask]:
    """Alerts of gluts and of shortages and the counties that sleep, inside the account's
    regions; of at most ten minutes ago."""
    paths = official_paths(account)
    found = find_imbalances(paths, is_announced=True)
    rows, _at = activity_rows(paths, is_announced=True)
    asleep = [row for row in rows if row.level is AlertLevel.ALERT]
    return [
        *(
            _imbalance_task(kind, filter_findings(found.rows, AlertLevel.ALERT, kind))
            for kind in _KINDS
        ),
        DeskTask(
            "asleep",
            _l("Counties asleep"),
            ngettext(
                "%(num)s county where nothing happens",
                "%(num)s counties where nothing happens",
                len(asleep),
            ),
            len(asleep),
            url_for("monitoring.activity"),
            _l("Have a look"),
            details=_named(map(_asleep_words, asleep[:NAMED]), len(asleep)),
        ),
    ]


def _imbalance_task(kind: ImbalanceKind, alerts: Sequence[Finding]) -> DeskTask:
    label, title = _KINDS[kind]
    words, details = title(len(alerts)), []
    url = url_for("monitoring.market", kind=kind.value, level=AlertLevel.ALERT.value)
    if len(alerts) == 1:
        one = alerts[0]
        product, place = local_name(one.product), local_name(one.place)
        words = (
            _("Glut of %(product)s in %(place)s", product=product, place=place)
            if kind is ImbalanceKind.GLUT
            else _("Shortage of %(product)s in %(place)s", product=product, place=place)
        )
        details = [_sides(one)]
        url = url_for(
            "monitoring.position",
            code=one.place.code,
            product=one.product.code,
            of_measure=one.position.measure,
        )
    elif alerts:
        details = _named(map(_where, alerts[:NAMED]), len(alerts))
    return DeskTask(kind.value, label, words, len(alerts), url, _l("Have a look"), details=details)


def _sides(finding: Finding) -> str:
    position = finding.position
    amounts = position.sell.quantity, position.buy.quantity
    sell, buy = (format_amount(amount, position.measure, *amounts) for amount in amounts)
    return _("for sale %(sell)s, wanted %(buy)s", sell=sell, buy=buy)


def _where(finding: Finding) -> str:
    return _(
        "%(product)s in %(place)s",
        product=local_name(finding.product),
        place=local_name(finding.place),
    )


def _asleep_words(row: ActivityRow) -> str:
    place = local_name(row.place)
    if row.idle is None:
        return place
    return ngettext("%(place)s %(num)s day", "%(place)s %(num)s days", row.idle, place=place)


def _named(names: Iterable[Any], number: int) -> list[str]:
    """The first few by name, and how many more there are."""
    first = list(names)
    more = number - len(first)
    rest = ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else ""
    return [_(", ").join(first) + rest] if first else []


add_tasks(20, alert_tasks)
tabs.append(
    DeskTab(
        70,
        _l("Monitoring"),
        "monitoring.market",
        also=["monitoring.prices", "monitoring.product", "monitoring.activity"],
    )
)
