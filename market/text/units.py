"""The words of units of measure, Chinese and English, to their codes in market.products.units."""

from __future__ import annotations

from decimal import Decimal

UNIT_WORDS = {
    "公斤": "kg", "千克": "kg", "㎏": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg",
    "kilos": "kg", "gongjin": "kg", "kg": "kg", "kgs": "kg",
    "斤": "jin", "市斤": "jin", "jin": "jin", "catty": "jin", "catties": "jin",
    "吨": "ton", "tonne": "ton", "tonnes": "ton", "ton": "ton", "tons": "ton", "t": "ton",
    "dun": "ton", "担": "dan", "两": "liang", "克": "gram", "gram": "gram",
    "grams": "gram", "g": "gram",
    "头": "head", "只": "bird", "羽": "bird", "匹": "horse", "尾": "fish", "条": "tiao",
    "株": "plant", "棵": "plant", "支": "stem", "枝": "stem", "根": "pole", "个": "piece",
    "枚": "piece", "颗": "piece", "箱": "box", "袋": "bag", "件": "case", "筐": "basket",
    "车": "truck", "包": "pack", "盒": "carton", "瓶": "bottle", "桶": "barrel", "捆": "bundle",
    "窝": "nest", "对": "pair", "台": "machine", "亩": "mu", "升": "litre", "公升": "litre",
    "毫升": "ml", "ml": "ml", "立方米": "m3", "立方": "m3", "方": "m3", "m3": "m3",
    "mu": "mu", "litre": "litre", "litres": "litre", "liter": "litre", "liters": "litre",
    "piece": "piece", "pieces": "piece", "pcs": "piece", "box": "box", "boxes": "box", "bag": "bag",
    "bags": "bag", "head": "head", "heads": "head", "case": "case", "cases": "case",
    "basket": "basket", "baskets": "basket", "truck": "truck", "trucks": "truck",
    "truckload": "truck", "truckloads": "truck", "pack": "pack", "packs": "pack",
    "carton": "carton", "cartons": "carton", "bottle": "bottle", "bottles": "bottle",
    "barrel": "barrel", "barrels": "barrel", "bundle": "bundle", "bundles": "bundle",
    "pair": "pair", "pairs": "pair",
}  # fmt: skip
# What one weighs, in kilograms, and holds, in litres.
KILOGRAMS = {
    "jin": Decimal("0.5"), "kg": Decimal(1), "ton": Decimal(1000), "dan": Decimal(50),
    "liang": Decimal("0.05"), "gram": Decimal("0.001"),
}  # fmt: skip
LITRES = {"litre": Decimal(1), "ml": Decimal("0.001"), "m3": Decimal(1000)}
# Around what is sold; each for its whole content.
CONTAINERS = frozenset(
    ("box", "bag", "case", "basket", "truck", "pack", "carton", "bottle", "barrel", "bundle")
)
# Measure words that are traded but have no code: nothing is known of their size.
OTHER_UNITS = (
    "货柜|泡沫箱|平方米?|平米|[㎡平组粒篓箩罐柜扎串篮网板盘排份套朵把片垛笼提坛缸挂卷饼张块盆穗粒丛蔸兜棒副床架船堆杯碗壶管节茬]"
    "|(?:crate|sack|tray|punnet|lb|pound|bushel|stack)s?(?![a-z])"
)
# What follows one of these when it is no unit: 2元包邮, 5个月, 300头茬韭菜, 株洲, 车厘子, 对虾.
_NO_UNIT_BEFORE = {
    "头": "[茬等道批期刀孢]|条", "只": "[要有收卖做需能是限接售供想发买剩用求]",
    "条": "[件码纹款例]", "件": "代发",
    "包": "[邮送运装卖括菜心谷好熟吃甜票果子车销赔换退住上地皮配打工税衣安到]|回收|技术|成活",
    "车": "[厘前间皮载队站价轮型费牌用]", "对": "[接口虾外方账应比照半于手折]",
    "个": "半?[月年]|[人体点水省市县区乡镇村季工码厂商日钟]|星期|礼拜|小时|品种|基地|大?棚|百分",
    "根": "[茎部系据瘤皮本]", "支": "[付持架链撑]", "枝": "[条头叶干]",
    "方": "[便式向面案法块竹形瓜]", "升": "[级值温价麻]", "克": "[隆服瑞拉]", "担": "[保心任忧]",
    "袋": "[鼠料泡口]", "捆": "[扎绑]", "窝": "[笋点心棚里料]", "台": "[湾州山农风历账蘑]",
    "亩": "[产]", "株": "[洲高距行型系]", "尾": "[款货气菜叶数巾]", "羽": "[衣绒扇]|毛[^鸡鸭鹅]",
    "匹": "[配萨]", "颗": "粒", "盒": "[饭马]",
    "两": "[头岁年天种个边三面广湖江省市县季用色吨斤千万百相级套款类周月次会地批排茬房性]",
}  # fmt: skip


def _pattern(word: str) -> str:
    if word.isascii():
        return rf"{word}(?![a-z\d])"
    stop = _NO_UNIT_BEFORE.get(word)
    return rf"{word}(?!{stop})" if stop else word


# A unit in a folded text; a place that begins with its character is none (两河镇).
UNITS = (
    f"(?=[{''.join(sorted({word[0] for word in UNIT_WORDS}))}])(?:"
    + "|".join(_pattern(word) for word in sorted(UNIT_WORDS, key=len, reverse=True))
    + ")(?![县区市镇乡村])"
)
