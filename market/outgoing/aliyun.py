"""Text messages by Alibaba Cloud (短信服务, Dysmsapi 2017-05-25), through its client."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

from market.outgoing.gateways import CONNECT_TIMEOUT, READ_TIMEOUT, NotSent, Parcel
from market.outgoing.line import line_failure

# The client logs to the console what it sends.
logging.getLogger("darabonba-core").setLevel(logging.WARNING)

ENDPOINT = "https://dysmsapi.aliyuncs.com"
# Refusals that another hour may change: limits for a number, money, the service itself.
# https://help.aliyun.com/zh/sms/developer-reference/api-error-codes
PASSING = {
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.DAY_LIMIT_CONTROL",
    "isv.MONTH_LIMIT_CONTROL",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
    "isp.SYSTEM_ERROR",
    "isp.RAM_PERMISSION_DENY",
    "Throttling",
    "Throttling.User",
}


def send(parcel: Parcel, settings: Any) -> None:
    """Have Alibaba Cloud send the text message.

    Raises:
        NotSent, Uncertain: see market.outgoing.gateways.
    """
    endpoint = urlsplit(settings["SMS_ENDPOINT"] or ENDPOINT)
    client = Client(
        Config(
            access_key_id=settings["SMS_ACCESS_KEY_ID"],
            access_key_secret=settings["SMS_ACCESS_KEY_SECRET"],
            endpoint=endpoint.netloc,
            protocol=endpoint.scheme,
            region_id=settings["SMS_REGION"] or "cn-hangzhou",
        )
    )
    request = SendSmsRequest(
        # Inside China without a country code, elsewhere with it and without +.
        phone_numbers=parcel.recipient.removeprefix("+86").removeprefix("+"),
        sign_name=settings["SMS_SIGN_NAME"],
        template_code=settings["SMS_TEMPLATES"][parcel.template],
        template_param=json.dumps(parcel.parameters, ensure_ascii=False),
    )
    timeouts = {"connect_timeout": CONNECT_TIMEOUT * 1000, "read_timeout": READ_TIMEOUT * 1000}
    try:
        answer = client.send_sms_with_options(request, RuntimeOptions(autoretry=False, **timeouts))
    except ClientException as error:
        raise NotSent(str(error.code), str(error.code) not in PASSING) from error
    except ServerException as error:
        raise NotSent(str(error.code)) from error
    except Exception as error:
        raise line_failure(error) from error
    if answer.body.code != "OK":
        raise NotSent(answer.body.code, answer.body.code not in PASSING)
