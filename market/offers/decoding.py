"""Reading an uploaded picture: what its header says against the limits, then its pixels.

Pure functions of bytes. Decoders meet hostile files, so nothing is decoded before its size is
known, and what is large is made small in bands, never as a second whole picture.
"""

from __future__ import annotations

import io
import warnings

from flask_babel import gettext as _
from PIL import Image

from market.web.errors import Invalid
from market.web.uploads import MAX_FILE_BYTES

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_FILE_SIZE = MAX_FILE_BYTES
MAX_PIXELS = 40_000_000
MAX_SOURCE_SIDE = 12_000
MAX_SIDE = 1600
# Scans of a JPEG: cameras write one, progressive files about ten. Each goes through the whole
# picture, and an empty one takes a few bytes.
MAX_SCANS = 64
START_OF_SCAN = b"\xff\xda"
QUALITY = 80
# Rows converted at once.
BAND_ROWS = 256
# What follows "ftyp" in a file of HEIF, as iPhones write it (ISO/IEC 23008-12).
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def pixels_to_decode(content: bytes) -> int:
    """How many pixels decoding the picture takes, from its header; nothing is decoded.

    A JPEG can be read at a fraction of its size, so it takes less than it has.

    Raises:
        Invalid: empty, too large, too many pixels, HEIC, or no picture.
    """
    if len(content) > MAX_FILE_SIZE:
        raise Invalid(_("A photo may have at most 8 MB: choose a smaller one."), "photos")
    if not content:
        raise Invalid(_("That file is empty: choose another photo."), "photos")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise Invalid(heic_advice(), "photos")
    try:
        with _opened(content) as picture:
            return picture.width * picture.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # decoders meet hostile bytes with almost any exception
        raise _unreadable() from None


def decode(content: bytes) -> Image.Image:
    """The picture upright, opaque, at most LONGEST_SIDE, and without anything but its pixels.

    Raises:
        Invalid: too many pixels, broken, or no picture.
    """
    try:
        with _opened(content) as picture:
            picture.load()
            small = _reduced(picture)
            small.thumbnail((MAX_SIDE, MAX_SIDE))
            turn = UPRIGHT.get(_orientation(picture))
        return small if turn is None else small.transpose(turn)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:
        raise _unreadable() from None


def encode(picture: Image.Image, max_side: int) -> bytes:
    """`picture` as WebP, no side longer than `max_side` pixels."""
    small = picture.copy()
    small.thumbnail((max_side, max_side))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    """The picture with its header read and checked, set to be decoded no larger than needed."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SOURCE_SIDE:
        raise Image.DecompressionBombError
    if not width * height:
        raise ValueError("no pixels")
    if picture.format in ("JPEG", "MPO") and content.count(START_OF_SCAN) > MAX_SCANS:
        raise ValueError("too many scans")
    picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
    return picture


def _reduced(picture: Image.Image) -> Image.Image:
    """In RGB on white, by the whole factor that leaves it no smaller than LONGEST_SIDE."""
    width, height = picture.size
    factor = max(1, max(width, height) // MAX_SIDE)
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    rows = factor * max(1, BAND_ROWS // factor)
    for top in range(0, height, rows):
        band = picture.crop((0, top, width, min(top + rows, height)))
        small.paste(_opaque(band).reduce(factor), (0, top // factor))
    return small


def _opaque(picture: Image.Image) -> Image.Image:
    """In RGB, what is transparent on white, of 16 bits a pixel the upper eight."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    shape = picture.convert("RGBA")
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(shape, mask=shape.getchannel("A"))
    return plain


def _orientation(picture: Image.Image) -> int:
    """As EXIF tells how the camera was held; 1 is upright, and what can't be read counts so."""
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except Exception:
        return 1


def heic_advice() -> str:
    """Why a photo of an iPhone's own format is not taken, and what to do."""
    return _(
        "This is a HEIC photo, which only Apple devices can show. On the iPhone choose Settings, "
        "Camera, Formats, Most Compatible, or send a screenshot of it."
    )


def _too_many_pixels() -> Invalid:
    return Invalid(
        _("That photo has too many pixels: at most 40 million, no side above 12,000."), "photos"
    )


def _unreadable() -> Invalid:
    return Invalid(_("That is no photo we can read: choose a JPEG, PNG or WebP file."), "photos")
