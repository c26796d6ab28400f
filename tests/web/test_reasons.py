"""The reason that a step asks for."""

from __future__ import annotations

import pytest
from flask import Flask

from market.web.errors import Invalid
from market.web.reasons import MAX_REASON_LENGTH, require_reason


def test_a_reason_is_neither_empty_nor_too_long(app: Flask) -> None:
    with app.test_request_context():
        for reason in ("", " \n", "长" * (MAX_REASON_LENGTH + 1)):
            with pytest.raises(Invalid) as refused:
                require_reason(reason)
            assert refused.value.field == "reason"
        require_reason("长" * MAX_REASON_LENGTH)


def test_a_room_asks_for_it_in_its_own_words(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(Invalid, match="Why so late"):
        require_reason("", "Why so late?")
