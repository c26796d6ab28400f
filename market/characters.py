"""One way to write each character, so that words compare however they were typed.

Everything here keeps the length of a text: what is found in the folded text lies at the
same place in what was typed.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from market.traditional import SIMPLIFIED, TRADITIONAL

_PLAIN = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))

# Characters that are written for one another, by sound or by shape, in the words of the
# trade: the first stands for all of its group.
CONFUSABLE = (
    "猕弥迷", "蕃番", "橘桔", "菠波玻", "萝罗箩", "卜葡", "菇姑茹菰", "蓝兰篮", "薹苔", "籽子",
    "藕耦偶", "笋荀损", "葱匆", "蒜祘", "韭久", "芹勤", "菜采", "蕉焦", "莲连", "檬蒙", "柠宁",
    "榴留溜", "枇批", "杷把", "桃挑", "樱英婴", "楂渣查", "椰耶", "蜜密", "砂沙", "脐齐", "橙澄",
    "柚油袖", "栗粟", "核合", "桔结", "杏否", "莓梅", "草艹", "带代", "鳅秋", "鳝善", "鲫即",
    "鲶粘", "鲢涟", "鱿尤", "虾吓", "蛋旦", "鸭甲", "鹅俄", "鸽合", "兔免", "猪诸", "腐付",
    "芋竽", "薯署暑", "芝之", "麻蔴", "粱梁", "麦迈", "稻道", "糯诺", "茄加", "茭交", "椒淑",
    "葫胡", "芦卢", "冬东", "苋见", "荠齐", "芥界", "芽牙", "蓬篷", "苦若", "黄簧", "蘑磨",
    "菌茵", "银艮", "枸构", "杞祀", "芪其", "苓令", "术木", "荔枝", "枣刺", "栀枝", "芍勺",
    "梨犁", "李季", "柑甘", "柿市",
)  # fmt: skip
_GROUP = {c: group[0] for group in reversed(CONFUSABLE) for c in group}

# Sounds that many speakers of the home region don't tell apart.
_ALIKE = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"),
)  # fmt: skip


class _Fold(dict[int, str]):
    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) != 1:
            plain = chr(code)
        bare = unicodedata.normalize("NFD", plain)[0].lower()
        # ü is typed v; Chinese and other letters stay what they are.
        plain = ("v" if plain.lower() in "üǖǘǚǜ" else bare) if bare.isascii() else plain
        lower = plain.lower()
        folded = _PLAIN.get(plain, lower if len(lower) == 1 else plain)
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """`text` in half-width, simplified, lower-case characters without tone marks.

    As long as `text`, character for character.
    """
    return text.translate(_FOLD)


def group(word: str) -> str:
    """`word` with each character that is easily confused replaced by its group's first."""
    return "".join([_GROUP.get(c, c) for c in word])


@lru_cache(maxsize=20_000)
def sound(character: str) -> str:
    """The pinyin of a Chinese character, without tone and without what is not told apart."""
    from pypinyin.constants import PINYIN_DICT

    readings = PINYIN_DICT.get(ord(character))
    if not readings:
        return character
    plain = fold(readings.split(",")[0])
    for strict, loose in _ALIKE:
        plain = plain.replace(strict, loose)
    if plain[0] in "lrn" and plain != "n":
        plain = "l" + plain[1:]
    return plain


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= character <= "\u9fff"
