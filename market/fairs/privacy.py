"""The texts about fairs in which an erased person's phone number may stand."""

from __future__ import annotations

from market.accounts.privacy.erasures import PersonalTexts, personal_texts
from market.fairs.models import Fair, FairEvent, FairSession

personal_texts += [
    PersonalTexts(Fair, ("name", "name_en", "note", "organiser", "contact")),
    PersonalTexts(FairSession, ("name", "name_en", "note")),
    PersonalTexts(FairEvent, ("reason",)),
]
