"""Certificates on A4, one a page, as PDF; texts reach typst as JSON and are never markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import gettext as _

from market.papers.fonts import chinese_fonts
from market.papers.pdf import MissingFont
from market.training.models import TrainingParticipant
from market.web.errors import DomainError
from market.web.filters import day, local_name, trimmed
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

TEMPLATE = "training/certificate.typ"


class NoCertificateFont(DomainError):
    message = _l("There is no Chinese font on this machine to set certificates in.")
    status = 503


def certificates_pdf(participants: Sequence[TrainingParticipant], form: Any = "pdf") -> Any:
    """The certificates of those of them who have one, as PDF, or their pages as PNG.

    Raises:
        NoCertificateFont: there is no Chinese font to set them in.
    """
    fonts, families = chinese_fonts()
    if not families:
        raise NoCertificateFont from MissingFont()
    data = {
        "lang": "en" if is_english() else "zh",
        "fonts": list(families),
        "title": _("Certificate of training"),
        "pages": [_page(one) for one in participants if one.certificate],
    }
    issued = [one.certificate.issued_on for one in participants if one.certificate]
    midnight = datetime(*max(issued).timetuple()[:3], tzinfo=UTC)
    return typst.compile(
        Path(current_app.root_path).parent / "templates" / TEMPLATE,
        font_paths=fonts,
        ignore_system_fonts=True,
        format=form,
        sys_inputs={"certificates": json.dumps(data, ensure_ascii=False)},
        timestamp=int(midnight.timestamp()),
    )


def _page(participant: TrainingParticipant) -> dict[str, str]:
    session, certificate = participant.session, participant.certificate
    assert certificate is not None
    place = local_name(session.region)
    return {
        "name": participant.full_name,
        "village": participant.village,
        "text": _(
            "took part in the training “%(topic)s” of %(county)s on %(day)s, %(hours)s hours in"
            " all, and has completed it.",
            topic=session.topic,
            county=place,
            day=day(session.held_on),
            hours=trimmed(session.hours),
        ),
        "teacher": _("Teacher: %(name)s", name=session.teacher),
        "issuer": _("Commerce bureau of %(county)s", county=place),
        "seal": _("(seal)"),
        "day": day(certificate.issued_on),
        "number": _("No. %(number)s", number=certificate.number),
    }
