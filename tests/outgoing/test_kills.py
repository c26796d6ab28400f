"""A worker that is killed while it sends: nobody gets the same message twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from market.database import db, transaction, utcnow
from market.outgoing.models import OutgoingMessage, OutgoingState
from market.outgoing.sending import CLAIM_HOLDS, send_waiting
from market.outgoing.services import queue_sms
from tests.outgoing.servers import Answer, Request, http_server

ROOT = Path(__file__).resolve().parents[2]
SENDER = """
from pathlib import Path
from sys import argv
from tests.conftest import make_app
from market.outgoing.sending import send_waiting
settings = dict(
    SMS_GATEWAY="tencent", SMS_ENDPOINT=argv[2], SMS_ACCESS_KEY_ID="a", SMS_ACCESS_KEY_SECRET="b",
    SMS_SIGN_NAME="c", SMS_APP_ID="1", SMS_TEMPLATES={"code": "1"},
)
with make_app(Path(argv[1]), **settings).app_context():
    send_waiting()
"""
TAKEN = {"SendStatusSet": [{"Code": "Ok", "Message": "", "SerialNo": "", "PhoneNumber": ""}]}


@pytest.mark.endurance
@pytest.mark.parametrize("killed", ["before the answer", "after the answer"])
def test_a_worker_killed_while_sending_sends_nothing_twice(
    app: Flask, tmp_path: Path, killed: str
) -> None:
    with transaction():
        queue_sms("+8613900000001", "code", {"code": "1", "minutes": 5}, key="k")
    arrived, gone = threading.Event(), threading.Event()

    def answer(_: Request) -> Answer:
        arrived.set()
        if killed == "before the answer":
            gone.wait(30)
            return None
        return 200, {"Response": {**TAKEN, "RequestId": "1"}}

    with http_server(answer) as server:
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(tmp_path), server.url],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert arrived.wait(60)
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        gone.set()
        db.session.rollback()
        message = db.session.scalars(select(OutgoingMessage)).one()
        if message.state is OutgoingState.SENDING:
            with transaction():
                message.claimed_at = utcnow() - CLAIM_HOLDS - timedelta(seconds=1)
        app.config.update(SMS_GATEWAY="tencent", SMS_ENDPOINT=server.url)
        assert send_waiting() == 0
        assert len(server.requests) == 1
    # The answer may have been written down before the signal came.
    written_down = {OutgoingState.UNCERTAIN, OutgoingState.SENT}
    assert message.state in (
        {OutgoingState.UNCERTAIN} if killed == "before the answer" else written_down
    )
