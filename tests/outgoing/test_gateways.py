"""The gateways, each against a server on this machine that answers as the real one does."""

from __future__ import annotations

import base64
import email.policy
import hashlib
import hmac
import json
import ssl
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask

import config
from market.outgoing.gateways import NotSent, Parcel, Uncertain, send
from market.outgoing.models import OutgoingChannel
from market.outgoing.robots import read_robot, short_address
from market.outgoing.templates import refuse_unnamed_templates, templates
from tests.outgoing.servers import MailServer, Request, http_server, mail_server

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=abc123"
SMS = Parcel(
    "k",
    OutgoingChannel.SMS,
    "+8613900000001",
    "code",
    {"code": "482913", "minutes": "10"},
    "",
    "您的验证码是 482913",
    True,
)


def webhook(url: str) -> Parcel:
    return Parcel("w", OutgoingChannel.WEBHOOK, url, "", {}, "上报", "石门县还没有上报", False)


def mail(recipient: str = "buyer@example.cn") -> Parcel:
    return Parcel("m", OutgoingChannel.EMAIL, recipient, "", {}, "新配对", "一条新配对", False)


@pytest.fixture
def chosen(app: Flask) -> Callable[..., None]:
    """Choose a gateway of text messages, at that address."""

    def choose(name: str, url: str) -> None:
        app.config.update(
            SMS_GATEWAY=name,
            SMS_ENDPOINT=url,
            SMS_ACCESS_KEY_ID="id",
            SMS_ACCESS_KEY_SECRET="secret",
            SMS_SIGN_NAME="丰收市场",
            SMS_APP_ID="1400000001",
            SMS_TEMPLATES={"code": "SMS_1"},
        )

    return choose


def aliyun_answer(code: str, status: int = 200) -> Callable[[Request], Any]:
    answer = {"Code": code, "Message": code, "RequestId": "1", "BizId": "2"}
    return lambda _: (status, answer)


def tencent_answer(code: str) -> Callable[[Request], Any]:
    status = [{"Code": code, "Message": code, "SerialNo": "1", "PhoneNumber": "", "Fee": 1}]
    return lambda _: (200, {"Response": {"SendStatusSet": status, "RequestId": "1"}})


def tencent_error(code: str) -> Callable[[Request], Any]:
    error = {"Code": code, "Message": code}
    return lambda _: (200, {"Response": {"Error": error, "RequestId": "1"}})


def test_alibaba_cloud_gets_number_signature_template_and_parameters(chosen: Any) -> None:
    with http_server(aliyun_answer("OK")) as server:
        chosen("aliyun", server.url)
        send(SMS)
    (request,) = server.requests
    assert request.headers["x-acs-action"] == "SendSms"
    assert request.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=id,")
    told = request.query | dict(parse_qsl(request.body.decode()))
    assert told["PhoneNumbers"] == "13900000001"
    assert told["SignName"] == "丰收市场"
    assert told["TemplateCode"] == "SMS_1"
    assert json.loads(told["TemplateParam"]) == {"code": "482913", "minutes": "10"}


def test_tencent_cloud_gets_number_signature_template_and_parameters_in_order(chosen: Any) -> None:
    with http_server(tencent_answer("Ok")) as server:
        chosen("tencent", server.url)
        send(SMS)
    (request,) = server.requests
    assert request.headers["x-tc-action"] == "SendSms"
    assert request.headers["authorization"].startswith("TC3-HMAC-SHA256 Credential=id/")
    assert request.json == {
        "PhoneNumberSet": ["+8613900000001"],
        "SmsSdkAppId": "1400000001",
        "TemplateId": "SMS_1",
        "SignName": "丰收市场",
        "TemplateParamSet": ["482913", "10"],
    }


@pytest.mark.parametrize(
    ("answer", "error", "is_final"),
    [
        (aliyun_answer, "isv.MOBILE_NUMBER_ILLEGAL", True),
        (aliyun_answer, "isv.BUSINESS_LIMIT_CONTROL", False),
        (partial(aliyun_answer, status=404), "InvalidAccessKeyId.NotFound", True),
        (partial(aliyun_answer, status=503), "ServiceUnavailable", False),
        (tencent_answer, "InvalidParameterValue.IncorrectPhoneNumber", True),
        (tencent_answer, "LimitExceeded.PhoneNumberDailyLimit", False),
        (tencent_error, "AuthFailure.SecretIdNotFound", True),
        (tencent_error, "InternalError", False),
    ],
)
def test_what_a_gateway_refuses_is_told_and_tried_again_only_where_that_helps(
    chosen: Any, answer: Any, error: str, is_final: bool
) -> None:
    with http_server(answer(error)) as server:
        is_tencent = answer in (tencent_answer, tencent_error)
        chosen("tencent" if is_tencent else "aliyun", server.url)
        with pytest.raises(NotSent) as refused:
            send(SMS)
    assert (refused.value.error, refused.value.is_final) == (error, is_final)
    assert len(server.requests) == 1


@pytest.mark.parametrize("gateway", ["aliyun", "tencent"])
def test_a_gateway_that_breaks_off_leaves_it_open_and_one_that_is_not_there_does_not(
    chosen: Any, gateway: str
) -> None:
    with http_server(lambda _: None) as server:
        chosen(gateway, server.url)
        with pytest.raises(Uncertain):
            send(SMS)
    assert len(server.requests) == 1
    with pytest.raises(NotSent, match="no_line"):
        send(SMS)


@pytest.mark.parametrize("url", [WECOM, DINGTALK])
def test_a_robot_gets_title_and_text(app: Flask, url: str) -> None:
    with http_server(lambda _: (200, {"errcode": 0, "errmsg": "ok"})) as server:
        app.config["WEBHOOK_ENDPOINT"] = server.url
        send(webhook(url))
    (request,) = server.requests
    assert url.endswith(
        f"{request.path}?{next(iter(request.query))}={next(iter(request.query.values()))}"
    )
    assert request.json["text"]["content"].splitlines() == ["上报", "石门县还没有上报"]


def test_a_robot_of_dingtalk_that_asks_for_a_signature_gets_it(app: Flask) -> None:
    with http_server(lambda _: (200, {"errcode": 0})) as server:
        app.config["WEBHOOK_ENDPOINT"] = server.url
        send(webhook(f"{DINGTALK}&secret=SEC99"))
    query = server.requests[0].query
    assert abs(int(query["timestamp"]) / 1000 - time.time()) < 3600
    signed = f"{query['timestamp']}\nSEC99".encode()
    digest = hmac.new(b"SEC99", signed, hashlib.sha256).digest()
    assert query["sign"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("answer", "error", "is_final"),
    [
        ((200, {"errcode": 93000, "errmsg": "invalid webhook url"}), "errcode 93000", True),
        ((200, {"errcode": 45009}), "errcode 45009", False),
        ((404, {}), "HTTP 404", True),
        ((502, {}), "HTTP 502", False),
        ((200, []), "no_answer", False),
    ],
)
def test_a_robot_that_refuses_in_its_answer_has_not_taken_the_message(
    app: Flask, answer: Any, error: str, is_final: bool
) -> None:
    with http_server(lambda _: answer) as server:
        app.config["WEBHOOK_ENDPOINT"] = server.url
        with pytest.raises(NotSent) as refused:
            send(webhook(WECOM))
    assert (refused.value.error, refused.value.is_final) == (error, is_final)


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://127.0.0.1:8000/", "https://qyapi.weixin.qq.com.evil.cn/cgi-bin/webhook/send?key=a"),
        *("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a", f"{WECOM}&x=http://127.0.0.1"),
        *("https://oapi.dingtalk.com@127.0.0.1/robot/send?access_token=a", f"{DINGTALK}/../x"),
    ],
)  # fmt: skip
def test_no_other_address_is_ever_asked(app: Flask, url: str) -> None:
    assert read_robot(url) is None
    with pytest.raises(NotSent, match="bad_address"):
        send(webhook(url))


def test_an_address_is_shown_without_its_secret() -> None:
    assert short_address(WECOM) == "WeCom …7xxx"
    assert "SEC99" not in short_address(f"{DINGTALK}&secret=SEC99")


def use(app: Flask, server: MailServer, **settings: Any) -> None:
    app.config.update(
        SMTP_HOST="127.0.0.1",
        SMTP_PORT=server.port,
        SMTP_TLS="none",
        SMTP_USER="",
        SMTP_FROM="notice@market.example",
    )
    app.config.update(settings)


def test_the_mail_server_gets_a_message_that_every_program_can_read(app: Flask) -> None:
    with mail_server() as server:
        use(app, server, SMTP_USER="u", SMTP_PASSWORD="p")
        send(mail())
        send(mail())
    first, second = (
        email.message_from_bytes(each, policy=email.policy.default) for each in server.mails
    )
    assert first["To"] == "buyer@example.cn"
    assert first["From"].addresses[0].addr_spec == "notice@market.example"
    assert first["Subject"] == "新配对"
    assert first.get_content().strip() == "一条新配对"
    assert first["Message-ID"] == second["Message-ID"]
    assert any(line.startswith("AUTH PLAIN") for line in server.lines)


def test_a_password_is_given_only_through_tls_that_is_checked(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
         "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    settings = {"SMTP_TLS": "starttls", "SMTP_USER": "u", "SMTP_PASSWORD": "p"}
    with mail_server(tls) as server:
        use(app, server, **settings)
        with pytest.raises(NotSent, match="no_line"):  # signed by nobody known
            send(mail())
        assert not any(line.startswith("AUTH") for line in server.lines)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send(mail())
        assert server.was_encrypted
    with mail_server() as server:
        use(app, server, **settings)
        with pytest.raises(NotSent, match="no_tls"):
            send(mail())


@pytest.mark.parametrize(
    ("refuse", "error", "is_final"),
    [
        ({"RCPT": "550 nobody"}, "SMTP 550", True),
        ({"RCPT": "451 later"}, "SMTP 451", False),
        ({"MAIL": "421 busy"}, "SMTP 421", False),
    ],
)
def test_what_the_mail_server_refuses_is_told(
    app: Flask, refuse: dict[str, str], error: str, is_final: bool
) -> None:
    with mail_server() as server:
        server.refuse = refuse
        use(app, server)
        with pytest.raises(NotSent) as refused:
            send(mail())
    assert (refused.value.error, refused.value.is_final) == (error, is_final)


def test_a_line_that_breaks_after_the_text_leaves_it_open(app: Flask) -> None:
    with mail_server() as server:
        server.breaks_after_data = True
        use(app, server)
        with pytest.raises(Uncertain):
            send(mail())
    with pytest.raises(NotSent, match="no_line"):
        send(mail())


def test_a_refused_good_bye_takes_nothing_back(app: Flask) -> None:
    with mail_server() as server:
        server.refuse = {"QUIT": "500 what"}
        use(app, server)
        send(mail())
    assert len(server.mails) == 1


def test_no_second_recipient_gets_into_an_address(app: Flask) -> None:
    with mail_server() as server:
        use(app, server)
        with pytest.raises(NotSent, match="bad_address"):
            send(mail("a@example.cn\r\nBcc: b@example.cn"))
    assert not server.mails


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SMS_GATEWAY": "aliyun"}, "SMS_ACCESS_KEY_ID, SMS_ACCESS_KEY_SECRET"),
        ({"SMS_GATEWAY": "tencent", "SMS_ACCESS_KEY_ID": "a", "SMS_ACCESS_KEY_SECRET": "b",
          "SMS_SIGN_NAME": "c", "SMS_TEMPLATES": {"code": "1"}}, "SMS_APP_ID"),
        ({"SMS_GATEWAY": "pigeon"}, "pigeon"),
        ({"SMTP_HOST": "mail.example.cn"}, "SMTP_FROM"),
        ({"SMTP_HOST": "b.cn", "SMTP_FROM": "a@b.cn", "SMTP_USER": "u"}, "SMTP_PASSWORD"),
        ({"SMTP_TLS": "perhaps"}, "SMTP_TLS"),
        ({"SMTP_HOST": "mail.example.cn", "SMTP_FROM": "a@b.cn"}, "SITE_URL"),
    ],
)  # fmt: skip
def test_production_refuses_a_gateway_that_could_not_send_and_says_what_it_lacks(
    settings: dict[str, Any], named: str
) -> None:
    production = type("Production", (config.Production,), settings)
    with pytest.raises(config.ConfigurationError, match=named):
        production.check_gateways()


def test_production_takes_a_gateway_that_has_everything() -> None:
    everything = {
        "SMS_GATEWAY": "tencent", "SMS_ACCESS_KEY_ID": "a", "SMS_ACCESS_KEY_SECRET": "b",
        "SMS_SIGN_NAME": "c", "SMS_APP_ID": "1", "SMS_TEMPLATES": {"code": "1"},
        "SMTP_HOST": "mail.example.cn", "SMTP_FROM": "a@b.cn", "SITE_URL": "https://b.cn",
    }  # fmt: skip
    type("Production", (config.Production,), everything).check_gateways()


def test_production_names_the_texts_that_the_gateway_was_not_told_of() -> None:
    numbers = dict.fromkeys(templates, "SMS_1")
    refuse_unnamed_templates(numbers)
    with pytest.raises(config.ConfigurationError, match=r"notice: .*%\(stop\)s"):
        refuse_unnamed_templates({**numbers, "notice": ""})
