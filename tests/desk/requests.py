"""Requests of tests that ask for the lists of several accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g


@contextmanager
def fresh_request(app: Flask) -> Iterator[None]:
    """A request that remembers nothing of another, though the test's app context outlives it."""
    for name in list(g):
        g.pop(name)
    with app.test_request_context():
        yield
