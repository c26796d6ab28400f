"""Do what a newcomer does, on this commit: clone it, `make run`, look, log in, post an offer.

    python3 tests/commands/newcomer.py [PORT]

The command, the address and the log-ins are those that README and the command itself print.
Uses the standard library only. Ends with the reason at the first thing that is not so.
"""

import http.cookiejar
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PORT = 8000
FIRST_RUN, LATER_RUN, SEEN = 1200, 300, 60
LARGEST = 330
OF_THE_CHECKOUT = ("PATH", "HOME", "LANG", "TERM", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def check(holds, reason):
    if not holds:
        sys.exit(f"NOT SO: {reason}")


def report(step, begin):
    print(f"newcomer: {step} ({time.monotonic() - begin:.0f} s)", flush=True)


def environment():
    """What a newcomer's shell has: no settings of the market, no environment of Python."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in OF_THE_CHECKOUT or name.startswith(("PIP_", "PYENV_", "LC_"))
    }


def until(holds, seconds, reason):
    """What `holds` answers, once that is true."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        check(time.monotonic() < end, f"{reason} (waited {seconds} s)")
        time.sleep(0.5)
    return answer


class Market:
    """`make run` in the clone, its output read as it is printed."""

    def __init__(self, clone, command):
        self.log = clone.parent / "output"
        self.process = subprocess.Popen(
            command,
            cwd=clone,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def printed(self):
        return self.log.read_text("utf-8")

    def address(self, seconds):
        """The printed address, once it answers."""

        def answers():
            check(self.process.poll() is None, f"make run ended:\n{self.printed()}")
            found = re.search(r"^Serving (http://\S+)", self.printed(), re.MULTILINE)
            if found and Visitor(found[1]).get("/"):
                return found[1]
            return None

        return until(answers, seconds, "the printed address does not answer")

    def stop(self):
        """End it as Ctrl-C does: everything that it started gets the signal."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(60)
        until(lambda: not alive(self.process.pid), 30, "processes are left after Ctrl-C")


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Form(HTMLParser):
    """The values that the page's form for `action` would send."""

    def __init__(self, html, action):
        super().__init__()
        self.action, self.inside, self.select = action, False, None
        self.values = {}
        self.feed(html)
        check(self.values, f"there is no form for {action}")

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            target = urllib.parse.urlparse(has.get("action") or self.action).path
            self.inside = has.get("method", "").lower() == "post" and target == self.action
        elif self.inside and tag == "select":
            self.select = has.get("name")
        elif self.inside and tag == "option":
            if "selected" in has or self.select not in self.values:
                self.values[self.select] = has.get("value", "")
        elif self.inside and tag in ("input", "textarea") and has.get("name"):
            kind = has.get("type")
            if kind not in ("checkbox", "radio", "file", "submit") or "checked" in has:
                self.values[has["name"]] = has.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


class Visitor:
    """A browser without script."""

    def __init__(self, address, *handlers):
        self.address = address
        self.jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # Straight to this machine, whatever proxy is set for others.
        straight = urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(straight, self.jar, *handlers)

    def get(self, path, data=None):
        """The page, or None while nothing answers."""
        body = urllib.parse.urlencode(data).encode() if data else None
        # As browsers do: over TLS a form that comes from nowhere is refused.
        request = urllib.request.Request(
            self.address + path, body, {"Referer": f"{self.address}/"} if body else {}
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            check(False, f"{path} answers {error.code}: {error.read()[:2000].decode()}")
        except OSError:
            return None

    def send(self, path, values, query=""):
        """Fill in the form of the page and send it; the page that follows."""
        form = Form(self.get(path + query), path)
        return self.get(path, {**form.values, **values})


def look(address, printed):
    """The fair and offers are there, a printed log-in works, what is posted is found."""
    visitor = Visitor(address)
    front = visitor.get("/")
    check(re.search(r'href="/fairs/[\w-]+"', front), "the front page leads to no fair")
    offers = re.findall(r'href="(/offers/\d+)"', front)
    check(len(offers) > 3, "the front page shows no offers")
    check("<h1" in visitor.get(offers[0]), "an offer of the front page has no page")
    password = re.search(r"the password of each is (\S+)", printed)
    farmer = re.search(r"^ +(1\d{10}) +farmer ", printed, re.MULTILINE)
    check(password and farmer, "no log-in of a farmer is printed")
    visitor.send("/login", {"phone": farmer[1], "password": password[1]})
    check('href="/login' not in visitor.get("/"), "the printed log-in does not log in")
    return post(visitor)


def post(visitor):
    """Post an offer and wait until the worker has put it in the index; its mark."""
    mark = "".join(secrets.choice("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for _ in range(8))
    pears = {
        "product": "翠冠梨",
        "quantity": "2000",
        "price_low": "2.35",
        "region": "石门县",
        "title": f"翠冠梨 {mark}",
        "action": "publish",
    }
    visitor.send("/offers/new", pears, "?side=sell")
    found = "/offers?q=" + urllib.parse.quote(mark)
    until(lambda: mark in offers_of(visitor.get(found)), SEEN, "a posted offer is not found")
    return found, mark


def offers_of(page):
    """The titles of the offers that a list shows; not what was typed in its box."""
    return " ".join(re.findall(r'<a [^>]*href="/offers/\d+"[^>]*>.*?</a>', page or "", re.DOTALL))


def taken(clone, command, port):
    """With its port taken, the command says so and has not begun to work."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        ended = subprocess.run(
            command, cwd=clone, env=environment(), text=True, capture_output=True, timeout=60
        )
    said = ended.stdout + ended.stderr
    check(ended.returncode, "make run does not mind that its port is taken")
    check(f"Port {port}" in said and "taken" in said, f"a taken port is told as:\n{said}")
    check("Traceback" not in said, f"a taken port breaks:\n{said}")


def size(folder):
    """Megabytes on the disk, as `du -sm` tells."""
    return int(subprocess.check_output(["du", "-sm", folder], text=True).split()[0])


def main(port=PORT):
    readme = (SOURCE / "README.md").read_text("utf-8")
    command = re.search(r"^    (make run)\b", readme, re.MULTILINE)[1].split()
    if port != PORT:
        command.append(f"PORT={port}")
    begin = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="newcomer-"))
    clone = folder / "market"
    running = None
    try:
        subprocess.run(["git", "clone", "--quiet", SOURCE, clone], check=True)
        taken(clone, command, port)
        check(not (clone / ".venv").exists(), "make run works before it looks at the port")
        report("with the port taken it says so", begin)
        begin = time.monotonic()
        running = Market(clone, command)
        address = running.address(FIRST_RUN)
        report(f"the first {' '.join(command)} serves {address}", begin)
        check(address == f"http://127.0.0.1:{port}", f"the address is {address}")
        check("WARNING" not in running.printed(), f"pip's noise:\n{running.printed()}")
        begin = time.monotonic()
        found, mark = look(address, running.printed())
        report("the fair, offers and a log-in are there, a posted offer is found", begin)
        taken_again = subprocess.run(command, cwd=clone, env=environment(), capture_output=True)
        check(taken_again.returncode, "a second one beside it starts")
        running.stop()
        begin = time.monotonic()
        running = Market(clone, command)
        address = running.address(LATER_RUN)
        report("a second make run serves again", begin)
        check(mark in offers_of(Visitor(address).get(found)), "the posted offer is gone")
        megabytes = size(clone / ".venv")
        print(f"newcomer: the environment has {megabytes} MB", flush=True)
        check(megabytes < LARGEST, f"the environment is over {LARGEST} MB")
    finally:
        if running and running.process.poll() is None:
            running.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
