"""Photos: checked before decoding, re-encoded without EXIF, kept by the hash of their content.

Folders keep who may read apart: `offers` is open to everyone, `proofs` is not served here.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, send_file, url_for
from flask_babel import gettext as _
from PIL import Image, ImageOps

from market.assets import FOREVER
from market.errors import Invalid

FOLDERS = ("offers", "proofs")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
LARGEST_FILE = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE_IN = 12_000
LONGEST_SIDE = 1600
THUMB_SIDE = 480
DAY = 24 * 3600
QUALITY = 80

# By folder, what tells the hashes in use; the room that keeps photos there adds itself.
in_use: dict[str, Callable[[], Iterable[str]]] = {}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo in the store; width and height in pixels."""

    sha256: str
    width: int
    height: int


def store_photo(file: Any, folder: str = "offers") -> StoredPhoto:
    """Check, shrink and keep an uploaded picture (a werkzeug FileStorage, or a binary stream).

    Raises:
        Invalid: too large, too many pixels, broken, or no picture at all.
    """
    content = getattr(file, "stream", file).read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Invalid(_("A photo may have at most 8 MB: choose a smaller one."), "photos")
    if not content:
        raise Invalid(_("That file is empty: choose another photo."), "photos")
    picture = _decoded(content)
    full = _encoded(picture, LONGEST_SIDE)
    stored = StoredPhoto(hashlib.sha256(full).hexdigest(), *picture.size)
    _write(photo_path(folder, stored.sha256, thumb=True), _encoded(picture, THUMB_SIDE))
    _write(photo_path(folder, stored.sha256), full)
    return stored


def find_photo(folder: str, sha256: str) -> StoredPhoto | None:
    """The stored photo of this hash, or None."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return None
    try:
        with Image.open(photo_path(folder, sha256), formats=["WEBP"]) as picture:
            return StoredPhoto(sha256, *picture.size)
    except OSError:
        return None


def tidy(folder: Path, used: Iterable[str], now: float) -> int:
    """Delete the photos in `folder` that are not among the hashes `used`; how many files.

    What was touched within a day of `now` (seconds since 1970) stays: a form that holds it
    may still be open.
    """
    kept, gone = set(used), 0
    for path in folder.glob("*/*"):
        if path.name.split(".")[0] not in kept and path.stat().st_mtime < now - DAY:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def photo_path(folder: str, sha256: str, thumb: bool = False) -> Path:
    """Where a photo lies in the media folder."""
    if folder not in FOLDERS:
        raise ValueError(folder)
    name = f"{sha256}.thumb.webp" if thumb else f"{sha256}.webp"
    return Path(current_app.config["MEDIA"]) / folder / sha256[:2] / name


def photo_url(sha256: str, thumb: bool = False) -> str:
    """The address of an offer's photo."""
    return url_for("offers.thumb" if thumb else "offers.photo", sha256=sha256)


def send_photo(folder: str, sha256: str, thumb: bool = False) -> Response:
    """A photo as a response, for ever the same; 404 where there is none.

    Only photos of offers may be kept by caches in between.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        abort(404)
    path = photo_path(folder, sha256, thumb)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/webp", conditional=True, etag=sha256)
    open_to_all = folder == "offers"
    response.headers["Cache-Control"] = FOREVER if open_to_all else "private, no-cache"
    return response


def _decoded(content: bytes) -> Image.Image:
    """The picture upright, opaque, at most LONGEST_SIDE, and without anything but its pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE_IN:
                raise Image.DecompressionBombError
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.load()
            smooth = picture.convert("RGBA") if picture.mode in ("P", "PA", "1") else picture
            smooth.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _flattened(ImageOps.exif_transpose(smooth))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(
            _("That photo has too many pixels: at most 40 million, no side above 12,000."), "photos"
        ) from None
    except Exception:  # decoders meet hostile bytes with almost any exception
        raise Invalid(
            _("That is no photo we can read: choose a JPEG, PNG or WebP file."), "photos"
        ) from None


def _flattened(picture: Image.Image) -> Image.Image:
    plain = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        shape = picture.convert("RGBA")
        plain.paste(shape, mask=shape.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"))
    return plain


def _encoded(picture: Image.Image, longest: int) -> bytes:
    small = picture.copy()
    small.thumbnail((longest, longest))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, whatever stops us."""
    if path.exists():
        path.touch()  # in use again: tidy_photos must not take it
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
