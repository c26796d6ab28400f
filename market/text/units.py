"""The words of units of measure, Chinese and English, to their codes in market.products.units."""

from __future__ import annotations

UNIT_WORDS = {
    "公斤": "kg", "千克": "kg", "㎏": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg",
    "kilos": "kg", "kg": "kg", "kgs": "kg",
    "斤": "jin", "市斤": "jin", "jin": "jin", "catty": "jin", "catties": "jin",
    "吨": "ton", "tonne": "ton", "tonnes": "ton", "ton": "ton", "tons": "ton", "t": "ton",
    "担": "dan", "两": "liang", "克": "gram", "gram": "gram", "grams": "gram", "g": "gram",
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
UNITS = "|".join(sorted(UNIT_WORDS, key=len, reverse=True))
# Containers and lots that are traded but have no code: nothing is known of their size.
OTHER_UNITS = (
    "篓|罐|货柜|柜|扎|串|篮|网|板|盘|份|套|朵|把|片|垛|笼|提|坛|缸|crates?|sacks?|trays?|punnets?"
    "|lbs?|pounds?"
)
