"""Property tests go by the profiles of the root conftest."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import settings

TESTS = Path(__file__).resolve().parents[1]


def test_no_property_test_fails_because_the_machine_is_busy() -> None:
    """Hypothesis's own deadline is 200 ms for an example; a test must not set another."""
    for profile in ("quick", "thorough"):
        assert settings.get_profile(profile).deadline is None
    assert settings().deadline is None
    own = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in TESTS.rglob("*.py")
        if path.name != "conftest.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "settings"
        and any(keyword.arg == "deadline" for keyword in node.keywords)
    ]
    assert own == []
