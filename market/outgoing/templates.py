"""The templates of text messages, as rooms register them.

A gateway sends only texts that it has approved before, with the parameters filled in: the
operator has each text approved there and names it in the setting SMS_TEMPLATES. The console
fills the text in itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config import ConfigurationError
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class SmsTemplate:
    """
    Attributes:
        name: in SMS_TEMPLATES.
        text: translated, with `%(name)s` for each parameter, and `%(site)s`, which is no parameter
            because gateways want addresses in the text itself.
        parameters: in the order in which a gateway numbers them.
        is_secret: one parameter is a code that only the recipient may read.
    """

    name: str
    text: Any
    parameters: tuple[str, ...]
    is_secret: bool = False


templates: dict[str, SmsTemplate] = {}


def add_sms_template(template: SmsTemplate) -> None:
    """Register a template.

    Raises:
        ValueError: there is one of that name.
    """
    if template.name in templates:
        raise ValueError(f"registered before: {template.name}")
    templates[template.name] = template


def refuse_unnamed_templates(numbers: Mapping[str, str]) -> None:
    """Raise ConfigurationError where SMS_TEMPLATES has no number for a template."""
    if missing := [name for name in templates if not numbers.get(name)]:
        texts = "; ".join(f"{name}: {templates[name].text}" for name in missing)
        raise ConfigurationError(
            "SMS_TEMPLATES has no number of the gateway's for these texts, with %(…)s for its"
            f" parameters: {texts}"
        )


# For whoever proves that a number is theirs: a new password, another number, a deal's other side.
add_sms_template(
    SmsTemplate(
        "code",
        _l(
            "Your code is %(code)s, valid for %(minutes)s minutes. Give it to nobody, not to us "
            "either."
        ),
        ("code", "minutes"),
        is_secret=True,
    )
)
