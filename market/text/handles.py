"""Names in chat programs inside a text, such as a WeChat ID: found by the word before them."""

from __future__ import annotations

import re

from market.text.units import OTHER_UNITS, UNITS

# What people call WeChat and QQ, in the letters and characters that stand for them.
_WECHAT = (
    r"(?:微信|威信|薇信|徽信|卫星号|加[微薇威vV]|[vV]信|(?<![A-Za-z])(?:we-?chat|wei-?xin|wx|vx))"
)
_QQ = r"(?:(?<![A-Za-z])QQ|扣扣|企鹅)"
_LEAD = r"(?:同?[号號]|群|ID)?[\s:：是为為(（\-]{0,4}"
# WeChat: 6 to 20 signs that begin with a letter; with a digit or _, or it may be a word.
_WECHAT_ID = r"(?=[A-Za-z_\-]{0,19}[0-9_])[A-Za-z][-_A-Za-z0-9]{5,19}(?![-_A-Za-z0-9])"
_QQ_ID = r"[1-9][0-9]{4,11}(?![0-9,.])"
_HANDLE = re.compile(
    rf"{_WECHAT}{_LEAD}(?P<wechat>{_WECHAT_ID})"
    rf"|{_QQ}{_LEAD}(?P<qq>{_QQ_ID})(?!\s{{0,2}}(?:{UNITS}|{OTHER_UNITS}|元|块|万))",
    re.IGNORECASE,
)
# What every match holds: to look for these takes a fiftieth of the time.
_HINTS = (
    *(
        "微",
        "信",
        "薇",
        "威",
        "卫星号",
        "加v",
        "wechat",
        "we-chat",
        "weixin",
        "wei-xin",
        "wx",
        "vx",
    ),
    *("qq", "扣扣", "企鹅"),
)
# Of a handle, how many signs stay readable.
SHOWN = 2


def mask_handles(text: str) -> str:
    """`text` with the WeChat and QQ names in it starred but for their first two signs; its
    length unchanged."""
    plain = text.lower()
    if not any(hint in plain for hint in _HINTS):
        return text
    return _HANDLE.sub(_starred, text)


def _starred(found: re.Match[str]) -> str:
    handle = found["wechat"] or found["qq"]
    return found[0][: -len(handle)] + handle[:SHOWN] + "*" * (len(handle) - SHOWN)
