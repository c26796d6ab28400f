"""Rules that need no database: masking phones, where a role acts, what a
browser is called."""

from __future__ import annotations

import re

from market.accounts.models import Role
from market.regions.models import Level, Region

# Each sign stands for one digit, so that a place in the plain text is the same place in
# the original.
PLAIN = "01234567890123456789001123456789()+"
WRITTEN = "０１２３４５６７８９零一二三四五六七八九〇○幺①②③④⑤⑥⑦⑧⑨（）＋"
DIGITS = str.maketrans(WRITTEN, PLAIN)
# No pattern below fits fewer.
FEWEST_DIGITS = 7
GAP = r"[\s\-‐‑–—－_.·．]{0,2}"
COUNTRY = rf"(?:(?:\+|00)86{GAP})?"
MOBILE = re.compile(rf"(?<!\d){COUNTRY}(?P<shown>1{GAP}[3-9]{GAP}\d)(?:{GAP}\d){{8}}(?!\d)")
# The area code begins with 0, or the country code stands in its place.
LANDLINE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)86{GAP}\(?0?|\(?0)(?P<shown>(?:10|2\d|[3-9]\d\d))\)?{GAP}"
    rf"\d(?:{GAP}\d){{6,7}}(?!\d)"
)
SERVICE = re.compile(rf"(?<!\d)(?P<shown>[48]00)(?:{GAP}\d){{7}}(?!\d)")
# Seven or eight digits alone may be a quantity: only the word before says otherwise.
SPOKEN = re.compile(
    r"(?P<shown>(?:电话|座机|固话|热线|联系|拨打|tel|phone|call)[^\d\n]{0,6})"
    rf"\d(?:{GAP}\d){{6,7}}(?!\d)",
    re.IGNORECASE,
)


def mask_phones(text: str | None) -> str:
    """`text` with every Chinese phone number in it masked, its length unchanged.

    Mobile and landline numbers, with or without country code, with spaces or dashes
    between, in full-width or Chinese digits. What stays readable is the beginning (a
    mobile's first three digits, a landline's area code) and the last two digits of a
    landline, or four of a mobile.
    """
    text = text or ""
    if len(text) < FEWEST_DIGITS or sum(map(str.isdigit, text.translate(DIGITS))) < FEWEST_DIGITS:
        return text
    signs = list(text)
    for pattern, kept in ((MOBILE, 4), (LANDLINE, 2), (SERVICE, 2), (SPOKEN, 2)):
        plain = "".join(signs).translate(DIGITS)
        for found in pattern.finditer(plain):
            digits = [i for i in range(found.end("shown"), found.end()) if plain[i].isdigit()]
            for i in digits[:-kept]:
                signs[i] = "*"
    return "".join(signs)


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


ONE_TIME_DIGITS = 10


def one_time_digits(text: str) -> str | None:
    """The digits of `text` when it can be a one-time password, written with gaps or without."""
    digits = re.sub(r"[\s\-]", "", text.translate(DIGITS))
    return digits if re.fullmatch(rf"[0-9]{{{ONE_TIME_DIGITS}}}", digits) else None
