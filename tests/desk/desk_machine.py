"""What the state machines of the desk's lists share: a market, and how a list is read."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from market.accounts.models import Account
from market.accounts.sessions import open_session
from market.database import transaction
from market.web.desk_registry import tasks_of
from tests.conftest import Client, make_app, running
from tests.desk.requests import fresh_request


class DeskMachine(RuleBasedStateMachine):
    """Officials whose lists are compared with notes that know nothing of the database.

    Attributes:
        officials: by the code of the region they act in; made by the first rule.
    """

    officials: dict[str, Account]

    def __init__(self, reference: Path, folder: Path) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder /= uuid.uuid4().hex
        folder.mkdir()
        shutil.copy(reference, folder / "market.sqlite3")
        self.app = self.stack.enter_context(running(make_app(folder)))

    def is_compared(self, name: str) -> bool:
        """Whether the notes know of the tasks of that name."""
        raise NotImplementedError

    def listed(self, account: Account) -> Counter[Any]:
        """Numbers by name of the task, whether the account itself decides, and whether late."""
        found: Counter[Any] = Counter()
        with fresh_request(self.app):
            for task in tasks_of(account):
                if self.is_compared(task.name):
                    found[task.name, not task.is_watched] += task.count
                    found[task.name, not task.is_watched, "late"] += task.late
        return +found

    def teardown(self) -> None:
        try:
            for official in getattr(self, "officials", {}).values():
                self.each_button_leads_to_the_thing(official)
        finally:
            self.stack.close()

    def each_button_leads_to_the_thing(self, official: Account) -> None:
        client = self.enter(official)
        page = client.get("/desk").text
        with fresh_request(self.app):
            urls = [task.url for task in tasks_of(official) if task.count]
        for url in urls:
            assert f'href="{url}"'.replace("&", "&amp;") in page, url
            assert client.get(url.partition("#")[0]).status_code == 200, url

    def enter(self, account: Account) -> Client:
        """A browser of its own, logged in as the account."""
        client = Client(self.app, self.app.response_class)
        with transaction():
            token = open_session(account, None, "tests")
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client


def run_machine(machine: type[DeskMachine], reference: Path, folder: Path, steps: int = 25) -> None:
    """Walk up to so many steps of the machine's rules in many orders, each in a market of its own
    under `folder`."""
    run_state_machine_as_test(
        lambda: machine(reference, folder),
        settings=settings(
            max_examples=settings().max_examples // 8,
            stateful_step_count=steps,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
