"""Uploaded pictures: what is stored of a good one, and what becomes of hostile ones."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import gettext
from PIL import Image
from werkzeug.datastructures import FileStorage

from market.offers import decoding, photos
from market.offers.privacy import delete_unused_offer_photos
from market.web.errors import Invalid
from market.web.form_recovery import DRAFT_SECONDS
from market.web.uploads import IN_MEMORY, CappedFile
from tests.conftest import Client
from tests.offers.factories import make_offer


def picture(
    width: int = 2000, height: int = 1000, kind: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), 77).save(out, kind, **options)
    return out.getvalue()


def uploaded(content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename="photo.jpg")


def stored_files(app: Flask) -> list[Path]:
    return [p for p in Path(app.config["MEDIA"]).rglob("*") if p.is_file()]


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def test_a_photo_is_kept_as_webp_of_1600_pixels_with_a_thumbnail_of_480(app: Flask) -> None:
    stored = photos.store_photo(uploaded(picture()))
    assert (stored.width, stored.height) == (1600, 800)
    sizes = []
    for thumb in (False, True):
        with Image.open(photos.photo_path("offers", stored.sha256, thumb)) as stored_picture:
            sizes.append((stored_picture.format, stored_picture.size))
    assert sizes == [("WEBP", (1600, 800)), ("WEBP", (480, 240))]
    assert photos.find_photo("offers", stored.sha256) == stored


def test_the_camera_held_sideways_is_turned_and_its_notes_are_dropped(app: Flask) -> None:
    notes = Image.Exif()
    notes[0x0112] = 6  # orientation: turn right
    notes[0x010F] = "somebody's phone"
    stored = photos.store_photo(uploaded(picture(400, 200, exif=notes)))
    assert (stored.width, stored.height) == (200, 400)
    path = photos.photo_path("offers", stored.sha256)
    assert b"somebody" not in path.read_bytes()
    with Image.open(path) as stored_picture:
        assert not stored_picture.getexif()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16")),
        *(("GIF", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("BMP", "RGB")),
    ],
)
def test_every_common_kind_of_picture_is_taken(app: Flask, kind: str, mode: str) -> None:
    content = picture(60, 40, kind, mode)
    assert photos.store_photo(uploaded(content)).width == 60


def test_the_same_photo_is_kept_once(app: Flask) -> None:
    one, two = (photos.store_photo(uploaded(picture())) for _ in range(2))
    assert one == two
    assert len(stored_files(app)) == 2


UNREADABLE = "That is no photo we can read: choose a JPEG, PNG or WebP file."
TOO_MANY = "That photo has too many pixels: at most 40 million, no side above 12,000."
EMPTY = "That file is empty: choose another photo."
BUSY = "Many pictures are coming in just now: wait a moment and send it again."
NO_ROOM = "Photos can't be kept just now: send it without them, or try again later."
TOO_LARGE = "A photo may have at most 8 MB: choose a smaller one."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", EMPTY),
        (b"hello, I am a picture", UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNREADABLE),
        (b"PK\x03\x04" + b"\0" * 200, UNREADABLE),
        (picture()[:600], UNREADABLE),
        (picture(kind="PNG")[:200], UNREADABLE),
        (picture(60, 40, "TIFF"), UNREADABLE),
        (png_claiming(0, 0), UNREADABLE),
        (png_claiming(12_001, 10), TOO_MANY),
        (png_claiming(10_000, 4_001), TOO_MANY),
        (png_claiming(20_000, 20_000), TOO_MANY),
        (png_claiming(2**31 - 1, 2**31 - 1), TOO_MANY),
        (b"\xff" * (photos.MAX_FILE_SIZE + 1), TOO_LARGE),
    ],
    ids=lambda value: f"{value[:6]!r}-{len(value)}",
)
def test_a_hostile_file_is_refused_with_a_message_and_leaves_nothing(
    app: Flask, content: bytes, why: str
) -> None:
    with pytest.raises(Invalid) as caught:
        photos.store_photo(uploaded(content))
    assert caught.value.field == "photos"
    assert caught.value.message == gettext(why)
    assert stored_files(app) == []


def test_a_photo_of_an_offer_is_served_to_anyone_and_kept_for_ever(
    app: Flask, client: Client
) -> None:
    stored = photos.store_photo(uploaded(picture(60, 40)))
    for end in (".webp", "-thumb.webp"):
        with client.get(f"/media/{stored.sha256}{end}") as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/webp")
            assert "immutable" in answer.headers["Cache-Control"]


def test_a_proof_of_a_deal_is_not_served_as_a_photo(app: Flask, client: Client) -> None:
    stored = photos.store_photo(uploaded(picture(60, 40)), folder="proofs")
    assert client.get(f"/media/{stored.sha256}.webp").status_code == 404
    with app.test_request_context(), photos.send_photo("proofs", stored.sha256) as answer:
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["0" * 64, "..%2F" + "a" * 59, "A" * 64, "é" * 64])
def test_no_other_file_can_be_asked_for(app: Flask, client: Client, name: str) -> None:
    assert client.get(f"/media/{name}.webp").status_code == 404


def test_only_the_known_folders_exist(app: Flask) -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        photos.photo_path("elsewhere", "0" * 64)


def test_photos_that_nothing_uses_are_deleted_after_a_day(app: Flask, make_account: Any) -> None:
    used = photos.store_photo(uploaded(picture()))
    orphan = photos.store_photo(uploaded(picture(900, 900)))
    make_offer(make_account(), photos=(used,))
    proof = photos.store_photo(uploaded(picture(800, 800)), folder="proofs")
    run = app.test_cli_runner().invoke
    # A file's time is the machine's, whatever the tests take the time to be.
    for path in stored_files(app):
        os.utime(path, (time.time(),) * 2)
    assert "0 files" in run(args=["offers", "tidy-photos"]).output
    for path in stored_files(app):
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    assert "4 files" in run(args=["offers", "tidy-photos"]).output
    assert photos.find_photo("offers", used.sha256) == used
    assert photos.find_photo("offers", orphan.sha256) is None
    assert photos.find_photo("proofs", proof.sha256) is None


def test_a_photo_waits_for_its_form_as_long_as_browsers_keep_the_draft(
    app: Flask, log_in: Any, make_account: Any
) -> None:
    waiting = photos.store_photo(uploaded(picture()), folder=photos.PENDING)
    page = log_in(make_account()).get("/offers/new").text
    assert f'data-seconds="{DRAFT_SECONDS}"' in page

    def tidied_after(seconds: float) -> int:
        newest = max(path.stat().st_mtime for path in stored_files(app))
        return delete_unused_offer_photos(newest + seconds)

    assert tidied_after(DRAFT_SECONDS - 60) == 0
    for path in stored_files(app):
        os.utime(path, (0, 0))
    # A page that shows it has a draft that begins anew.
    with log_in(make_account()).get(f"/media/pending/{waiting.sha256}-thumb.webp") as shown:
        assert shown.status_code == 200
    assert tidied_after(0) == 0
    assert tidied_after(DRAFT_SECONDS + 60) == 2


def test_an_old_photo_sent_again_is_not_deleted(app: Flask) -> None:
    stored = photos.store_photo(uploaded(picture()))
    for path in stored_files(app):
        os.utime(path, (0, 0))
    photos.store_photo(uploaded(picture()))
    now = max(path.stat().st_mtime for path in stored_files(app))
    assert delete_unused_offer_photos(now) == 0
    assert photos.find_photo("offers", stored.sha256) == stored


def middle_pixel(stored: photos.StoredPhoto, folder: str = "offers") -> tuple[int, int, int]:
    """The middle of a stored photo."""
    with Image.open(photos.photo_path(folder, stored.sha256)) as stored_picture:
        return stored_picture.convert("RGB").getpixel(
            (stored_picture.width // 2, stored_picture.height // 2)
        )  # type: ignore[return-value]


def grey16(value: int) -> Image.Image:
    return Image.new("I", (60, 40), value).convert("I;16")


PALETTE = Image.new("RGB", (60, 40), (200, 30, 60)).quantize(4)
SEE_THROUGH = Image.new("RGBA", (60, 40), (200, 30, 60, 0))


@pytest.mark.parametrize(
    ("drawn", "kind", "options", "meant"),
    [
        (grey16(0x8000), "PNG", {}, (128, 128, 128)),
        (grey16(0x0100), "PNG", {}, (1, 1, 1)),
        (grey16(0xFFFF), "PNG", {}, (255, 255, 255)),
        (PALETTE, "PNG", {}, (200, 30, 60)),
        (PALETTE, "PNG", {"transparency": 0}, (255, 255, 255)),
        (PALETTE, "GIF", {}, (200, 30, 60)),
        (SEE_THROUGH, "PNG", {}, (255, 255, 255)),
        (SEE_THROUGH, "WEBP", {"lossless": True}, (255, 255, 255)),
        (Image.new("RGBA", (60, 40), (0, 0, 0, 128)), "PNG", {}, (127, 127, 127)),
        (Image.new("LA", (60, 40), (90, 255)), "PNG", {}, (90, 90, 90)),
        (Image.new("1", (60, 40), 1), "PNG", {}, (255, 255, 255)),
        (Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "JPEG", {}, (255, 0, 0)),
        (Image.new("CMYK", (60, 40), (0, 0, 0, 0)), "JPEG", {}, (255, 255, 255)),
    ],
)
def test_colours_of_every_mode_come_out_as_they_were(
    app: Flask, drawn: Image.Image, kind: str, options: dict[str, Any], meant: tuple[int, ...]
) -> None:
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    pixel = middle_pixel(photos.store_photo(uploaded(out.getvalue())))
    assert all(abs(got - wanted) <= 4 for got, wanted in zip(pixel, meant, strict=True)), pixel


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_camera_was_held_the_picture_is_upright(
    app: Flask, orientation: int, kind: str
) -> None:
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste((0, 0, 0), (0, 0, 30, 20))  # dark at the top left
    undone = {6: 8, 8: 6}.get(orientation, orientation)
    held = upright if orientation == 1 else upright.transpose(decoding.UPRIGHT[undone])
    notes = Image.Exif()
    notes[decoding.ORIENTATION] = orientation
    out = io.BytesIO()
    held.save(out, kind, exif=notes)
    picture = decoding.decode(out.getvalue())
    assert picture.size == (60, 40)
    places = [(15, 10), (45, 10), (15, 30), (45, 30)]
    assert [picture.getpixel(p)[0] > 128 for p in places] == [False, True, True, True]  # type: ignore[index]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_notes_of_a_camera_that_make_no_sense_are_passed_over(app: Flask) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(
        out, "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 9
    )
    assert photos.store_photo(uploaded(out.getvalue())).width == 60


def test_a_large_picture_is_made_small_without_a_seam_between_its_bands() -> None:
    drawn = Image.linear_gradient("L").resize((3500, 5001))
    out = io.BytesIO()
    drawn.save(out, "PNG", compress_level=1)
    small = decoding.decode(out.getvalue())
    wanted = drawn.resize(small.size, Image.Resampling.BOX)
    rows = range(small.height)
    differences = [abs(small.getpixel((9, y))[0] - wanted.getpixel((9, y))) for y in rows]  # type: ignore[index,operator]
    assert small.size == (1120, 1600)
    assert max(differences) <= 2


def test_a_jpeg_of_ever_more_scans_is_refused_unread(app: Flask) -> None:
    head, _scan, rest = picture(60, 40, progressive=True).partition(decoding.START_OF_SCAN)
    hostile = head + (decoding.START_OF_SCAN + b"\0\x08\x01\x01\0\0\0\0") * 1000 + rest
    with pytest.raises(Invalid) as caught:
        decoding.pixels_to_decode(hostile)
    assert caught.value.message == gettext(UNREADABLE)


def test_only_a_few_pictures_are_decoded_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "MAX_WAIT_SECONDS", 0.01)
    with photos._turn(), pytest.raises(Invalid) as caught:
        photos.store_photo(uploaded(picture(60, 40)))
    assert caught.value.message == gettext(BUSY)
    assert stored_files(app) == []
    assert photos.store_photo(uploaded(picture(60, 40))).width == 60


def test_a_picture_that_fails_leaves_its_turn_to_the_next(app: Flask) -> None:
    for _ in range(photos.MAX_DECODING + 1):
        with pytest.raises(Invalid):
            photos.store_photo(uploaded(picture()[:600]))
    assert photos.store_photo(uploaded(picture(60, 40))).width == 60


def test_a_disk_that_takes_no_more_refuses_the_photo_and_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("market.offers.photos.tempfile.mkstemp", full)
    with pytest.raises(Invalid) as caught:
        photos.store_photo(uploaded(picture(60, 40)))
    assert caught.value.message == gettext(NO_ROOM)


def test_of_a_file_no_more_is_kept_than_a_photo_may_have() -> None:
    part = b"x" * 1024 * 1024
    with CappedFile(max_size=IN_MEMORY) as file:
        assert {file.write(part) for _ in range(12)} == {len(part)}
        file.seek(0)
        assert len(photos.read_upload(file)) == photos.MAX_FILE_SIZE + 1


def test_a_file_that_the_disk_did_not_take_is_refused_as_such(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with CappedFile(max_size=10) as file:
        monkeypatch.setattr(file, "rollover", full)
        assert file.write(b"x" * 100) == 100
        with pytest.raises(Invalid) as caught:
            photos.store_photo(file)
    assert caught.value.message == gettext(NO_ROOM)
