"""Phone numbers: shown in full to the logged-in only, and each time written down."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from market.accounts import bp
from market.accounts.models import Account, PhoneReveal
from market.accounts.rules import mask_phones
from market.errors import Refused
from market.extensions import db


def reveal_phone(viewer: Account, account: Account, page: str) -> str:
    """The number to call for `account`, in E.164, and a record of who saw it on which page.

    For a farmer without a phone it is the representing assistant's. Call it inside a
    transaction: the record is what makes showing it right.

    Raises:
        Refused: the viewer is not logged in, or there is no number.
    """
    if not viewer.is_authenticated:
        raise Refused(_l("Log in to see phone numbers."))
    reached: Account | None = account
    if account.phone is None and account.represented_by_id is not None:
        reached = db.session.get(Account, account.represented_by_id)
    if reached is None or reached.phone is None:
        raise Refused(_l("There is no phone number."))
    db.session.add(PhoneReveal(viewer_id=viewer.id, account_id=reached.id, page=page[:80]))
    return reached.phone


def contact_links(phone: str) -> list[tuple[Any, str]]:
    """(words, address) of each way to reach an E.164 number: a call, and for a mobile a text."""
    links: list[tuple[Any, str]] = [
        (_l("Call %(phone)s", phone=readable_phone(phone)), f"tel:{phone}")
    ]
    if phone.startswith("+861"):
        links.append((_l("Send a text"), f"sms:{phone}"))
    return links


@bp.app_template_filter("phone")
def readable_phone(phone: str | None) -> str:
    """+8613800001234 as 138 0000 1234; a landline with its leading 0."""
    if not phone:
        return ""
    national = phone.removeprefix("+86")
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return f"0{national}"


@bp.app_template_filter("mask_phones")
def mask_for_visitors(text: str | None) -> str:
    """`text` as this visitor may read it: phone numbers masked for the anonymous."""
    return (text or "") if current_user.is_authenticated else mask_phones(text)
