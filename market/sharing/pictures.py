"""The picture that stands beside a link in a chat, and the poster with its QR code.

Made by typst in the machine's Chinese font; without one a picture is the drawing alone. Each is
made once and found by what it says: another price is another picture.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst
from flask import current_app, request
from limits import parse
from PIL import Image, ImageOps

from market.accounts.privacy.erasures import FileEraser, file_erasers
from market.cache.files import FileStore, MakerBusy
from market.papers.fonts import chinese_fonts
from market.web.errors import DomainError
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.language import lazy_gettext as _l
from market.web.limits import spend
from market.web.network import network_of

# Pixels of the picture, and of the part of it that a photo fills (the width, from the left).
WIDTH, HEIGHT, PHOTO_WIDTH = 1200, 630, 480
QUALITY = 85
# What a network may have made anew; what was made is sent to everybody.
NEW_PICTURES = parse("120/hour")
# Changes whenever pictures shall look otherwise.
LOOK = 1
# About 60 kB each.
store = FileStore("shared_pictures", max_files=4_000, max_wait_seconds=5.0)


class TooManyPictures(DomainError):
    """Others are being made, and the wait was too long."""

    status = 503
    message = _l("Many pictures are being made just now: try again in a moment.")


class NoFont(DomainError):
    """A poster can't be set without a Chinese font."""

    status = 503
    message = _l("This server has no Chinese font for posters. Show the page's QR code instead.")


@dataclass(frozen=True)
class Shown:
    """What a picture says.

    Attributes:
        mark: what kind of thing it is.
        drawing: the name of a product's drawing; "" for the site's logo.
        photo: a file that fills the left part in place of the drawing.
        qr: the QR code of `address` as SVG; with it the picture is a poster.
    """

    mark: str
    title: str
    price: str
    lines: Sequence[str]
    drawing: str = ""
    photo: Path | None = None
    qr: str = ""
    address: str = ""

    def data(self) -> dict[str, Any]:
        """What the template reads."""
        name = f"drawings/{self.drawing}.svg" if self.drawing else "logo.svg"
        drawing = Path(current_app.static_folder or "") / "img" / name
        return {
            **asdict(self),
            "lines": [line for line in self.lines if line],
            "drawing": drawing.read_text("utf-8"),
            "photo": str(self.photo or ""),
            "site": _("Harvest Market"),
            "scan": _("Scan to see it now, ask and call"),
            "lang": "en" if is_english() else "zh",
        }


def picture_of(shown: Shown) -> bytes:
    """The picture as JPEG, WIDTH × HEIGHT.

    Raises:
        TooManyPictures: too many are being made.
        TooManyTries: the visitor's network had too many made.
    """
    return _made_once(shown, "jpg")


def poster_of(shown: Shown) -> bytes:
    """The poster as PDF on A5.

    Raises:
        NoFont: there is no Chinese font to set it in.
        TooManyPictures, TooManyTries: as picture_of.
    """
    if not chinese_fonts()[1]:
        raise NoFont
    return _made_once(shown, "pdf")


def _made_once(shown: Shown, form: str) -> bytes:
    fonts, families = chinese_fonts()
    # Letters without serifs are read from farther away.
    families = sorted(families, key=lambda family: "Serif" in family or "Song" in family)
    data = {**shown.data(), "fonts": families}
    text = json.dumps(data, ensure_ascii=False)
    digest = hashlib.sha256(f"{LOOK} {form} {text}".encode()).hexdigest()

    def make() -> bytes:
        content = _compiled(text, fonts, form)
        return content if form == "pdf" else _jpeg(content, shown.photo if families else None)

    def allow() -> None:
        spend(NEW_PICTURES, "pictures", network_of(request.remote_addr))

    try:
        return store.get_or_make(digest, form, allow, make)
    except MakerBusy:
        raise TooManyPictures from None


def _compiled(text: str, fonts: Any, form: Any) -> bytes:
    made: bytes = typst.compile(
        Path(current_app.root_path).parent / "templates" / "sharing" / "picture.typ",
        font_paths=fonts if fonts is not None else [],
        ignore_system_fonts=True,
        format="pdf" if form == "pdf" else "png",
        sys_inputs={"picture": text},
        timestamp=0,
        ppi=72.0,  # a point is a pixel
    )
    return made


def _jpeg(png: bytes, photo: Path | None) -> bytes:
    with Image.open(io.BytesIO(png)) as drawn:
        picture = drawn.convert("RGB")
    if photo is not None:
        try:
            with Image.open(photo, formats=["WEBP"]) as original:
                fitted = ImageOps.fit(original.convert("RGB"), (PHOTO_WIDTH, HEIGHT))
            picture.paste(fitted, (0, 0))
        except OSError:
            # Deleted a moment ago: the drawing stays.
            pass
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def _forget_all(known: list[Any]) -> list[Any]:
    """Titles may name who is erased; every picture can be made again."""
    store.clear()
    return [None] * len(known)


file_erasers["shared_pictures"] = FileEraser(lambda account: True, _forget_all, of_texts=True)
