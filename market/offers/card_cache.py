"""Cards in memory: an offer unchanged since it was last shown is not read from the database
again, only its state is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app
from flask_login import current_user

from market.cache.stores import SizeLimitedStore
from market.offers.cards import Card
from market.offers.queries import cards, depend_on_offers, states
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.language import is_english

# About 3 kB each.
MAX_CARDS = 20_000


@dataclass(frozen=True)
class CardCache:
    """The cards shown last, as named by two lexicons."""

    lexicons: tuple[object, object]
    cards: SizeLimitedStore[Card] = field(default_factory=lambda: SizeLimitedStore(MAX_CARDS))


def cached_cards(ids: Sequence[int]) -> list[Card]:
    """As `queries.cards`, from memory where the offer has not changed meanwhile.

    The database says which are public and in which state, each time.
    """
    if not ids:
        return []
    cache = _card_cache().cards
    # What a card shows depends on its reader in these two ways.
    reader = is_english(), current_user.is_authenticated
    known = states(ids)
    depend_on_offers(ids, known)
    found = {}
    for id, state in known.items():
        card = cache.get((id, *reader))
        if card is not None and card.state == state:
            found[id] = card
    for card in cards([id for id in known if id not in found]):
        found[card.id] = card
        cache.put((card.id, *reader), card)
    return [found[id] for id in ids if id in found]


def _card_cache() -> CardCache:
    """The app's; an empty one when products or places have been renamed."""
    lexicons = product_lexicon(), region_lexicon()
    cache: CardCache | None = current_app.extensions.get("offer_cards")
    if cache is None or any(a is not b for a, b in zip(cache.lexicons, lexicons, strict=True)):
        cache = current_app.extensions["offer_cards"] = CardCache(lexicons)
    return cache
