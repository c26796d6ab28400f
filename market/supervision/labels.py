"""Words of targets and supervision."""

from __future__ import annotations

from market.supervision.models import ContactKind, TargetMeasure
from market.tallies.figures import BY_NAME, Figure
from market.web.language import lazy_gettext as _l

CONTACT_KINDS = {ContactKind.VISIT: _l("Visit"), ContactKind.CALL: _l("Telephone call")}


def figure_of(measure: TargetMeasure) -> Figure:
    """The figure of the fair that the target is of, with its words and its unit."""
    return BY_NAME[measure.value]


MEASURE_NAMES = {measure: figure_of(measure).label for measure in TargetMeasure}
