"""The addresses of groups' robots, as WeCom and DingTalk show them to be copied."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WECOM = re.compile(
    r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<token>[A-Za-z0-9_-]{1,100})"
)
_DINGTALK = re.compile(
    r"https://oapi\.dingtalk\.com/robot/send\?access_token=(?P<token>[A-Za-z0-9]{1,100})"
    r"(?:&secret=(?P<secret>[A-Za-z0-9]{1,100}))?"
)


@dataclass(frozen=True)
class Robot:
    """
    Attributes:
        secret: DingTalk's, for robots that ask for a signature; "" for none.
    """

    is_wecom: bool
    token: str
    secret: str = ""


def read_robot(url: str) -> Robot | None:
    """The robot of an address; None where it is no such address. Nothing else is ever asked."""
    url = url.strip()
    if found := _WECOM.fullmatch(url):
        return Robot(True, found["token"])
    if found := _DINGTALK.fullmatch(url):
        return Robot(False, found["token"], found["secret"] or "")
    return None


def short_address(url: str) -> str:
    """The address to be shown: with the last characters of its token alone."""
    robot = read_robot(url)
    if robot is None:
        return ""
    return f"{'WeCom' if robot.is_wecom else 'DingTalk'} …{robot.token[-4:]}"
