"""What rooms further down follow without being imported from here.

All are sent synchronously inside the transaction that makes the change, those of an offer with
`offer=` (the Offer, flushed) and `at=` (the instant, UTC). A receiver that raises undoes
the change.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# Published for the first time, or renewed.
offer_published = _signals.signal("offer-published")
# Anything about it was changed one by one. Bulk expiry doesn't send it.
offer_changed = _signals.signal("offer-changed")
# Several were published for the first time at once, or taken back as if they had never been: with
# `offer_ids=` instead of `offer=`. Of these no other signal is sent.
offers_posted = _signals.signal("offers-posted")
offers_revoked = _signals.signal("offers-taken-back")
# A public question about a purchase was asked, or answered for the first time: with `question=`
# (PublicQuestion, flushed), `by=` (Account) and `at=`.
public_question_asked = _signals.signal("public-question-asked")
public_question_answered = _signals.signal("public-question-answered")
