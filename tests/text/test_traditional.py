"""Traditional characters, as OpenCC has them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from market.text import traditional
from market.text.characters import fold


def test_the_table_is_the_one_that_opencc_gives() -> None:
    file = Path(__file__).parents[2] / "scripts" / "traditional.py"
    spec = importlib.util.spec_from_file_location("traditional_script", file)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert Path(traditional.__file__).read_text(encoding="utf-8") == script.source()


def test_a_folded_text_is_as_long_as_what_was_typed() -> None:
    texts = {
        "乾辣椒": "干辣椒",
        "麵粉": "面粉",
        "乾薑": "干姜",
        "臺灣鳳梨": "台湾凤梨",
        "鱷魚龜": "鳄鱼龟",
    }
    assert {text: fold(text) for text in texts} == texts
