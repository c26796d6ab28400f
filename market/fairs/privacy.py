"""The texts about fairs in which an erased person's phone number may stand."""

from __future__ import annotations

from market.accounts.erasures import Texts, texts
from market.fairs.models import Fair, FairEvent, FairSession

texts += [
    Texts(Fair, ("name", "name_en", "note")),
    Texts(FairSession, ("name", "name_en", "note")),
    Texts(FairEvent, ("reason",)),
]
