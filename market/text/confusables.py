"""Characters drawn alike, and the skeleton that is the same for names that look the same.

A selection from Unicode's confusables (UTS #39, version 15.1; Unicode License V3), of what can
stand in a Chinese or English name: kana and variants that look like a Chinese
character, and letters of other scripts that look like Latin ones. The idea of a skeleton is
UTS #39's; two texts with one skeleton can't be distinguished by eye.
"""

from __future__ import annotations

import re
import unicodedata

from market.text.characters import fold, plain_letters, without_ignorable

# Each first stands for all of its group.
_HAN = (
    "一ー㇐ㅡ— 八ハ 力カ 卜ト 口囗ロㅁ 士土 夕タ 工エ 二ニ 丨㇑ㅣ 乙㇠ 户戶戸 值値 并併倂"
    " 啟啓启 填塡 晚晩 柿杮 研硏 绝絶 郎郞 镇鎭 隶隷 黑黒 龟亀 龙竜 齐斉"
)
_LATIN = (
    "AΑАᎪꓮ BΒВᏴꓐ CϹСᏟⲤꓚ DᎠꓓ EΕЕᎬꓰ FϜꓝ GԌᏀꓖ HΗНᎻⲎꓧ IΙІӀᎥⲒꓲι JͿЈᎫꓙ KΚКᏦⲔꓗ LᏞꓡ MΜМᎷⲘꓟ NΝⲚꓠ"
    " OΟОՕⲞꓳοоօ০੦○◯〇 PΡРᏢⲢꓑρр RᎡᏒꓣ SЅՏᏚꓢѕ TΤТᎢⲦꓔ UՍꓴυս VѴᏙꓦνѵ WԜᎳꓪԝ XΧХⲬꓫх YΥҮУⲨꓬуү"
    " ZΖᏃꓜ aɑαа cϲсⅽ dԁ eеҽ gɡց hһհ iіı jјϳ lӏǀ nոռ qԛգ wѡ 3ЗӠ 4Ꮞ 6б"
)
_ALIKE = {c: g[0].lower() for g in (*_HAN.split(), *_LATIN.split()) for c in g}
# A digit and the letters that pass for it.
_DIGITS = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})
_NEITHER = re.compile(r"[\W_]+")


def alike(character: str) -> str:
    """The plain lower-case letter or character that `character` looks like."""
    plain = fold(unicodedata.normalize("NFKC", character))
    return _ALIKE.get(character) or _ALIKE.get(plain) or plain


class _Shapes(dict[int, str]):
    """A character to what the eye sees of it; nothing of marks, spaces and punctuation."""

    def __missing__(self, code: int) -> str:
        text = unicodedata.normalize("NFKC", plain_letters(without_ignorable(chr(code))))
        text = "".join(_ALIKE.get(c, c) for c in text)
        text = unicodedata.normalize("NFD", text)
        folded = fold("".join(c for c in text if not unicodedata.combining(c)))
        alike = "".join(_ALIKE.get(c, c) for c in unicodedata.normalize("NFC", folded))
        self[code] = shape = _NEITHER.sub("", alike).translate(_DIGITS)
        return shape


_SHAPES = _Shapes()


def skeleton(text: str) -> str:
    """What is left of `text` for the eye: no marks, spaces or punctuation, no look-alikes."""
    return text.translate(_SHAPES)
