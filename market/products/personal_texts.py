"""Taking what tells who somebody is out of a text: phones, addresses, names of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import rjieba

from market.text.characters import is_chinese

# Gives those of the folded candidates that are names of parties; rooms that have some add theirs.
NameFinder = Callable[[frozenset[str]], Iterable[str]]
name_finders: list[NameFinder] = []

# So many digits may be a phone, however they are parted.
MIN_DIGITS = 7
# Of the names looked for among the parts of a text, in characters.
NAME_LENGTHS = range(2, 21)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(rf"(?:[\d零〇幺一二两三四五六七八九][\s\-.·_]*){{{MIN_DIGITS},}}")
_HANDLE = re.compile(
    r"(?:微信|薇信|威信|v信|vx|wx|wechat|qq|抖音|快手)号?\s*[:：]?\s*[a-z0-9_\-]{4,}"
    r"|[\w.+\-]*@[\w.\-]*|(?:https?://|www\.)\S*"
)
# The commonest of Chinese surnames, simplified (Ministry of Public Security, 2020 report).
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任"
    "卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向"
    "常汤温康施牛樊葛洪邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁符阮尚舒纪梅童凌毕单裴"
    "霍成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房蒲滕萧屈饶解牟艾尤阳时穆农司卓古吉缪简车项连"
)
_TITLES = (
    "先生|女士|小姐|老板|师傅|经理|主任|书记|村长|支书|老师|医生|大姐|大哥|大叔|大爷|大妈|大娘"
    "|阿姨|叔叔|嫂子|婶子|总(?!汇|部|店)"
)
_SURNAME = f"[{''.join(sorted(SURNAMES))}]"
_TITLED = re.compile(rf"(?:老|小)?{_SURNAME}[\u3400-\u9fff]{{0,2}}?(?:{_TITLES})")
_INTRODUCED = re.compile(r"(?:联系人|收货人|负责人|姓名|我叫|找)\s*(?:是|为)?\s*[:：]?\s*")
# With these names of goods end, and names of people hardly ever.
_CLASS_NOUNS = frozenset("果瓜菜豆菇菌薯鱼虾蟹鸡鸭鹅猪蛙参椒笋藕葱蒜梨枣橘柑柚蕉肉蛋油粉糕")


def without_personal(text: str) -> str:
    """The folded text without phones, addresses and what reads like somebody's name."""
    text = _HANDLE.sub(" ", text)
    text = _NUMBER.sub(" ", text)
    if len(_DIGIT.findall(text)) >= MIN_DIGITS:
        text = _DIGIT.sub(" ", text)
    text = _TITLED.sub(" ", text)
    for start, end in reversed(_names(text)):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def _names(text: str) -> list[tuple[int, int]]:
    """Where names of people stand, by the general dictionary's tags: a surname with one or two
    characters that are tagged as a name. What ends like a kind of goods (卢卢果) is none."""
    found: list[tuple[int, int]] = []
    start = at = 0
    named = False
    for word, tag in [*rjieba.tag(text, True), ("", "")]:
        is_name = tag.startswith("nr") and all(map(is_chinese, word))
        if is_name and not named:
            start = at
        if named and not is_name and _is_a_name(text, start, at):
            found.append((start, at))
        named = is_name
        at += len(word)
    return found


def _is_a_name(text: str, start: int, end: int) -> bool:
    if text[start] not in SURNAMES or text[end - 1] in _CLASS_NOUNS or end - start > 4:
        return False
    alone = not any(map(is_chinese, text[max(0, start - 1) : start] + text[end : end + 1]))
    introduced = any(match.end() == start for match in _INTRODUCED.finditer(text[:start]))
    return end - start > 2 or alone or introduced


def parties_named(texts: Iterable[str]) -> frozenset[str]:
    """Those of the folded texts that hold the name of a party of the market."""
    by_part: dict[str, set[str]] = {}
    for text in texts:
        for length in NAME_LENGTHS:
            for start in range(len(text) - length + 1):
                by_part.setdefault(text[start : start + length], set()).add(text)
    parts = frozenset(by_part)
    names = {name for find in name_finders for name in find(parts)}
    return frozenset(text for name in names for text in by_part[name])
