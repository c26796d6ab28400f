"""The units that a product is traded in: a pig in heads and by weight, eggs by the piece and the
crate, oranges never by the mu."""

from __future__ import annotations

_WEIGHTS = ("jin", "kg", "ton")
_FINE = ("jin", "kg", "liang", "gram", "ton")
_PACKED = ("box", "case", "bag", "basket", "truck")
_SMALL_PACKS = ("box", "case", "bag", "pack", "carton", "bottle", "barrel")
_BOTTLED = ("jin", "kg", "ton", "litre", "bottle", "barrel", "box", "case", "pack")

# By the beginning of a product's code; the longest that fits counts. A product's own default unit
# always fits. By the default unit those of one subcategory are told apart: a pig and its meat.
_UNITS: dict[str, tuple[str, ...]] = {
    "01": (*_WEIGHTS, "dan", "bag", "truck"),
    "0103": (*_WEIGHTS, "dan", "box", "bag", "truck"),
    "0105": _BOTTLED,
    "02": (*_WEIGHTS, *_PACKED, "bundle"),
    "0204": (*_WEIGHTS, *_PACKED, "piece"),
    "0206": (*_WEIGHTS, *_PACKED, "piece"),
    "0207": (*_WEIGHTS, *_PACKED, "piece", "pole"),
    "03": (*_WEIGHTS, *_PACKED, "carton", "piece"),
    "0307": (*_WEIGHTS, *_PACKED, "carton"),
    "04": (*_FINE, "box", "case", "bag", "pack", "carton", "piece"),
    "0403": (*_BOTTLED, "ml"),
    # Meat; what lives is below.
    "05": (*_WEIGHTS, "box", "case", "bag", "pack"),
    "0504": ("piece", *_WEIGHTS, "box", "case", "basket", "carton", "truck"),
    "0505": (*_FINE, *_SMALL_PACKS, "litre", "nest"),
    "06": (*_WEIGHTS, "box", "case", "bag", "tiao", "truck"),
    "0602": (*_WEIGHTS, "bird", "box", "case", "bag", "truck"),
    "07": (*_FINE, "box", "bag", "pack", "bundle"),
    "0703": (*_FINE, "tiao", "pair", "piece", "box", "bag"),
    "08": (*_WEIGHTS, "dan", "bag", "bundle", "truck"),
    "0802": (*_FINE, "box", "bag", "pack"),
    "0803": (*_WEIGHTS, "m3", "pole", "piece", "bag", "bundle", "truck"),
    "0804": ("plant", "stem", "piece", "carton", "box", "bundle", "mu", "truck"),
    "09": (*_FINE, *_SMALL_PACKS),
    "10": (*_FINE, *_SMALL_PACKS, "bundle", "truck", "litre", "ml"),
}
# Of what is sold alive or by the piece, by its default unit.
_BY_DEFAULT = {
    "head": ("head", *_WEIGHTS, "nest", "truck"),
    "horse": ("horse", "head", *_WEIGHTS, "truck"),
    "bird": ("bird", *_WEIGHTS, "box", "basket", "pair", "truck"),
    "fish": ("fish", *_WEIGHTS, "bag", "truck"),
    "piece": ("piece", *_WEIGHTS, "box", "bag", "bundle", "pack", "truck"),
    "machine": ("machine", "piece"),
}
# Alive, though their default unit is a weight: pigs, cattle, sheep and goats.
_LIVESTOCK = (
    *("0501001", "0501004", "0501005", "0501006"),
    *("0502001", "0502002", "0502003", "0502004", "0502005"),
)
_SHEEP = ("0502009", "0502010", "0502011")


def fitting_units(code: str, default: str) -> frozenset[str]:
    """Codes of the units that a product may sensibly be offered in.

    Args:
        code: of the product; default: of its default unit.
    """
    if code in _LIVESTOCK:
        found = _BY_DEFAULT["head"]
    elif code in _SHEEP:
        found = ("bird", *_BY_DEFAULT["head"])
    elif default in _BY_DEFAULT:
        found = _BY_DEFAULT[default]
    else:
        found = _UNITS.get(code[:4]) or _UNITS[code[:2]]
    return frozenset((*found, default))
