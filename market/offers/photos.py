"""Photos: checked before decoding, re-encoded without EXIF, stored by the hash of their content.

Folders keep who may read apart: `offers` is open to everyone, `proofs` is not served here.
What a form has brought waits in `pending` until the form is accepted, as long as browsers keep
drafts.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, send_file, url_for
from flask_babel import gettext as _
from PIL import Image

from market.offers.decoding import (
    MAX_FILE_SIZE,
    MAX_SIDE,
    decode,
    encode,
    pixels_to_decode,
)
from market.web.assets import FOREVER
from market.web.errors import Invalid
from market.web.form_recovery import DRAFT_SECONDS

PENDING = "pending"
FOLDERS = (*("offers", "proofs", "certificates", "complaints", "consents", "postings", PENDING),)
THUMB_SIDE = 480
DAY = 24 * 3600
# Pictures decoded at once in a process, and how long one waits for its turn, in seconds: who
# sends pictures must not take every thread and all memory from who only reads.
MAX_DECODING = 1
MAX_WAIT_SECONDS = 3.0

# By folder, a function that gives the hashes in use; the room of the folder registers it.
hashes_in_use: dict[str, Callable[[], Iterable[str]]] = {PENDING: tuple}

log = logging.getLogger("market.photos")
_decoding = threading.BoundedSemaphore(MAX_DECODING)
_sending: set[str] = set()


class TooManyAtOnce(Invalid):
    """Other pictures are being decoded: this one can be sent again in a moment."""


@dataclass(frozen=True)
class StoredPhoto:
    """A photo in the store; width and height in pixels.

    Attributes:
        pending: it waits with a form that has not been accepted yet.
    """

    sha256: str
    width: int
    height: int
    pending: bool = field(default=False, compare=False)


def read_upload(file: Any) -> bytes:
    """The content of an uploaded file (a werkzeug FileStorage, or a binary stream), up to one
    byte more than a photo may have. Raises Invalid where it could not be received."""
    stream = getattr(file, "stream", file)
    if getattr(stream, "failed", False):
        raise _no_room()
    content: bytes = stream.read(MAX_FILE_SIZE + 1)
    return content


def store_photo(file: Any, folder: str = "offers") -> StoredPhoto:
    """Check, shrink and store an uploaded picture (see read_upload). Never inside transaction():
    it takes up to a second, and waits for its turn.

    Raises:
        Invalid: too large, too many pixels, broken, or no picture at all; too many pictures
            at once, or no room to store it.
    """
    content = read_upload(file)
    pixels_to_decode(content)
    return store_content(content, folder)


def store_content(content: bytes, folder: str) -> StoredPhoto:
    """As store_photo, of a picture whose header was looked at already."""
    with _turn():
        picture = decode(content)
        full, thumb = encode(picture, MAX_SIDE), encode(picture, THUMB_SIDE)
    stored = StoredPhoto(hashlib.sha256(full).hexdigest(), *picture.size, folder == PENDING)
    with _disk():
        _write(photo_path(folder, stored.sha256, thumb=True), thumb)
        _write(photo_path(folder, stored.sha256), full)
    return stored


def keep_photo(photo: StoredPhoto, folder: str) -> None:
    """Put a pending photo where what refers to it looks for it; others are there already.

    It goes on waiting, so that a form refused after this has it still.

    Raises:
        Invalid: there is no room to store it.
    """
    for thumb in (True, False):
        source = photo_path(PENDING, photo.sha256, thumb)
        target = photo_path(folder, photo.sha256, thumb)
        if source.exists() and not target.exists():
            with _disk():
                target.parent.mkdir(parents=True, exist_ok=True)
                _link(source, target)


@contextmanager
def limit_to_one_upload(account: str) -> Iterator[None]:
    """Let each account send pictures to this process with one form at a time.

    Raises:
        TooManyAtOnce: another form of the account is being worked on.
    """
    if account in _sending:
        raise _too_many_at_once()
    _sending.add(account)
    try:
        yield
    finally:
        _sending.discard(account)


def _too_many_at_once() -> TooManyAtOnce:
    return TooManyAtOnce(
        _("Many pictures are coming in just now: wait a moment and send it again."), "photos"
    )


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until another picture may be decoded, but not long."""
    if not _decoding.acquire(timeout=MAX_WAIT_SECONDS):
        raise _too_many_at_once()
    try:
        yield
    finally:
        _decoding.release()


@contextmanager
def _disk() -> Iterator[None]:
    """A disk that is full or can't be written is the operator's trouble, not the sender's."""
    try:
        yield
    except OSError:
        log.exception("a photo can't be kept")
        raise _no_room() from None


def _no_room() -> Invalid:
    return Invalid(
        _("Photos can't be kept just now: send it without them, or try again later."), "photos"
    )


def find_photo(folder: str, sha256: str) -> StoredPhoto | None:
    """The stored photo of this hash, or None."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return None
    try:
        with Image.open(photo_path(folder, sha256), formats=["WEBP"]) as picture:
            return StoredPhoto(sha256, *picture.size, folder == PENDING)
    except OSError:
        return None


def delete_unused_photos(folder: Path, used: Iterable[str], now: float) -> int:
    """Delete the photos in `folder` that are not among the hashes `used`; how many files.

    What was touched within a day of `now` (seconds since 1970) stays, because a form that holds
    it may still be open; what waits for a form, as long as that form's draft may.
    """
    in_use, deleted = set(used), 0
    since = now - (DRAFT_SECONDS if folder.name == PENDING else DAY)
    for path in folder.glob("*/*"):
        if path.name.split(".")[0] not in in_use and path.stat().st_mtime < since:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def keep_waiting(sha256: str) -> None:
    """Let a photo that a form was just shown with wait anew: its draft does too."""
    for thumb in (True, False):
        if (path := photo_path(PENDING, sha256, thumb)).is_file():
            path.touch()


def delete_unused(hashes: Iterable[str]) -> None:
    """Delete these photos, however young, from every folder where nothing uses them."""
    for folder, used in hashes_in_use.items():
        for sha256 in set(hashes) - set(used()):
            for thumb in (True, False):
                photo_path(folder, sha256, thumb).unlink(missing_ok=True)


def photo_path(folder: str, sha256: str, thumb: bool = False) -> Path:
    """Where a photo lies in the media folder."""
    if folder not in FOLDERS:
        raise ValueError(folder)
    name = f"{sha256}.thumb.webp" if thumb else f"{sha256}.webp"
    return Path(current_app.config["MEDIA"]) / folder / sha256[:2] / name


def photo_url(sha256: str, thumb: bool = False) -> str:
    """The address of an offer's photo."""
    return url_for("offers.thumb" if thumb else "offers.photo", sha256=sha256)


def form_thumb_url(photo: StoredPhoto) -> str:
    """The address of a small picture of what a form of offers or deals holds."""
    return url_for("offers.pending_thumb" if photo.pending else "offers.thumb", sha256=photo.sha256)


def send_photo(folder: str, sha256: str, thumb: bool = False) -> Response:
    """A photo as a response, for ever the same; 404 where there is none.

    Only photos of offers may be stored by shared caches.
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


def _link(source: Path, target: Path) -> None:
    """The same file in both places; a copy where the disk knows no links."""
    try:
        os.link(source, target)
    except FileExistsError:
        pass
    except OSError:
        _write(target, source.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, whatever stops us."""
    if path.exists():
        path.touch()  # in use again: delete_unused_photos must not take it
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
