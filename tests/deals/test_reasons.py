"""Which written reasons say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.deals.reasons import TOKENS, is_token


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "test",
            "ＴＥＳＴ",
            "test test test",
            "ok",
            "OK。",
            "同意",
            "情况属实",
            "已核实，无误",
        ),
        *("111111", "。。。。。。", "aaaa bbbb", "asdf asdf", "qwertyuiop", "啊啊啊啊啊啊", "好"),
        *("同意同意同意同意", "test1 test2", "yes, checked and correct"),
    ],
)
def test_a_mere_token_is_no_reason(text: str) -> None:
    assert is_token(text)


@pytest.mark.parametrize(
    "text",
    [
        *("已看合同原件，电话问过双方", "磅单三张合计五十吨", "对方收货后补签的合同"),
        *("含运费和包装", "rang both sides, two lorries", "ok: looked at the contract"),
    ],
)
def test_a_sentence_is_a_reason(text: str) -> None:
    assert not is_token(text)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(TOKENS), max_size=6), st.sampled_from(" ，。!\u200b"))
def test_tokens_say_nothing_however_many(words: list[str], between: str) -> None:
    assert is_token(between.join(words))
