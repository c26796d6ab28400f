"""Sheets and posters as PDF, set by typst: what the template reads is texts and numbers alone."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from flask import current_app, request
from limits import parse

from market.papers.fonts import chinese_fonts
from market.papers.pdf import MissingFont
from market.web.errors import DomainError
from market.web.language import lazy_gettext as _l
from market.web.limits import spend
from market.web.network import network_of

# What a network may have set anew; what was set is sent to everybody.
NEW_FILES = parse("120/hour")
MAX_FILES = 1_000
MAX_WAIT_SECONDS = 10.0
# Changes whenever sheets shall look otherwise.
LOOK = 1
_setting = threading.BoundedSemaphore(1)


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

    Raises:
        MissingFont: there is no Chinese font to set it in.
    """
    fonts, families = chinese_fonts()
    if not families:
        raise MissingFont
    # Letters without serifs are read from farther away.
    families = sorted(families, key=lambda family: "Serif" in family or "Song" in family)
    text = json.dumps({**data, "fonts": families}, ensure_ascii=False)
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
    path = folder() / f"{content_digest(template, data)}.pdf"
    try:
        content = path.read_bytes()
        os.utime(path)
        return content
    except FileNotFoundError:
        pass
    spend(NEW_FILES, "sheets", network_of(request.remote_addr))
    if not _setting.acquire(timeout=MAX_WAIT_SECONDS):
        raise TooManySheets
    try:
        content = set_pdf(template, data)
    except MissingFont:
        raise NoSheetFont from None
    finally:
        _setting.release()
    _store(path, content)
    return content


def folder() -> Path:
    """Where single sheets and posters are, by their content; each can be set again."""
    return Path(current_app.config["INSTANCE"]) / "sheets"


def forget_all() -> None:
    """Delete every single sheet: one may name somebody who is erased."""
    for file in folder().glob("*.pdf"):
        file.unlink(missing_ok=True)


def _store(path: Path, content: bytes) -> None:
    """All of it or nothing; a disk that is full costs only that it is set again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, path)
        _make_room(list(path.parent.glob("*.pdf")))
    except OSError:
        current_app.logger.warning("the sheet %s can't be kept", path, exc_info=True)


def _make_room(files: Sequence[Path]) -> None:
    """The oldest make room, an eighth at a time."""
    if len(files) > MAX_FILES:
        oldest = sorted(files, key=lambda file: file.stat().st_mtime)
        for file in oldest[: len(files) - MAX_FILES + MAX_FILES // 8]:
            file.unlink(missing_ok=True)
