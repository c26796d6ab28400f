"""E-mail by the mail server of the settings."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from hashlib import blake2b
from typing import Any

from market.database import utcnow
from market.outgoing.gateways import READ_TIMEOUT, NotSent, Parcel, Uncertain
from market.web.language import gettext as _


def send(parcel: Parcel, settings: Any) -> None:
    """Hand the e-mail to the mail server.

    Raises:
        NotSent, Uncertain: see market.outgoing.gateways.
    """
    try:
        message = _message(parcel, settings["SMTP_FROM"])
    except ValueError as error:
        raise NotSent("bad_address", is_final=True) from error
    try:
        server = _connected(settings)
        try:
            _hand_over(server, message)
        finally:
            _leave(server)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _text in error.recipients.values())
        raise NotSent(f"SMTP {code}", is_final=code >= 500) from error
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"SMTP {error.smtp_code}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent("no_tls") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent("no_line") from error


def _message(parcel: Parcel, sender: str) -> EmailMessage:
    message = EmailMessage()
    address = sender.strip().removesuffix(">").rpartition("<")[2]
    message["From"] = Address(str(_("Harvest Market")), addr_spec=address)
    message["To"] = Address(addr_spec=parcel.recipient)
    message["Subject"] = parcel.subject
    message["Date"] = utcnow()
    # Of the key: a mailbox that gets a message twice can tell.
    digest = blake2b(parcel.key.encode(), digest_size=12).hexdigest()
    domain = address.rpartition("@")[2]
    message["Message-ID"] = f"<{digest}@{domain}>" if domain else make_msgid()
    # Nobody's holiday notice is an answer to us.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.text)
    return message


def _connected(settings: Any) -> smtplib.SMTP:
    host, port = settings["SMTP_HOST"], settings["SMTP_PORT"]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings["SMTP_TLS"] == "ssl":
        server = smtplib.SMTP_SSL(host, port, timeout=READ_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=READ_TIMEOUT)
    try:
        if settings["SMTP_TLS"] == "starttls":
            server.starttls(context=context)
        if settings["SMTP_USER"]:
            server.login(settings["SMTP_USER"], settings["SMTP_PASSWORD"])
    except BaseException:
        server.close()
        raise
    return server


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except OSError as error:
        if isinstance(error, smtplib.SMTPException) and not isinstance(
            error, smtplib.SMTPServerDisconnected
        ):
            raise
        # It may have been taken before the line broke.
        raise Uncertain() from error


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye; what was taken stays taken, whatever comes of it."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
