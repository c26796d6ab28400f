"""At least sixty different questions of each kind, taken from what the listings really say."""

from __future__ import annotations

import itertools
import random
import re
from typing import Any

from market.search.tokens import Vocabulary
from tests.benchmarks.listings import FIRST, Begins, Listings, Newest, Place, Saying, Wanted

COUNT = 80
CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")
# A word fewer say isn't asked for often; one that more say narrows nothing.
RAREST, COMMONEST = 20, 60_000
SEED = 20120815


def all_kinds(listings: Listings, vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """Questions by kind.

    Args:
        vocabulary: its known words are names of products and places. The market reads these out
            of the text before it asks for words, so no free text is made of them.
    """
    rng = random.Random(SEED)
    plain = _sayings(rng, listings, vocabulary)
    return {
        "place": _places(rng, listings),
        "newest": _pages(listings),
        "text": plain,
        "text, filtered": _filtered(rng, listings, plain),
        "matching": _wanted(rng, listings),
        "suggestion": _beginnings(rng, listings),
        "basket": rng.sample(listings.columns["id"][listings.columns["side"] == 1].tolist(), COUNT),
    }


def _places(rng: random.Random, listings: Listings) -> list[Place]:
    """Where listings are, so the busy places are asked for more, as people do."""
    c = listings.columns
    found = dict.fromkeys(
        Place(int(c["family"][n]), int(c["county"][n]), int(c["side"][n]))
        for n in rng.sample(range(len(listings)), 4 * COUNT)
        if c["county"][n]
    )
    return list(found)[:COUNT]


def _pages(listings: Listings) -> list[Newest]:
    sides = listings.columns["side"]
    last = {side: int((sides == side).sum()) // FIRST for side in (0, 1)} | {None: 500}
    asked = itertools.cycle((None, 0, 1))
    pages = range(50, 500, 450 // COUNT)
    return [Newest(side, min(page, last[side])) for side, page in zip(asked, pages, strict=False)]


def _sayings(rng: random.Random, listings: Listings, vocabulary: Vocabulary) -> list[Saying]:
    """One to three words of one listing, each left whole in a question: 行就 is not."""
    known = set(vocabulary.known)
    often = {word: len(places) for word, places in listings.saying.items()}
    found: dict[Saying, None] = {}
    while len(found) < COUNT:
        words = dict.fromkeys(listings.words[rng.randrange(len(listings))])
        usable = [
            word
            for word in words
            if CHINESE.fullmatch(word)
            and word not in known
            and RAREST <= often[word] <= COMMONEST
            and vocabulary.cut_question(word) == [word]
        ]
        count = 1 + len(found) % 3
        if len(usable) >= count:
            found[Saying(tuple(sorted(rng.sample(usable, count))))] = None
    return list(found)


def _filtered(rng: random.Random, listings: Listings, plain: list[Saying]) -> list[Saying]:
    """The same words, of a side and a prefecture where somebody says them all."""
    found = []
    for asked in plain:
        said = [set(listings.saying[word].tolist()) for word in asked.words]
        place = rng.choice(sorted(set.intersection(*said)))
        side, where = listings.columns["side"][place], listings.columns["prefecture"][place]
        found.append(Saying(asked.words, int(side), int(where)))
    return found


def _wanted(rng: random.Random, listings: Listings) -> list[Wanted]:
    """The counterparts of a listing; by product and place alone with the market's weights."""
    from market.matching import rules

    def parts(value: float, of: str) -> int:
        return round(value * rules.WEIGHTS[of] * 1000)

    def value(path: str, other: str) -> float:
        if other == path:
            return rules.SAME_PRODUCT
        if other.startswith(f"{path}/"):
            return rules.NARROWER
        if path.startswith(f"{other}/"):
            return rules.WIDER
        parent, beside = path.rpartition("/")[0], other.rpartition("/")[0]
        family = len(parent.rpartition("/")[2]) == rules.PRODUCT_DIGITS
        return rules.SIBLING if family and parent == beside else 0.0

    c = listings.columns
    near = (
        (1.0, "county"),
        (rules.SAME_PREFECTURE, "prefecture"),
        (rules.SAME_PROVINCE, "province"),
    )
    asked = []
    for n in rng.sample(range(len(listings)), COUNT):
        own = listings.paths[int(c["product"][n])]
        worth: dict[int, list[int]] = {}
        for code, path in sorted(listings.paths.items()):
            worth.setdefault(parts(value(own, path), "product"), []).append(code)
        asked.append(
            Wanted(
                id=int(c["id"][n]),
                own=listings.facts(n),
                now=listings.now,
                side=1 - int(c["side"][n]),
                worth=tuple((w, tuple(codes)) for w, codes in worth.items() if w),
                near=tuple((parts(v, "region"), name, int(c[name][n])) for v, name in near),
            )
        )
    return asked


def _beginnings(rng: random.Random, listings: Listings) -> list[Begins]:
    """The first one to four characters of names, aliases, pinyin and initials; none that is a
    whole word in English, which the market alone understands and puts first."""
    from market.products.queries import product_lexicon

    found: dict[Begins, None] = {}
    while len(found) < COUNT:
        typed = rng.choice(listings.names)[0][: rng.randint(1, 4)]
        if not product_lexicon().codes_of_english(typed):
            found[Begins(typed)] = None
    return list(found)
