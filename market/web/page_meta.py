"""What the head of a page says to search engines and to who gets its link."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, current_app, request, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

_compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class PageMeta:
    """A page's head besides its title; a template sets `meta` to one.

    Attributes:
        description: one sentence of the page's own figures.
        indexed: whether search engines may list it, where its address is one to be listed.
        image: the path of a picture of it; "" for the site's icon.
        json_ld: what it is in the words of schema.org (json_ld()).
    """

    description: str = ""
    indexed: bool = True
    image: str = ""
    json_ld: Markup | str = ""


def site_root() -> str:
    """Where the site stands, without a slash: SITE_URL once it is a public one."""
    site: str = current_app.config["SITE_URL"]
    root: str = site if site.startswith("https://") else request.host_url
    return root.rstrip("/")


def site_address(endpoint: str, **values: Any) -> str:
    """The whole address of a page of ours."""
    return site_root() + url_for(endpoint, **values)


def json_ld(data: dict[str, Any]) -> Markup:
    """Data of schema.org as the element that holds them. It is no script to the browser, and
    nothing in a text can end it: <, > and & are written as escapes."""
    text = htmlsafe_json_dumps({"@context": "https://schema.org", **data}, dumps=_compact)
    return Markup('<script type="application/ld+json">%s</script>') % text


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(page_meta=PageMeta, site_root=site_root)
