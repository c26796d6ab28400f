"""Places where a room's pages show what belongs to rooms above it.

A room knows only rooms below it, in its templates too. Where a page needs the address of a
higher room's page, it names a link: ``{{ link('deal.propose', offer_id=offer.id) }}``; where it
shows a part of one, it names a slot: ``{% include slot('offer.matches') %}``. What any number of
rooms may add to is a loop: ``{% for part in page_parts('foot') %}{% include part %}{% endfor %}``.
The higher room registers what they lead to in its `links.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from market.web.addresses import cached_url_for

_links: dict[str, str | Callable[..., str]] = {}
_slots: dict[str, str] = {}
_parts: dict[str, list[str]] = {}


def add_link(name: str, target: str | Callable[..., str]) -> None:
    """Register where a link leads.

    Args:
        target: an endpoint; or a function of the link's arguments that returns an address, or
            "" where the link is not for who is here.
    """
    _links[name] = target


def fill_slot(name: str, template: str) -> None:
    """Register the template that is included in a slot. It sees the page's variables."""
    _slots[name] = template


def link(name: str, /, **values: Any) -> str:
    """The address of a registered link; "" where it is not for who is here.

    Raises:
        KeyError: no room registered it.
    """
    target = _links[name]
    return cached_url_for(target, **values) if isinstance(target, str) else target(**values)


def slot(name: str) -> str:
    """The template that fills a slot.

    Raises:
        KeyError: no room registered one.
    """
    return _slots[name]


def add_part(place: str, template: str) -> None:
    """Register one more template that is included at a place, after those of lower rooms. It sees
    the page's variables."""
    _parts.setdefault(place, []).append(template)


def page_parts(place: str) -> list[str]:
    """The templates to include at a place; there may be none."""
    return _parts.get(place, [])


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(link=link, slot=slot, page_parts=page_parts)
