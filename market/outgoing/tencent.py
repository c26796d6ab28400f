"""Text messages by Tencent Cloud (短信, API of 2021-01-11), through its client."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from market.outgoing.gateways import READ_TIMEOUT, NotSent, Parcel
from market.outgoing.line import line_failure
from market.outgoing.templates import templates

ENDPOINT = "https://sms.tencentcloudapi.com"
# Beginnings of refusals that another hour may change.
# https://cloud.tencent.com/document/api/382/55981
PASSING = (
    "LimitExceeded",
    "InternalError",
    "RequestLimitExceeded",
    "FailedOperation.InsufficientBalanceInSmsPackage",
    "FailedOperation.OtherError",
)


def send(parcel: Parcel, settings: Any) -> None:
    """Have Tencent Cloud send the text message.

    Raises:
        NotSent, Uncertain: see market.outgoing.gateways.
    """
    endpoint = urlsplit(settings["SMS_ENDPOINT"] or ENDPOINT)
    line = HttpProfile(protocol=endpoint.scheme, endpoint=endpoint.netloc, reqTimeout=READ_TIMEOUT)
    client = SmsClient(
        Credential(settings["SMS_ACCESS_KEY_ID"], settings["SMS_ACCESS_KEY_SECRET"]),
        settings["SMS_REGION"] or "ap-guangzhou",
        ClientProfile(httpProfile=line),
    )
    request = SendSmsRequest()
    request.SmsSdkAppId = settings["SMS_APP_ID"]
    request.SignName = settings["SMS_SIGN_NAME"]
    request.TemplateId = settings["SMS_TEMPLATES"][parcel.template]
    request.TemplateParamSet = [
        parcel.parameters[name] for name in templates[parcel.template].parameters
    ]
    request.PhoneNumberSet = [parcel.recipient]
    try:
        answer = client.SendSms(request)
    except TencentCloudSDKException as error:
        if error.code == "ClientNetworkError":
            raise line_failure(error) from error
        if error.code == "ServerNetworkError":
            raise NotSent("no_line") from error
        raise NotSent(error.code, not error.code.startswith(PASSING)) from error
    status = answer.SendStatusSet[0]
    if status.Code != "Ok":
        raise NotSent(status.Code, not status.Code.startswith(PASSING))
