"""The pages that are texts: what this is, help, privacy, terms, contact, registration number.

Each is a Markdown file under texts/<language>/, which an administrator replaces with one of the
same name under texts/<language>/ of the instance folder. The first line is the title; a line
"版本：2026-07-01" or "Version: 2026-07-01" names the version of the terms. HTML is not let in.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from flask import current_app
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from market.accounts.terms import versions
from market.cache.stores import TimeLimitedStore, app_store
from market.web.language import is_english

FOLDER = Path(__file__).resolve().parent / "texts"
# In the order of the footer.
NAMES = ("about", "help", "terms", "privacy", "contact", "filing")
TITLE_SECONDS = 10.0
_VERSION = re.compile(r"^(?:版本|Version)\s*[:：]\s*([\w.-]{1,40})\s*$", re.MULTILINE)
_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class TextPage:
    """A text as it is shown.

    Attributes:
        title: of its first line; where it has none, its name.
        version: as the text says itself, or the beginning of its hash.
        sections: (anchor, heading) of each, in their order.
    """

    name: str
    title: str
    version: str
    body: Markup
    sections: tuple[tuple[str, str], ...]


def text_page(name: str, language: str | None = None) -> TextPage:
    """The text of that name (one of NAMES), in the page's language or another.

    A file of the instance that can't be read as UTF-8 is passed over.
    """
    language = language or ("en" if is_english() else "zh_CN")
    for folder in (Path(current_app.config["INSTANCE"]) / "texts", FOLDER):
        path = folder / language / f"{name}.md"
        try:
            return _read(path, path.stat().st_mtime_ns)
        except (OSError, UnicodeDecodeError):
            continue
    raise FileNotFoundError(name)


@lru_cache(maxsize=64)
def _read(path: Path, modified: int) -> TextPage:
    text = path.read_text("utf-8-sig")
    title = _TITLE.search(text)
    version = _VERSION.search(text)
    body = text[title.end() :] if title else text
    # The page has one heading of the first level, which is its title.
    tokens = _MARKDOWN.parse(re.sub(r"^# ", "## ", body, flags=re.MULTILINE))
    sections: list[tuple[str, str]] = []
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            sections.append((f"section-{len(sections) + 1}", _plain(inside)))
            opening.attrSet("id", sections[-1][0])
    return TextPage(
        path.stem,
        title[1] if title else path.stem,
        version[1] if version else hashlib.sha256(text.encode()).hexdigest()[:10],
        Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})),
        tuple(sections),
    )


def _plain(inline: Token) -> str:
    """The words of a heading without their marks."""
    return "".join(part.content for part in inline.children or ())


def text_titles() -> tuple[tuple[str, str], ...]:
    """(name, title) of each text in the page's language, for the foot of every page: read anew
    at most every few seconds."""
    store: TimeLimitedStore[tuple[tuple[str, str], ...]] = app_store(
        "text titles", lambda: TimeLimitedStore(4, TITLE_SECONDS)
    )
    return store.get_or_make(
        is_english(), lambda: tuple((name, text_page(name).title) for name in NAMES)
    )


def terms_version() -> str:
    """The version of terms and privacy page together, as the Chinese ones, which hold, say it."""
    both = (text_page(name, "zh_CN").version for name in ("terms", "privacy"))
    return max(both)


versions.append(terms_version)
