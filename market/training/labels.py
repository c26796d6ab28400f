"""Words of trainings."""

from __future__ import annotations

from market.training.models import Trainee
from market.web.language import lazy_gettext as _l

TRAINEES = {
    Trainee.ASSISTANT: _l("Assistant of a station"),
    Trainee.FARMER: _l("Farmer"),
    Trainee.OTHER: _l("Another trader"),
}
