"""Messages to the robots of groups in WeCom (企业微信) and DingTalk (钉钉), through apprise.

Apprise knows the robots' addresses, signatures and limits. What it leaves out is done here: both
answer 200 to what they refuse, and say so in the answer alone.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from market.outgoing.gateways import CONNECT_TIMEOUT, READ_TIMEOUT, NotSent, Parcel
from market.outgoing.line import line_failure
from market.outgoing.robots import Robot, read_robot

# What a robot says when it gets too much at once, by its errcode.
PASSING = {-1, 45009, 130101, 410100}


class _Answering:
    """A robot that is asked whether it took the message."""

    endpoint = ""
    request_url: Any
    signed: Any

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        text = f"{title}\n{body}" if title else body
        url, parameters = self.signed()
        if self.endpoint:
            url = f"{self.endpoint}{urlsplit(url).path}?{urlsplit(url).query}"
        try:
            answer = requests.post(
                url,
                params=parameters,
                json={"msgtype": "text", "text": {"content": text}},
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise line_failure(error) from error
        if answer.status_code != requests.codes.ok:
            raise NotSent(f"HTTP {answer.status_code}", is_final=answer.status_code < 500)
        try:
            code = answer.json()["errcode"]
        except (ValueError, KeyError, TypeError):
            raise NotSent("no_answer") from None
        if code:
            raise NotSent(f"errcode {code}", is_final=code not in PASSING)
        return True


class _WeCom(_Answering, NotifyWeComBot):  # type: ignore[misc]
    def signed(self) -> tuple[str, None]:
        return self.api_url, None


class _DingTalk(_Answering, NotifyDingTalk):  # type: ignore[misc]
    def signed(self) -> tuple[str, dict[str, str] | None]:
        url = self.notify_url.format(token=self.token)
        if not self.secret:
            return url, None
        timestamp, sign = self.get_signature()
        return url, {"timestamp": timestamp, "sign": requests.utils.unquote(sign)}


def send(parcel: Parcel, settings: Any) -> None:
    """Hand the message to the robot.

    Raises:
        NotSent, Uncertain: see market.outgoing.gateways.
    """
    robot = read_robot(parcel.recipient)
    if robot is None:
        raise NotSent("bad_address", is_final=True)
    plugin = _plugin(robot)
    plugin.endpoint = settings["WEBHOOK_ENDPOINT"]
    # Also cuts a text that is too long for the robot.
    plugin.notify(body=parcel.text, title=parcel.subject)


def _plugin(robot: Robot) -> Any:
    if robot.is_wecom:
        return _WeCom(key=robot.token)
    return _DingTalk(token=robot.token, secret=robot.secret or None)
