"""All forms, as each role, with strange texts: nothing breaks, nothing typed is lost."""

from __future__ import annotations

import gc
import io
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pysqlite3 import dbapi2
from werkzeug.datastructures import MultiDict

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from tests.conventions.conftest import ROLES, account_of, browser_of
from tests.conventions.forms import HERE, Sheet, filled, plain, typed, walk
from tests.conventions.test_form_recovery import addresses, built

PHONE = re.compile(r"(?<![\d.])(?:86 ?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
# However a number was written, it may come back as numbers are read.
DIGITS = re.compile(r"\D")
STRANGE: list[Any] = [
    "",
    "a long text " * 17_000,
    "nul\0 \x01\x1b\x7f",
    b"\xff\xfe\xed\xa0\x80",
    "\u202eright to left\u2066\u200b",
    "１２，３４５",
    "5200,50",
    str(2**31),
    str(2**63),
    "9" * 5000,
    "1e400",
    "-0",
    "-1",
    "NaN",
    "0." + "0" * 300 + "1",
    "9999999999亿",
    "0026-10-01",
    "9999-12-31",
    "2026-02-31",
    "2026年" * 60,
    "no-such-option",
    "../../etc/passwd",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "👨‍👩‍👧🍊",
    "x" * 500,
    "' OR 1=1 -- ); DROP TABLE",
    'title:[a TO z] AND (* ~ ^ " \\ {',
    "one\r\ntwo\rthree\n\n",
    "%s %(name)s {0} {{ 7*7 }} {% x %}",
    "请打 139-0000-1234",
    '=HYPERLINK("http://example.org")',
    "²³½Ⅻ〇零",
    ",",
    "\u3000 \u3000",
    "−5",
]
TWICE, WITHOUT, FILE = "sent twice", "left out", "a file"
# A place, a product and a day are given back as what they were understood to be.
UNDERSTOOD = {"region", "product"}


class Trial:
    """A market whose database is put back after every request that changed it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.file = Path(app.config["INSTANCE"]) / "market.sqlite3"
        self.copy = self.file.with_name("strange-texts.sqlite3")
        self.faults: list[str] = []
        self.tried: Counter[str] = Counter()
        self.taken = 0
        self.written = 0

    def begin(self, people: dict[str, Account | None]) -> dict[str, FlaskClient]:
        """A browser for each of the people, logged in in the database that is put back."""
        browsers = {name: browser_of(self.app, account) for name, account in people.items()}
        self._let_go()
        connection = dbapi2.connect(self.file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self.copy)
        self.written = self._written()
        return browsers

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()
        # One that only waits to be collected would read on in the log that is about to go.
        if self._is_open():
            gc.collect()

    def _is_open(self) -> bool:
        """Whether this process still holds the database's file, as far as the system tells."""
        links = Path("/proc/self/fd").glob("*")
        return any(os.path.realpath(link) == str(self.file.resolve()) for link in links)

    def has_changed(self) -> bool:
        log = self.file.with_name(self.file.name + "-wal")
        return (log.exists() and log.stat().st_size > 0) or self._written() != self.written

    def _written(self) -> int:
        """When the file itself was last written: once its log is, by who closes it last."""
        return self.file.stat().st_mtime_ns

    def put_back(self) -> None:
        self._let_go()
        for end in ("-wal", "-shm"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)
        shutil.copyfile(self.copy, self.file)
        self.written = self._written()

    def send(self, client: FlaskClient, form: Sheet, pairs: list[Any], file: str = "") -> Any:
        if form.method == "get":
            return client.get(f"{form.action.partition('?')[0]}?{urlencode(pairs)}")
        headers = {"Origin": HERE, "Referer": HERE + form.page}
        if file:
            fields: MultiDict[str, Any] = MultiDict(pairs)
            fields.setlist(file, [(io.BytesIO(b"\x89PNG, or not"), 'a\r\nX: y"<.png')])
            return client.post(form.action, data=fields, headers=headers)
        kind = "application/x-www-form-urlencoded"
        body = urlencode(pairs)
        return client.post(form.action, data=body, content_type=kind, headers=headers)

    def judge(self, who: str, form: Sheet, pairs: list[Any], odd: str, answer: Any) -> None:
        """Note what is wrong with the answer; `odd` says what was strange in what was sent."""
        self.tried[form.action] += 1
        where = f"{who}: {form.method} {form.action} with {odd}: {answer.status_code}"
        if answer.status_code >= 500:
            self.faults.append(where)
        if answer.mimetype != "text/html":
            return
        text = answer.get_data(as_text=True)
        if "<script>alert(1)" in text:
            self.faults.append(f"{where}, as a script")
        if who == "visitor":
            sent = [DIGITS.sub("", plain(str(value))) for _name, value in pairs]
            shown = {DIGITS.sub("", found)[-11:] for found in PHONE.findall(text)}
            shown = {number for number in shown if not any(number in digits for digits in sent)}
            self.faults += [f"{where} shows {number}" for number in sorted(shown)]
        if form.method == "post" and answer.status_code not in (302, 303):
            self.lost(where, form, pairs, text)

    def lost(self, where: str, form: Sheet, pairs: list[Any], text: str) -> None:
        told = plain(text)
        for name, value in typed(form, pairs):
            if name not in UNDERSTOOD and plain(value) not in told:
                self.faults.append(f"{where} loses {name}={value[:30]!r}")

    def one(self, who: str, client: FlaskClient, form: Sheet, pairs: list[Any], odd: str) -> None:
        """Send it, follow where it leads, and put everything back."""
        cookies = dict(client._cookies)
        name = odd.partition(" ")[2] if odd.startswith(FILE) else ""
        answer = self.send(client, form, pairs, name)
        kept = [pair for pair in pairs if pair[0] != name]
        self.judge(who, form, kept, odd, answer)
        if answer.status_code in (302, 303):
            goal = urlsplit(answer.location)
            if goal.netloc not in ("", "localhost"):
                self.faults.append(f"{who}: {form.action} with {odd} leads to {answer.location}")
            with client.session_transaction() as session:
                told = {category for category, _text in session.get("_flashes", ())}
            after = client.get(answer.location)
            self.judge(who, Sheet(goal.path, "get", "/"), [], f"what {form.action} made", after)
            refused = form.method == "post" and told and "success" not in told
            if refused and after.mimetype == "text/html":
                self.lost(f"{form.action} with {odd}", form, kept, after.get_data(as_text=True))
            self.taken += form.method == "post" and "success" in told
        if self.has_changed():
            self.put_back()
        client._cookies.clear()
        client._cookies.update(cookies)


def trials(form: Sheet, turn: int) -> Iterator[tuple[str, list[Any]]]:
    """(what is strange, the fields) for a form: nothing, everything, and one after another.

    The strange values go round the fields; `turn` says where they begin.
    """
    pairs = filled(form)
    fields = [i for i, (name, _value) in enumerate(pairs) if name != "csrf_token"]
    yield "nothing", list(pairs)
    for first in range(turn % 3, len(STRANGE), 3):
        strange = list(pairs)
        for n, i in enumerate(fields):
            strange[i] = (pairs[i][0], STRANGE[(first + n * 5) % len(STRANGE)])
        yield f"all from {first}", strange
    for n, i in enumerate(fields):
        name, value = pairs[i]
        for odd in (STRANGE * 2)[(turn + n * 11) % len(STRANGE) :][:2]:
            yield f"{name}={odd[:20]!r}", [*pairs[:i], (name, odd), *pairs[i + 1 :]]
        yield f"{TWICE} {name}", [*pairs[:i], (name, value), (name, value), *pairs[i + 1 :]]
        yield f"{WITHOUT} {name}", [*pairs[:i], *pairs[i + 1 :]]
        yield f"{FILE} {name}", list(pairs)


def people() -> dict[str, tuple[Account | None, list[str]]]:
    """Somebody of each role, and the parties of a deal in each state, with pages of theirs."""
    found: dict[str, tuple[Account | None, list[str]]] = {}
    for role in ROLES:
        found[role] = (account_of(role), ["/", "/me", "/desk", "/station", "/offers/mine"])
    for status in DealStatus:
        for side in (Deal.seller_id, Deal.buyer_id):
            query = db.select(Account, Deal.id).join(Deal, side == Account.id)
            query = query.where(Deal.status == status, Account.password_hash.is_not(None))
            if row := db.session.execute(query.order_by(Deal.id)).first():
                found[f"{side.key[:-3]} of {status.value}"] = (row[0], [f"/deals/{row[1]}"])
    return found


@pytest.fixture
def trial(market: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trial]:
    monkeypatch.setitem(market.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(market.config, "TESTING", False)
    monkeypatch.setattr("market.web.limits.limiter.enabled", False)
    # No thread writes in a file that is being put back.
    monkeypatch.setattr("market.web.gathered_counts.FLUSH_SECONDS", float("inf"))
    trial = Trial(market)
    yield trial
    trial.put_back()
    trial.copy.unlink()


@pytest.mark.endurance
def test_no_strange_text_breaks_a_form_or_is_lost(trial: Trial) -> None:
    """Each form with each strange text; one that several roles have fully as the first of them."""
    known = people()
    starts = {who: pages + read(trial.app, who) for who, (_account, pages) in known.items()}
    browsers = trial.begin({who: account for who, (account, _pages) in known.items()})
    done: Counter[Any] = Counter()
    for who, client in browsers.items():
        one_deal = who not in ROLES
        for key, form in walk(trial.app, client, starts[who], None if one_deal else 1).items():
            if one_deal and done[key]:
                continue
            done[key] += 1
            for n, (odd, pairs) in enumerate(trials(form, len(done) + done[key])):
                if n > 1 and done[key] > 1:
                    break
                trial.one(who, client, form, pairs, odd)
    trial.put_back()
    assert not trial.faults, "\n".join(trial.faults)
    assert len(done) > 70
    assert trial.taken > 60


def read(app: Flask, who: str) -> list[str]:
    """Pages of that role that links don't lead to."""
    if who not in ROLES:
        return []
    known = addresses(who)
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [
        built(app, rule, known.get(rule.endpoint, {}))
        for rule in rules
        if "GET" in (rule.methods or ())
    ]
