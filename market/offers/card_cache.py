"""Cards kept in memory: what has not changed since it was last shown is neither read from the
database nor drawn again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from flask import current_app
from flask_login import current_user

from market.offers.queries import Card, cards, shows, states
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.language import is_english

# Cards at most, in each process: with what is drawn of them about 3 kB each.
MOST = 20_000


class CardCache:
    """The cards shown last."""

    def __init__(self, names: tuple[object, ...]) -> None:
        self.names = names
        self._cards: OrderedDict[Hashable, Card] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: Hashable, state: tuple[object, ...]) -> Card | None:
        """The card, where there is one that shows the offer in this state."""
        with self._lock:
            card = self._cards.get(key)
            if card is None or card.state != state:
                return None
            self._cards.move_to_end(key)
            return card

    def put(self, key: Hashable, card: Card) -> None:
        with self._lock:
            self._cards[key] = card
            self._cards.move_to_end(key)
            while len(self._cards) > MOST:
                self._cards.popitem(last=False)


def cached_cards(ids: Sequence[int]) -> list[Card]:
    """As `queries.cards`, from memory where the offer has not changed meanwhile.

    The database says which are public and in which state, each time.
    """
    if not ids:
        return []
    shelf = _shelf()
    # What a card shows depends on its reader in these two ways.
    reader = is_english(), current_user.is_authenticated
    known = states(ids)
    shows(ids, known)
    found = {id: shelf.take((id, *reader), state) for id, state in known.items()}
    missing = [id for id, card in found.items() if card is None]
    for card in cards(missing):
        found[card.id] = card
        shelf.put((card.id, *reader), card)
    return [kept for id in ids if (kept := found.get(id))]


def _shelf() -> CardCache:
    """The app's; an empty one when products or places have got other names."""
    names = product_lexicon(), region_lexicon()
    shelf: CardCache | None = current_app.extensions.get("offer_cards")
    if shelf is None or any(a is not b for a, b in zip(shelf.names, names, strict=True)):
        shelf = current_app.extensions["offer_cards"] = CardCache(names)
    return shelf
