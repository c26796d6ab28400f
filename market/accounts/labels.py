"""What trader types and roles are called."""

from __future__ import annotations

from market.accounts.models import Role, TraderType
from market.web.language import lazy_gettext as _l

TRADER_TYPES = {
    TraderType.FARMER: _l("Farmer"),
    TraderType.COOPERATIVE: _l("Cooperative"),
    TraderType.BROKER: _l("Broker"),
    TraderType.COMPANY: _l("Company"),
    TraderType.BUYER: _l("Purchaser"),
}
ROLES = {
    Role.ASSISTANT: _l("Station assistant"),
    Role.COUNTY_OFFICIAL: _l("County official"),
    Role.PREFECTURE_OFFICIAL: _l("Prefecture official"),
    Role.PROVINCE_OFFICIAL: _l("Province official"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
LANGUAGES = {"zh_CN": "中文", "en": "English"}
