"""Custom statistics of the whole fair: the widest tables, each as its whole page and as a file.

Asked with Flask's test client in this process, as an official of the province; nothing is cached.
"""

from __future__ import annotations

import statistics
import time
from typing import Any
from urllib.parse import urlencode

from market.accounts.models import Role
from tests.benchmarks.caches import session_of

ROUNDS = 20
TARGET_MS = 300
# The last two have more cells than a page shows: they are counted all the same.
ASKED = (
    {"rows": "county"},
    {"rows": "county", "columns": "day", "measure": "value"},
    {"rows": "county", "columns": "day", "measure": "listings"},
    {"rows": "prefecture", "columns": "subcategory", "measure": "listings"},
    {"rows": "subcategory", "columns": "week", "measure": "mean_price"},
    {"rows": "category", "columns": "day", "measure": "supply"},
    {"rows": "county", "columns": "week", "measure": "merchants", "chart": "map"},
    {"rows": "prefecture", "columns": "product", "measure": "value"},
    {"rows": "product", "columns": "day", "measure": "listings"},
)


def measure(fair: str) -> list[dict[str, Any]]:
    """A row for each table: its whole page, ms of processor time and of the clock."""
    from market import create_app

    site = create_app(PAGE_CACHE_SECONDS={})
    with site.app_context():
        cookie = session_of(Role.PROVINCE_OFFICIAL)
    client, rows = site.test_client(use_cookies=False), []
    # As a process that has served one before.
    client.get("/desk/crosstab", headers={"Cookie": cookie}).get_data()
    for asked in ASKED:
        address = f"/desk/crosstab?{urlencode({**asked, 'fair': fair})}"
        clock, processor = [], []
        for _ in range(ROUNDS):
            at, spent = time.perf_counter(), time.thread_time()
            with client.get(address, headers={"Cookie": cookie}) as response:
                response.get_data()
            clock.append(1000 * (time.perf_counter() - at))
            processor.append(1000 * (time.thread_time() - spent))
            assert response.status_code == 200, (address, response.status)
        rows.append(
            {
                "table": ", ".join(asked.values()),
                "processor p50": statistics.median(processor),
                "processor p95": statistics.quantiles(processor, n=20)[-1],
                "p95": statistics.quantiles(clock, n=20)[-1],
                "target": TARGET_MS,
            }
        )
    return rows
