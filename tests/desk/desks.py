"""Stateful tests of the list of what to do: what each task is compared with, and by whom."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from market.accounts.models import Account
from market.accounts.sessions import open_session
from market.database import transaction
from market.web.desk_registry import tasks_of
from tests.conftest import Client, make_app, running
from tests.desk.requests import fresh_request
from tests.statements.reporting_fair import SHIMEN, TAOYUAN

COUNTIES = (SHIMEN, TAOYUAN)
REASON = "缺磅单，请补"
# By what each name is compared with: test_open_matters.py, test_open_cases.py, and, because the
# figures of monitoring are of up to ten minutes ago, tests/monitoring.
MATTERS = {
    *("deals-waiting", "deals-second", "deals-disputed", "deals-returned", "deals-undone"),
    *("offers-waiting", "offers-returned", "questions"),
    *("statements-submit", "statements-review", "statements-missing"),
}
CASES = {
    *("complaints", "certificates", "disputed-lines", "reported-conversations"),
    *("reported-questions", "sampling-check", "sampling-answer", "documents"),
    *("statements-overrides", "statements-confirm"),
}
NOT_AT_ONCE = {"glut", "shortage", "asleep"}
pick = st.integers(0, 9)


@dataclass(eq=False)
class Case:
    """What somebody who writes everything down knows of a thing that somebody decides.

    Attributes:
        name: of its task; decider: the code of the office that decides, or the account's id.
        is_shared: whether who is over the place sees that it waits.
        hands: ids of who acted in it before, and so does not decide it.
    """

    name: str
    thing: Any
    place: str
    decider: Any
    is_shared: bool = True
    hands: Sequence[int] = ()
    is_open: bool = True
    is_late: bool = False


class DeskMachine(RuleBasedStateMachine):
    """A market of its own, the lists of its accounts, and the pages they lead to.

    Attributes:
        compared: the names of tasks that the machine's notes are about.
    """

    compared: set[str]

    def __init__(self, reference: Path, folder: Path) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder /= uuid.uuid4().hex
        folder.mkdir()
        shutil.copy(reference, folder / "market.sqlite3")
        self.app = self.stack.enter_context(running(make_app(folder)))
        self.has_begun = False

    def desks(self) -> Iterable[Account]:
        """The accounts that have a desk."""
        raise NotImplementedError

    def without_desk(self) -> Iterable[Account]:
        """Those that have none, and so nothing to do there."""
        raise NotImplementedError

    def listed(self, account: Account) -> Counter[Any]:
        """What the account's list says: numbers by name, whether it decides, and lateness."""
        found: Counter[Any] = Counter()
        with fresh_request(self.app):
            for task in tasks_of(account):
                assert task.name in MATTERS | CASES | NOT_AT_ONCE, "a task compared with nothing"
                if task.name in self.compared:
                    found[task.name, not task.is_watched] += task.count
                    found[task.name, not task.is_watched, "late"] += task.late
        return +found

    def teardown(self) -> None:
        try:
            if self.has_begun:
                self.each_button_leads_to_the_thing()
        finally:
            self.stack.close()

    def each_button_leads_to_the_thing(self) -> None:
        for official in self.desks():
            client = self.enter(official)
            page = client.get("/desk").text
            with fresh_request(self.app):
                urls = [task.url for task in tasks_of(official) if task.count]
            for url in urls:
                assert f'href="{url}"'.replace("&", "&amp;") in page, url
                assert client.get(url.partition("#")[0]).status_code == 200, url
        for account in self.without_desk():
            assert self.listed(account) == {}, account.name
            assert self.enter(account).get("/desk").status_code == 403

    def enter(self, account: Account) -> Client:
        """A browser of its own, logged in as the account."""
        client = Client(self.app, self.app.response_class)
        with transaction():
            token = open_session(account, None, "tests")
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client


def rule_on(name: str, **given: Any) -> Callable[[Any], Any]:
    """A rule about one of the open cases of that name, which its `number` chooses; none is tried
    while nothing is open."""

    def decorate(step: Any) -> Any:
        is_any_open = precondition(
            lambda machine: any(case.is_open and case.name == name for case in machine.cases)
        )
        return is_any_open(rule(number=pick, **given)(step))

    return decorate


def run_machine(
    machine: type[DeskMachine], reference: Path, folder: Path, share: int, steps: int
) -> None:
    """Run the machine with one of `share` of the profile's examples, of `steps` steps each."""
    run_state_machine_as_test(
        lambda: machine(reference, folder),
        settings=settings(
            max_examples=settings().max_examples // share,
            stateful_step_count=steps,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
