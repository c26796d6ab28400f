"""A step that one button takes: its outcome is flashed on the page it returns to."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from market.database import transaction
from market.web.errors import DomainError
from market.web.form_recovery import flash_refusal


def perform(step: Callable[[], object], back: str, done: str = "") -> Response:
    """Take one step in one transaction, flash how it went, and redirect to `back`.

    Args:
        done: what to say once it is done; empty: what `step` returns.

    Raises:
        DomainError: it was refused, and what was typed with it would be lost (flash_refusal).
    """
    try:
        with transaction():
            result = step()
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(done or str(result), "success")
    return redirect(back, 303)
