"""English names of products: one way to write each, other words for it, and its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from market.products import vocabulary as v

WORD = re.compile(r"[a-z0-9]+(?:['’][a-z0-9]+)*")
# What may stand between the words of one name.
BETWEEN = re.compile(r" +|-")
_BRACKETS = re.compile(r"\([^)]*\)")
_LAST_BRACKETS = re.compile(r"\(([^)]*)\)$")
_SYNONYMS = {group[0]: group for group in v.SAME}
_SYNONYM = re.compile(rf"\b({'|'.join(sorted(_SYNONYMS, key=len, reverse=True))})\b")


def singular(word: str) -> str:
    """The word in the singular, as far as names of goods need it."""
    if word in v.PLURALS:
        return v.PLURALS[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us")):
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("oes", "ches", "shes", "xes", "sses", "uses")):
        return word[:-2]
    return word[:-1]


def key(text: str) -> str:
    """The folded text as it is looked up: in the singular, without spaces, hyphens and
    apostrophes, because `kiwi fruit` and `kiwifruit` are one."""
    return "".join(singular(re.sub("['’]", "", word)) for word in WORD.findall(text))


def names(name: str) -> set[str]:
    """Keys of the folded name, and of the same in other words of the trade."""
    return {key(wording) for wording in _wordings(name)}


def heads(name: str) -> set[str]:
    """Keys of what ends the folded name and says of what kind it is, and of its other name in
    brackets: `rice` of milled rice, `yam bean` of jicama (yam bean)."""
    beside = _LAST_BRACKETS.search(name)
    found = {beside[1]} if beside else set()
    for way in _wordings(name):
        words = way.split()
        found |= {" ".join(words[n:]) for n in range(1, len(words))}
    return {key(one) for one in found if _is_specific(one)}


def insides(name: str) -> set[str]:
    """What may be typed to mean the folded name by a later word of it, without spaces."""
    words = name.split()
    return {"".join(words[n:]).lstrip("(/") for n in range(1, len(words))} - {""}


def starts(name: str) -> set[str]:
    """Keys of the one word before a part of a plant: `coffee` of coffee bean."""
    pairs = [words for way in _wordings(name) if len(words := way.split()) == 2]
    return {key(first) for first, last in pairs if last in v.PARTS and _is_specific(first)}


def _is_specific(head: str) -> bool:
    """Whether a head says which kind of product it is."""
    head_key = key(head)
    return head_key.isalpha() and head_key not in v.UNSPECIFIC and head_key not in v.BEFORE


def _wordings(name: str) -> Iterator[str]:
    """The name without brackets, each of two (sheep / goat, black/white pepper), and with
    other words of the trade for what it says: `corn` for maize."""
    for whole in _BRACKETS.sub(" ", name).split(" / "):
        for words in product(*(word.split("/") for word in whole.split())):
            parts = _SYNONYM.split(" ".join(words))
            for way in product(*(_SYNONYMS.get(part, (part,)) for part in parts)):
                yield "".join(way)
