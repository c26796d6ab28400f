"""The page of a fair that is announced: nothing of it is counted, so it shows no figures."""

from __future__ import annotations

from typing import Any

from flask import render_template

from market.fairs.models import Fair
from market.fairs.queries import sessions_of
from market.products.queries import named_products
from market.web.filters import day, local_name
from market.web.home_time import home_today
from market.web.page_cache import depends_on
from market.web.page_meta import PageMeta
from market.web.slots import link


def announced_page(fair: Fair, common: dict[str, Any]) -> str:
    """When it begins, how to join in, its sessions with their goods, and whom to ask."""
    depends_on(home_today)
    sessions = sessions_of(fair)
    days = f"{day(fair.starts_on)} – {day(fair.ends_on)}"
    return render_template(
        "fairs/announced.html",
        **common,
        meta=PageMeta(
            " · ".join((local_name(fair), local_name(fair.region), days)),
            image=link("fair.picture", slug=fair.slug),
        ),
        days_left=(fair.starts_on - home_today()).days,
        sessions=sessions,
        products={s.id: list(named_products(s.prefixes).values()) for s in sessions},
    )
