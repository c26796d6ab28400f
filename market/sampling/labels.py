"""Words of the sampling."""

from __future__ import annotations

from market.sampling.models import SampleReason, SampleState
from market.web.language import lazy_gettext as _l

STATES = {
    SampleState.WAITING: _l("To check"),
    SampleState.ANSWERED: _l("Answered by the county"),
    SampleState.DOUBTFUL: _l("Doubtful, with the county"),
    SampleState.GENUINE: _l("Genuine"),
    SampleState.WITHDRAWN: _l("Taken back by the county"),
}
BADGES = {
    SampleState.WAITING: "warn",
    SampleState.ANSWERED: "warn",
    SampleState.DOUBTFUL: "bad",
    SampleState.GENUINE: "good",
    SampleState.WITHDRAWN: "neutral",
}
REASONS = {
    SampleReason.RANDOM: _l("Drawn by lot"),
    SampleReason.LARGE: _l("Above the threshold"),
}
