"""Rules that need no database: where a role acts, what a browser is called."""

from __future__ import annotations

import re

from market.accounts.models import Role
from market.regions.models import Level, Region
from market.text.numbers import plain_numerals


def role_fits(role: Role, region: Region) -> bool:
    """Whether `role` can be held over `region`: each official at the level of the office."""
    match role:
        case Role.ASSISTANT | Role.COUNTY_OFFICIAL:
            return region.is_leaf
        case Role.PREFECTURE_OFFICIAL:
            return region.level is Level.PREFECTURE
        case _:
            return region.level is Level.PROVINCE


# What a browser's name for itself holds, the telling sign first: many also claim to be others.
BROWSERS = {
    "MicroMessenger": "WeChat",
    "HuaweiBrowser": "Huawei",
    "MiuiBrowser": "Xiaomi",
    "VivoBrowser": "vivo",
    "HeyTapBrowser": "OPPO",
    "MQQBrowser": "QQ",
    "UCBrowser": "UC",
    "Quark": "Quark",
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Harmony": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def device_name(agent: str) -> str:
    """Browser and system by the name a browser gives itself: "WeChat · Android"; "" if unknown."""
    found = (
        next((name for sign, name in names.items() if sign in agent), "")
        for names in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, found))


def masked_network(network: str) -> str:
    """What tells networks apart without naming the line: "113.240.*.*", "240e:3a0:*"; "" if
    unknown."""
    if ":" in network:
        return ":".join(network.split(":")[:2]) + ":*"
    parts = network.split(".")
    return ".".join([*parts[:2], "*", "*"]) if len(parts) == 4 else ""


ONE_TIME_DIGITS = 10


def one_time_digits(text: str) -> str | None:
    """The digits of `text` when it can be a one-time password, written with gaps or without."""
    digits = re.sub(r"[\s\-]", "", plain_numerals(text))
    return digits if re.fullmatch(rf"[0-9]{{{ONE_TIME_DIGITS}}}", digits) else None


def looks_one_time(password: str) -> bool:
    """Whether `password` is made like a one-time password, whatever is between its digits.

    As a lasting one it would stay known to the official who read it out.
    """
    return one_time_digits(re.sub(r"[\W_]", "", password)) is not None
