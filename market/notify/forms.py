"""What is typed about notices: when, how, where to; and robots of offices."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from market.accounts.forms import options
from market.notify.email_addresses import CODE_DIGITS, read_address
from market.notify.labels import KINDS, WHENS
from market.notify.models import NoticeKind, NoticeSettings, When
from market.notify.rules import Choice
from market.outgoing.robots import read_robot
from market.regions.forms import RegionField
from market.regions.models import Region
from market.text.numbers import plain_numerals
from market.web.forms import Form
from market.web.language import lazy_gettext as _l

HOURS = [SelectChoice(str(hour), f"{hour}:00") for hour in range(24)]


def _choice(kind: NoticeKind, channel: Any) -> SelectField:
    label = _l("%(kind)s: %(channel)s", kind=KINDS[kind], channel=channel)
    return SelectField(label, choices=options(WHENS))


class ChoicesForm(Form):
    """How the account wants to be told of each kind, and when it wants its quiet."""

    quiet_from = SelectField(_l("Quiet from"), choices=HOURS)
    quiet_to = SelectField(_l("Quiet until"), choices=HOURS)

    @classmethod
    def showing(cls, chosen: dict[NoticeKind, Choice], settings: NoticeSettings) -> ChoicesForm:
        """The form with what is chosen now."""
        values: dict[str, Any] = {
            "quiet_from": str(settings.quiet_from),
            "quiet_to": str(settings.quiet_to),
        }
        for kind, choice in chosen.items():
            values |= {f"{kind}_email": choice.email.value, f"{kind}_sms": choice.sms.value}
        return cls(data=values)

    def of(self, kind: NoticeKind, channel: str) -> Any:
        """The field of a kind and a channel."""
        return self[f"{kind}_{channel}"]

    def chosen(self) -> dict[NoticeKind, Choice]:
        """What was chosen, by kind."""
        return {
            kind: Choice(When(self.of(kind, "email").data), When(self.of(kind, "sms").data))
            for kind in NoticeKind
        }


for _kind in NoticeKind:
    setattr(ChoicesForm, f"{_kind}_sms", _choice(_kind, _l("Text message")))
    setattr(ChoicesForm, f"{_kind}_email", _choice(_kind, _l("E-mail")))


class EmailForm(Form):
    """An e-mail address to be told at."""

    email = StringField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Still missing: the e-mail address."))],
        render_kw={"type": "email", "inputmode": "email", "autocomplete": "email"},
    )

    def validate_email(self, field: Any) -> None:
        """It must look like one."""
        address = read_address(field.data or "")
        if address is None:
            raise ValidationError(_l("That is no e-mail address, such as name@example.cn."))
        field.data = address


class EmailCodeForm(Form):
    """The code that was sent to the address."""

    code = StringField(
        _l("Code from the e-mail"),
        validators=[InputRequired(_l("Still missing: the code from the e-mail."))],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )

    def validate_code(self, field: Any) -> None:
        """Digits alone, however they were typed."""
        code = "".join(plain_numerals(field.data or "").split())
        if not (code.isascii() and code.isdecimal() and len(code) == CODE_DIGITS):
            raise ValidationError(_l("The code has %(count)s digits.", count=CODE_DIGITS))
        field.data = code


class StopForm(Form):
    """One button."""


class WebhookForm(Form):
    """A robot of an office's group."""

    region = RegionField(
        _l("Office of"),
        validators=[InputRequired(_l("Still missing: the region."))],
        leaves_only=False,
    )
    url = StringField(
        _l("Address of the robot"),
        validators=[InputRequired(_l("Still missing: the address of the robot."))],
        description=_l(
            "As the group shows it: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=… or "
            "https://oapi.dingtalk.com/robot/send?access_token=…; to sign, add a field secret=…"
        ),
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )

    @property
    def chosen_region(self) -> Region:
        """The region, once the form is valid."""
        assert self.region.data is not None
        return self.region.data

    def validate_url(self, field: Any) -> None:
        """Only robots of WeCom and DingTalk are ever asked."""
        if read_robot(field.data or "") is None:
            raise ValidationError(_l("That is no robot of WeCom or DingTalk."))
        field.data = (field.data or "").strip()
