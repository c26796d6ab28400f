"""What trader types and roles are called."""

from __future__ import annotations

from market.accounts.login_models import LoginMethod
from market.accounts.models import Role, TraderType
from market.accounts.queries import AccountState
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
LOGIN_METHODS = {
    LoginMethod.PASSWORD: _l("Password"),
    LoginMethod.ONE_TIME_PASSWORD: _l("One-time password"),
    LoginMethod.SECOND_FACTOR: _l("Password and code of the app"),
    LoginMethod.PHONE_CODE: _l("Code by text message"),
}
ACCOUNT_STATES = {
    AccountState.ACTIVE: _l("Can log in"),
    AccountState.DISABLED: _l("Disabled"),
    AccountState.WITHOUT_LOGIN: _l("Represented"),
}
LANGUAGES = {"zh_CN": "中文", "en": "English"}
