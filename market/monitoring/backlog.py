"""The alerts of monitoring on the first page of an official's desk."""

from __future__ import annotations

from flask import url_for

from market.accounts.models import Account
from market.monitoring.activity import activity_rows
from market.monitoring.queries import find_imbalances, official_paths
from market.monitoring.rules import AlertLevel, ImbalanceKind
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l

LABELS = {ImbalanceKind.GLUT: _l("Gluts, alert"), ImbalanceKind.SHORTAGE: _l("Shortages, alert")}


def alerts(account: Account) -> list[Backlog]:
    """Alerts of gluts and of shortages and the counties that sleep, inside the account's
    regions; of at most ten minutes ago."""
    paths = official_paths(account)
    counts = find_imbalances(paths, is_announced=True).counts
    rows, _ = activity_rows(paths, is_announced=True)
    asleep = sum(row.level is AlertLevel.ALERT for row in rows)
    return [
        *(
            Backlog(
                label,
                counts.get((kind, AlertLevel.ALERT), 0),
                url_for("monitoring.market", kind=kind.value, level=AlertLevel.ALERT.value),
            )
            for kind, label in LABELS.items()
        ),
        Backlog(_l("Counties asleep"), asleep, url_for("monitoring.activity")),
    ]


add_backlog(20, alerts)
tabs.append(
    DeskTab(
        70,
        _l("Monitoring"),
        "monitoring.market",
        also=["monitoring.prices", "monitoring.product", "monitoring.activity"],
    )
)
