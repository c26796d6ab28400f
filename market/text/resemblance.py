"""How characters resemble one another: by use, by shape, by sound."""

from __future__ import annotations

from functools import lru_cache

from market.text.characters import fold

# Characters that are written for one another, by sound or by shape, in the words of the
# trade: the first stands for all of its group.
CONFUSABLE = (
    "猕弥迷", "蕃番", "橘桔", "菠波玻", "萝罗箩", "卜葡", "菇姑茹菰", "蓝兰篮", "籽子", "藕耦偶",
    "笋荀损", "葱匆", "蒜祘", "芹勤", "菜采", "蕉焦", "莲连", "檬蒙", "柠宁", "榴留溜", "枇批",
    "杷把", "桃挑", "樱英婴", "楂渣查", "椰耶", "蜜密", "砂沙", "脐齐", "橙澄", "柚油袖", "栗粟",
    "核合", "桔结", "杏否", "莓梅每", "草艹", "带代", "鳅秋", "鳝善", "鲫即", "鲶粘", "鲢涟",
    "鱿尤", "虾吓", "蛋旦", "鸭甲", "鹅俄", "鸽合", "兔免", "猪诸", "腐付", "芋竽", "薯署暑",
    "芝之", "麻蔴", "粱梁", "麦迈", "稻道", "糯诺", "茄加", "茭交", "椒淑", "葫胡", "芦卢",
    "冬东", "苋见", "荠齐", "芥界介", "芽牙", "蓬篷", "苦若", "黄簧", "蘑磨", "菌茵", "银艮",
    "枸构", "杞祀", "芪其", "苓令", "术木", "荔枝", "枣刺", "姜羌", "韭韮久", "薹苔台", "蔗庶",
    "瓠弧", "荸孛", "栀枝", "芍勺", "梨犁", "李季", "柑甘", "柿市",
)  # fmt: skip
_GROUP = {c: group[0] for group in reversed(CONFUSABLE) for c in group}

# Characters of the names of goods and those that look like them.
SHAPES = (
    "白自日目百", "瓜爪", "技枝枚", "米未末来", "芪芘茋", "卜ト", "豆亘", "菜莱", "茶荼",
    "柚抽袖", "柑拑钳", "姜美羔", "藕耦", "鲤鲡理", "鲫鲗", "鲈炉", "鳊编", "虾蚂吓", "蟹解",
    "牛午", "羊半", "猪猎诸", "鸡鸣", "鸭鸦", "鹅鹉", "蛋蚤", "芹芥", "韭非", "葱忽", "番潘",
    "若苦", "莴窝", "笋苟", "花化", "生主", "枣束", "荔茘", "龙尤", "眼跟", "芒茫", "樱缨",
    "蓝监", "草革", "葡匍", "萄淘", "火大", "果杲", "谷各", "高亮", "粱梁粮", "玉王主",
    "木本术", "耳尔", "菌茵", "银很", "芍勺", "枸拘", "贝见", "太大犬", "土士", "甘廿", "茯伏",
    "哈蛤恰", "密蜜", "桔结秸", "榴瘤", "桃挑姚", "杏否", "栗粟", "梨犁", "萝罗", "胡葫湖",
    "葵揆", "椒淑叔", "鲜鮮", "鳝蟮", "鳅秋", "蚝毫", "蛤哈", "枇批", "杷把", "竽芋", "茄茹",
    "莓每", "榛臻", "楂渣", "核该", "籼灿", "糯儒", "麦麥", "荞荠", "薏意", "芝之", "蔗庶",
    "茅矛", "藠藟", "荸勃", "慈兹", "菱凌", "椿春", "苋觅", "蒿篙", "蕨厥", "薄簿", "莲连",
    "莼纯", "薯署", "竹什", "杉彬", "松伀", "樟障", "棕综", "犊续", "驴护", "鸽合", "鹌庵",
    "鹑淳", "蜂峰", "蚕吞", "茧虫", "鲶念", "鳙墉", "鲢涟", "鳜厥", "鳖蹩", "螺骡", "贻怡",
    "蛏怪", "鱿犹", "墨黑", "参叁", "归旧", "芎弓", "术木", "苓令", "连莲", "杞杷", "栀桅",
    "茱朱", "蒌篓", "菊鞠", "芦卢庐", "麸夫", "粕柏", "糠康", "秸桔",
)  # fmt: skip
_SHAPES: dict[str, frozenset[str]] = {}
for _alike in SHAPES:
    for _one in _alike:
        _SHAPES[_one] = _SHAPES.get(_one, frozenset()) | frozenset(_alike)

# Sounds that many speakers of the home region don't tell apart.
_MERGED = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"),
)  # fmt: skip
# Of a character's readings, those after the second are rare.
MAX_READINGS = 2
_NOTHING: frozenset[str] = frozenset()


def group(character: str) -> str:
    """The first of the characters that are used for one another with this one."""
    return _GROUP.get(character, character)


def shapes(character: str) -> frozenset[str]:
    """The characters that are drawn like it."""
    return _SHAPES.get(character, _NOTHING)


def spellings(character: str) -> tuple[str, ...]:
    """The common readings of a Chinese character in pinyin without tones, the commonest first;
    of others, itself."""
    from pypinyin.constants import PINYIN_DICT

    readings = PINYIN_DICT.get(ord(character))
    if not readings:
        return (character,)
    return tuple(dict.fromkeys(map(fold, readings.split(",")[:MAX_READINGS])))


@lru_cache(maxsize=1_000)
def merged_sound(spelling: str) -> str:
    """The pinyin of a syllable with the sounds merged that many speakers don't tell apart:
    zh and z, n, l and r, h before u and f, -ing and -in."""
    for strict, loose in _MERGED:
        spelling = spelling.replace(strict, loose)
    if spelling.startswith("hu"):
        rest = spelling[2:]
        spelling = "f" + ("ei" if rest == "i" else "en" if rest == "n" else rest or "u")
    return "l" + spelling[1:] if spelling[0] in "rn" and len(spelling) > 1 else spelling
