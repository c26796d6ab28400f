"""Ways to go on with the text in the search box."""

from __future__ import annotations

import re

from flask_babel import get_locale

from market.products.queries import named_products, product_lexicon
from market.regions.queries import region_lexicon
from market.web.filters import local_name

PRODUCTS, REGIONS = 6, 3
LOOKED_AT = 40
# Of Chinese, which has no spaces, at most so many last characters may be one begun word.
MAX_PREFIX_LENGTH = 6
_LETTERS = re.compile(r"[A-Za-z' -]*[A-Za-z'-]$")


def suggest_texts(text: str) -> list[tuple[str, str]]:
    """(the whole text with its last word finished, that word to read), products first.

    What stands before the last word stays as it is: `常德 qc` goes on as `常德 脐橙`.
    """
    for start in _starts(text):
        if found := _finished(text[start:]):
            return [(text[:start] + word, label) for word, label in found]
    return []


def _starts(text: str) -> list[int]:
    """Where the last word may begin, the longest first; letters are not cut inside a word."""
    if not text.strip() or text[-1].isspace():
        return []
    letters = _LETTERS.search(text)
    if letters:
        # English names have spaces: "navel or" may be one word, or "or" the second of two.
        return [m.start() + letters.start() for m in re.finditer(r"(?<!\S)\S|^\S", letters[0])]
    last = re.search(r"\S+$", text)
    begin = max(last.start() if last else 0, len(text) - MAX_PREFIX_LENGTH)
    return list(range(begin, len(text)))


def _finished(word: str) -> list[tuple[str, str]]:
    """(word, label) of the products and places that begin with `word`."""
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    found: dict[str, str] = {}
    fitting = dict(product_lexicon().suggest(word, LOOKED_AT))
    products = named_products(fitting).items()
    # Names before other words for the same letters: `qc` begins a hundred words.
    named = sorted(products, key=lambda p: fitting[p[0]] not in (p[1].name, p[1].name_en))
    for code, product in named[:PRODUCTS]:
        name = local_name(product)
        # The word begun may be another one than the name; in letters it is only a sound.
        value = name if english or fitting[code].isascii() else fitting[code]
        found.setdefault(value, name if value == name else f"{value} · {name}")
    places = region_lexicon().places
    for code in region_lexicon().suggest(word, REGIONS):
        name = local_name(places[code])
        found.setdefault(name if english else places[code].short_name, name)
    return list(found.items())
