"""The words of units of measure, Chinese and English, to their codes in market.products.units."""

from __future__ import annotations

UNIT_WORDS = {
    "公斤": "kg", "千克": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg", "kilos": "kg",
    "kg": "kg", "kgs": "kg",
    "斤": "jin", "市斤": "jin", "jin": "jin", "catty": "jin", "catties": "jin",
    "吨": "ton", "tonne": "ton", "tonnes": "ton", "ton": "ton", "tons": "ton", "t": "ton",
    "头": "head", "只": "bird", "羽": "bird", "匹": "horse", "尾": "fish", "株": "plant",
    "棵": "plant", "支": "stem", "根": "pole", "个": "piece", "箱": "box", "袋": "bag",
    "台": "machine", "亩": "mu", "升": "litre", "piece": "piece", "box": "box", "bag": "bag",
    "head": "head",
}  # fmt: skip
UNITS = "|".join(sorted(UNIT_WORDS, key=len, reverse=True))
# Containers and lots that are traded but have no code: nothing is known of their size.
OTHER_UNITS = (
    "担|车|件|包|筐|篓|盒|桶|瓶|罐|货柜|柜|条|枚|立方米|立方|捆|扎|串|篮|网|板|盘|份|套"
    "|crates?|baskets?|bottles?|trucks?|cartons?"
)
