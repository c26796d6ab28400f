"""What README tells to type does what README says. Each command is read from it.

`make run` itself is `newcomer.py`'s, which begins without an environment.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.newcomer import Visitor
from tests.killing import PATIENCE, until
from tests.optional import lacks
from tests.ports import free_port
from tests.postgresql import Server

pytestmark = pytest.mark.endurance
ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PASSWORD = "orchard-gate-7719"
# What is typed into each command of the table, and what it must print.
TYPED = {
    "flask search understand": "石门的翠冠梨\n",
    "flask accounts create-administrator": f"管理员\n13800009999\n{PASSWORD}\n{PASSWORD}\n",
}
PRINTS = {
    "flask init": "Database ready",
    "flask seed demo": "the password of each is",
    "flask fair replay": "99,933 万元: counted from the rows and equal to the totals",
    "flask calendar status": "The clock says",
    "flask calendar confirm": "goes on from",
    "flask calendar undo": "Nothing to put right|[1-9]",
    "flask papers make": r"\d+ documents made",
    "flask reindex": r"[1-9]\d{3} offers indexed",
    "flask search understand": '"0302011"|翠冠梨',
    "flask search query TEXT": r"\d\.\d{3} +\d+ +\S",
    "flask search match OFFER_ID": r"1  (buy|sell)  \S",
    "flask search status": "missing +none|missing +0|documents +[1-9]",
    "flask backup FOLDER": r"database [\d.]+ MB, [1-9]\d* files",
    "flask restore BACKUP --drill": "ledger whole with [1-9]",
    "flask ledger verify": "The ledger is whole: [1-9]",
    "flask regions check": "",
    "flask products check": "",
    "flask offers tidy-photos": r"\d+ files deleted",
    "flask accounts create-administrator": "is an administrator",
    "flask accounts one-time-password PHONE": r"can log in once within \d+ minutes with: \S+",
    "flask accounts reset-second-factor PHONE": "logs in with the password alone",
}
# Gives the account of the table's PHONE an app for its codes.
SECOND_FACTOR = """
from market.accounts.models import Account
from market.accounts.second_factor import new_seed
from market.accounts.second_factor_models import SecondFactor
from market.database import db, transaction
from wsgi import app
with app.app_context(), transaction():
    account = db.session.scalars(db.select(Account).filter_by(phone="+8613800001122")).one()
    db.session.add(SecondFactor(account_id=account.id, seed=new_seed(), last_step=0))
"""


def section(title: str) -> str:
    """The text under a heading of README, up to the next one of its level."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def lines_of_the_table() -> list[str]:
    """Each command; one that stands as a word alone belongs to the group named before it."""
    commands: list[str] = []
    for row in re.findall(r"^\| (`flask .+?) \|", section("Commands"), re.MULTILINE):
        for text in re.findall(r"`([^`]+)`", row):
            group = "" if text.startswith("flask ") else commands[-1].rsplit(" ", 1)[0] + " "
            commands.append(group + text)
    return commands


def make_commands() -> list[str]:
    """Every `make …`, with the settings before it."""
    text = re.sub("```.*?```", "", README, flags=re.DOTALL)
    typed = re.findall(r"`([^`]+)`", text) + re.findall(r"^    (make .*)$", text, re.MULTILINE)
    found = [re.match(r"(?:[A-Z_]+=\S+ )*make [a-z-]+( [A-Z]+=\S+)*", text) for text in typed]
    return sorted({match[0] for match in found if match})


class Checkout:
    """A copy of the tracked files, and commands typed in its folder as in a new shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
        for name in filter(None, tracked.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        self.settings = {
            name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ
        }
        self.settings |= {name: os.environ[name] for name in os.environ if name[:4] == "PIP_"}
        self.settings["PATH"] = f"{folder}/.venv/bin:{os.environ['PATH']}"
        self.settings["FLASK_APP"] = "wsgi"

    def use_this_environment(self) -> None:
        """Let .venv be the environment that runs the tests; make finds nothing to install."""
        (self.folder / ".venv").mkdir()
        for part in Path(sys.prefix).iterdir():
            if not part.name.endswith("ready"):
                (self.folder / ".venv" / part.name).symlink_to(part)
        for name in ("ready", "test-ready", "bench-ready"):
            (self.folder / ".venv" / name).touch()

    def type(self, command: str, typed: str = "", **settings: str) -> str:
        """What the command prints; it must end well."""
        ended = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env={**self.settings, **settings},
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            # Without a terminal, a password is read from what is typed.
            start_new_session=True,
        )
        assert ended.returncode == 0, f"{command}:\n{ended.stdout}"
        assert "Traceback" not in ended.stdout, ended.stdout
        return ended.stdout

    @contextmanager
    def running(self, command: str, **settings: str) -> Iterator[None]:
        """The command at work, ended as Ctrl-C ends it, with all that it started.

        What it printed is told with whatever fails meanwhile.
        """
        printed = self.folder / f"output-{len(list(self.folder.glob('output-*')))}"
        with printed.open("w") as output:
            process = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env={**self.settings, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield
            assert process.poll() is None
        except Exception as error:
            error.add_note(f"{command} printed:\n{printed.read_text()}")
            raise
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)
            until(lambda: not group_lives(process.pid))


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def front_page(address: str, *handlers: urllib.request.BaseHandler) -> str:
    """What a visitor sees there, once it answers."""
    visitor = Visitor(address, *handlers)
    until(lambda: visitor.get("/"))
    return visitor.get("/") or ""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    made.use_this_environment()
    return made


def test_every_line_of_the_table_does_what_it_says(checkout: Checkout) -> None:
    """In the order of the table: each finds what those before it have made."""
    commands = lines_of_the_table()
    assert len(commands) > 10
    untested = {command for command in commands if command != "flask worker"} - PRINTS.keys()
    assert not untested, "say in PRINTS what they must print"
    for command in commands:
        if "second-factor" in command:
            checkout.type("python -", SECOND_FACTOR)
        if command == "flask worker":
            with checkout.running(f"exec {command}"):
                until(lambda: "documents" in status(checkout))
        else:
            given = (
                command.replace("TEXT", "橙")
                .replace("PHONE", "13800001122")
                .replace("OFFER_ID", "1")
                .replace("FOLDER", "backups")
                .replace("BACKUP", "backups/2*Z")
            )
            assert re.search(PRINTS[command], checkout.type(given, TYPED.get(command, "")))
    serve_what_is_there(checkout)
    take_a_back_up(checkout)


def status(checkout: Checkout) -> str:
    ended = subprocess.run(
        ["sh", "-c", "flask search status"],
        cwd=checkout.folder,
        env=checkout.settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout


def serve_what_is_there(checkout: Checkout) -> None:
    """`make serve` on the demonstration and on the replay that the table has made."""
    shown = {"MARKET_INSTANCE=instance/replay make serve": "2012", "make serve": "/fairs/demo-"}
    read = {command for command in make_commands() if command.endswith("make serve")}
    assert read <= shown.keys(), "say in `shown` what they must show"
    for command, shows in shown.items():
        port = free_port()
        with checkout.running(command, PORT=str(port)):
            page = front_page(f"http://127.0.0.1:{port}")
            page += Visitor(f"http://127.0.0.1:{port}").get("/fairs") or ""
            assert shows in page, command


def take_a_back_up(checkout: Checkout) -> None:
    """README's back-up of the market, restored in a new instance, holds the same ledger."""
    text = section("In production")
    back_up, restore = re.findall(r"`(flask (?:backup|restore) [^`]+)`", text)
    head = checkout.type("flask ledger verify")
    checkout.type(back_up.replace("FOLDER", "copies"))
    (made,) = (checkout.folder / "copies").glob("2*Z")
    named = re.sub(r"FOLDER/\w+", f"copies/{made.name}", restore)
    restored = str(checkout.folder / "restored")
    assert "ledger whole" in checkout.type(named, MARKET_INSTANCE=restored)
    assert checkout.type("flask ledger verify", MARKET_INSTANCE=restored) == head


def test_make_knows_every_target_that_readme_names(checkout: Checkout) -> None:
    targets = {re.search(r"make ([a-z-]+)", command)[1] for command in make_commands()}  # type: ignore[index]
    assert {"run", "test", "check", "serve", "replay", "bench"} <= targets
    for target in targets:
        checkout.type(f"make -n {target} PORT={free_port()}")


def test_make_replay_is_the_command_of_the_table(checkout: Checkout) -> None:
    assert "flask fair replay" in checkout.type("make -n replay")


class Production:
    """The steps of README's section, on a PostgreSQL database, behind nginx."""

    def __init__(self, checkout: Checkout, database: str) -> None:
        self.checkout = checkout
        self.text = section("In production")
        self.port, self.secure = free_port(), free_port()
        checkout.settings |= {
            "MARKET_ENV": "production",
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": database,
            "TRUSTED_PROXIES": "1",
            "BIND": f"127.0.0.1:{self.port}",
        }

    def step(self, number: int) -> str:
        steps = re.split(r"^\d\. ", self.text, flags=re.MULTILINE)
        return " ".join(steps[number].split())

    def commands(self, number: int) -> list[str]:
        return [
            code
            for code in re.findall(r"`([^`]+)`", self.step(number))
            if re.match(r"python3|\.venv/bin|flask |PATH=", code)
        ]

    def nginx(self) -> Path:
        """README's configuration with this machine's ports and a certificate of its own."""
        folder = self.checkout.folder / "nginx"
        folder.mkdir()
        make = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=market.example.org"
        command = [*make.split(), "-keyout", "market.key", "-out", "market.crt"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        server = re.search(r"```nginx\n(.*?)```", self.text, re.DOTALL)
        assert server
        text = server[1].replace("listen 443 ssl", f"listen 127.0.0.1:{self.secure} ssl")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        text = text.replace("/etc/ssl/", f"{folder}/")
        scratch = " ".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = folder / "nginx.conf"
        file.write_text(
            f"daemon off; pid {folder}/pid; error_log stderr;\n"
            f"events {{}} http {{ access_log off; {scratch}\n{text}}}"
        )
        return file


def test_the_steps_for_production_serve_a_market_behind_nginx(
    tmp_path: Path, postgresql: Server
) -> None:
    if not (shutil.which("nginx") and shutil.which("openssl")):
        lacks("nginx")
    with postgresql.database() as url:
        production = Production(Checkout(tmp_path), url)
        install(production)
        for command in production.commands(3):
            production.checkout.type(command, TYPED.get(command, ""))
        (honcho,) = production.commands(4)
        nginx = f"exec nginx -c {production.nginx()}"
        with production.checkout.running(honcho), production.checkout.running(nginx):
            until(lambda: listens(production.port))
            look(f"https://127.0.0.1:{production.secure}")


def install(production: Production) -> None:
    """The first step, with the Python that runs the tests."""
    commands = production.commands(1)
    assert len(commands) == 2
    for command in commands:
        python = getattr(sys, "_base_executable", sys.executable)
        production.checkout.type(command.replace("python3.11", python))
    assert "DATABASE_URL" in production.step(2)


def listens(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


def look(address: str) -> None:
    """Through nginx and TLS the new administrator logs in, with secure cookies."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    visitor = Visitor(address, urllib.request.HTTPSHandler(context=trusting))
    until(lambda: visitor.get("/"))
    visitor.send("/login", {"phone": "13800009999", "password": PASSWORD})
    # Made at the command line: the terms are still to be agreed to.
    visitor.send("/me/terms", {"agreed": "y"})
    # And without a second factor nothing of an administrator's is shown.
    assert "两步验证" in (visitor.get("/admin/accounts") or "")
    cookies = list(visitor.jar.cookiejar)
    assert cookies
    assert all(cookie.secure for cookie in cookies if cookie.name == "session")


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        checkout = Checkout(tmp_path)
        ended = subprocess.run(
            ["make", "run", f"PORT={port}"],
            cwd=tmp_path,
            env=checkout.settings,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode
    assert f"Port {port} on 127.0.0.1 is taken" in ended.stdout + ended.stderr
    assert not (tmp_path / ".venv").exists()
