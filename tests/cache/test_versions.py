"""A versioned value is reused while its version stays, which is read once in a while."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from market.cache.versions import VERSION_CHECK_SECONDS, current_versions, versioned


class Source:
    """Something with a version, which counts how often it is asked for it."""

    def __init__(self) -> None:
        self.version, self.reads = 1, 0

    def version_key(self) -> int:
        self.reads += 1
        return self.version


def test_pages_that_only_name_a_version_read_it_once_in_a_while(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, clock = Source(), [100.0]
    monkeypatch.setattr("market.cache.versions.time", SimpleNamespace(monotonic=lambda: clock[0]))
    versioned("tested", source.version_key, lambda: "value")
    assert source.reads == 1
    clock[0] += VERSION_CHECK_SECONDS
    before = current_versions(["tested"])
    assert current_versions(["tested"]) == before
    assert source.reads == 2
    source.version = 2
    clock[0] += VERSION_CHECK_SECONDS
    assert current_versions(["tested"]) != before
    assert versioned("tested", source.version_key, lambda: "other value") == "other value"


def test_what_another_thread_found_later_is_not_put_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, clock = Source(), [100.0]
    monkeypatch.setattr("market.cache.versions.time", SimpleNamespace(monotonic=lambda: clock[0]))
    versioned("tested", source.version_key, lambda: "old")
    clock[0] += VERSION_CHECK_SECONDS

    def slowly() -> int:
        """The version as it was, told once another thread has seen the new one."""
        before, source.version = source.version, 2
        assert versioned("tested", source.version_key, lambda: "new") == "new"
        return before

    assert versioned("tested", slowly, lambda: "old") == "new"
    assert versioned("tested", source.version_key, lambda: "not asked") == "new"
