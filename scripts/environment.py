"""Make the environment in .venv, or add the packages of a lock file to it.

    python3 scripts/environment.py requirements.lock

Uses the standard library only: it runs before anything is installed. What pip writes goes to
.venv/pip.log; it is shown when pip fails, and of the rest only what takes long.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
FOLDER = Path(".venv")
PYTHON = FOLDER / "bin" / "python"
# Without byte code: Python writes it for the modules that are really imported.
INSTALL = [
    *("-m", "pip", "--disable-pip-version-check", "--no-input", "install"),
    *("--progress-bar", "off", "--no-compile", "--require-hashes"),
    *("--only-binary", ":all:", "--requirement"),
]
# pip names each file that it downloads with its size; small ones are not worth a line.
DOWNLOAD = re.compile(r"^ *Downloading ([\w.]+)-.*\(([\d.]+ [MG]B)\)")


def say(text):
    print(text, flush=True)


def make():
    """Make the environment, or end with the reason that Python gives."""
    made = subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=False)
    if made.returncode:
        sys.exit("The environment in .venv could not be made.")
    # Before 3.12 it brings a builder of packages, which nothing here needs.
    remove = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "uninstall", "--yes"]
    subprocess.run([*remove, "--quiet", "setuptools"], check=False, stderr=subprocess.DEVNULL)


def install(lock):
    """Install the packages of `lock`, or end with all that pip said."""
    log = FOLDER / "pip.log"
    with log.open("w", encoding="utf-8") as record:
        pip = subprocess.Popen(
            [str(PYTHON), *INSTALL, lock],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for line in pip.stdout:
            record.write(line)
            if found := DOWNLOAD.match(line):
                say(f"  downloading {found[1]} ({found[2]})")
            elif line.startswith("Installing collected packages"):
                say("  installing")
    if pip.wait():
        say(log.read_text("utf-8"))
        sys.exit(f"pip could not install {lock}: its messages are above, and in {log}.")
    # Nobody runs the packages' own tests here: 9 MB.
    for tests in [*FOLDER.glob("lib/python*/site-packages/**/tests")]:
        shutil.rmtree(tests, ignore_errors=True)


def main(lock):
    """Make what is missing, telling each step."""
    if sys.version_info < OLDEST:
        have, need = (".".join(map(str, v)) for v in (sys.version_info[:2], OLDEST))
        sys.exit(f"Python {need} or later is needed, this is {have}: make PYTHON=...")
    begin = time.monotonic()
    packages = len(re.findall(r"^[\w.-]+==", Path(lock).read_text("utf-8"), re.MULTILINE))
    say(f"Installing the {packages} packages of {lock} in .venv, once.")
    if not PYTHON.exists():
        make()
    install(lock)
    say(f"  done in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
