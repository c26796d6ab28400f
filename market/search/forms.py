"""Keeping a search: nothing is typed, the address says what."""

from __future__ import annotations

from market.web.forms import Form


class SaveForm(Form):
    """A button and the CSRF token."""
