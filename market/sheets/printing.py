"""Sheets and posters as PDF, set by typst: what the template reads is texts and numbers alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import typst
from flask import current_app, request
from limits import parse

from market.cache.files import FileStore, MakerBusy
from market.papers.fonts import chinese_fonts
from market.papers.pdf import MissingFont
from market.papers.pictures import qr_picture
from market.web.errors import DomainError
from market.web.language import lazy_gettext as _l
from market.web.limits import spend
from market.web.network import network_of

# What a network may have set anew; what was set is sent to everybody.
NEW_FILES = parse("120/hour")
# Changes whenever sheets shall look otherwise.
LOOK = 3
# Single sheets and posters.
store = FileStore("sheets", max_files=1_000, max_wait_seconds=10.0)


class NoSheetFont(DomainError):
    """A sheet can't be set without a Chinese font."""

    status = 503
    message = _l("This server has no Chinese font for PDF. Print the page itself instead.")


class TooManySheets(DomainError):
    """Others are being set, and the wait was too long."""

    status = 503
    message = _l("Many sheets are being made just now: try again in a moment.")


def content_digest(template: str, data: dict[str, Any]) -> str:
    """The fingerprint of what would be printed."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{LOOK} {template} {text}".encode()).hexdigest()


def set_pdf(template: str, data: dict[str, Any], form: Any = "pdf", **options: Any) -> Any:
    """The data set by a template of this room: PDF, or its pages as PNG.

    Args:
        data: with the `addresses` of which the template shows QR codes.

    Raises:
        MissingFont: there is no Chinese font to set it in.
    """
    fonts, families = chinese_fonts()
    if not families:
        raise MissingFont
    # Letters without serifs are read from farther away.
    families = sorted(families, key=lambda family: "Serif" in family or "Song" in family)
    codes = {address: qr_picture(address) for address in data["addresses"]}
    text = json.dumps({**data, "codes": codes, "fonts": families}, ensure_ascii=False)
    return typst.compile(
        Path(current_app.root_path).parent / "templates" / "sheets" / f"{template}.typ",
        font_paths=fonts,
        ignore_system_fonts=True,
        format=form,
        sys_inputs={"data": text},
        timestamp=0,
        **options,
    )


def pdf_once(template: str, data: dict[str, Any]) -> bytes:
    """The PDF, set once for the same content.

    Raises:
        NoSheetFont: there is no Chinese font.
        TooManySheets: too many are being set.
        TooManyTries: the visitor's network had too many set.
    """

    def allow() -> None:
        spend(NEW_FILES, "sheets", network_of(request.remote_addr))

    try:
        return store.get_or_make(
            content_digest(template, data), "pdf", allow, lambda: set_pdf(template, data)
        )
    except MissingFont:
        raise NoSheetFont from None
    except MakerBusy:
        raise TooManySheets from None
