"""What the documents tell people to make is in the Makefile, and `make help` lists it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    path.name for path in sorted(ROOT.glob("*.md")) if path.name != "CHANGELOG.md"
]  # a change log names targets as they were
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LISTED = re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE)


def code_of(document: str) -> list[str]:
    """The code of a Markdown text: spans between backticks, indented and fenced lines."""
    text = (ROOT / document).read_text("utf-8")
    fenced = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [*fenced, *re.findall(r"`([^`]+)`", rest), *re.findall(r"^ {4}.*", rest, re.MULTILINE)]


def targets_of(code: str) -> set[str]:
    """The targets that a line of a shell asks `make` for; not its settings (PORT=8001)."""
    code = re.sub(r"#.*", "", code)
    found = re.findall(r"\bmake((?: (?:[A-Z]+=(?:\"[^\"]*\"|\S+)|(?!--)[^\s;&|)]+))+)", code)
    return {word for words in found for word in shlex.split(words) if "=" not in word}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_only_targets_that_help_lists(document: str) -> None:
    named = set().union(*map(targets_of, code_of(document)))
    assert named <= set(LISTED), named - set(LISTED)


def test_the_readme_names_targets_at_all() -> None:
    named = set().union(*map(targets_of, code_of("README.md")))
    assert {"run", "test", "check"} <= named


@pytest.mark.parametrize("target", LISTED)
def test_make_knows_how_to_make_what_help_lists(target: str) -> None:
    # Left to itself it tries several Pythons, and at each place that names one again.
    command = ["make", "--dry-run", target, f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"^\.PHONY:.*(?<![\w-]){target}(?![\w-])", MAKEFILE, re.MULTILINE)


def test_make_finds_a_python_that_is_new_enough_by_itself() -> None:
    done = subprocess.run(["make", "python"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_lists_every_target_with_its_line() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[0] for line in shown.stdout.splitlines()] == LISTED
