"""Words of place names: everyday words among them, and how names are shortened."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Short names that are everyday words, or what several districts are called: in a text they
# are places only with 县, 市 or 区 after them.
EVERYDAY_WORDS = _words(
    "三元 和平 红旗 新华 前进 长安 安居 城关 白云 东方 黄山 金山 大同 同心 平安 兴业 高明"
    " 丰满 大方 安定 新乐 宝丰 永丰 新丰 新兴 长丰 民乐 乐业 平果 阳春 尖山 城区 郊区 矿区"
    " 东区 西区 南区 北区 城中 城北 城东 城西 城南 河东 河西 河口 江北 江南 江东 海南区 市中"
    " 桥东 桥西 铁东 铁西 向阳 东风 爱民 友好 青山 青云 东山 西山 南山 北关 新城 新民 新市"
    " 新区 中山 中原 中心 开平 开发 安宁 安康 永新 山城 金水 金川 金湖 红花 长青 龙凤 凤山"
    " 梅花 桃山 麻山 茶花 花山 花都 合作 共和 建设 富裕 富民 秀山 美溪 双城 二道 三水 五华"
    " 六合 百色 千山 万年 青冈 普洱 大豆 梨树 莲花 鹤山 鹿城 牛 马山 羊 鸭 雁山 盐田 新鲜"
    " 兴隆 正安 太和 太平 太子河 太湖 万全 万安 安全 文成 成安 商城 商南 市北 市南 定远 定安"
    " 海港 清新 清水 清流 沙市 沙湾 沙县区 沙河 秋 冬 春 夏 温泉 光山 光明 光泽 大港 大东"
    " 大厂 大安 大洼 大观 大通 大理市区 广安 广平 和顺 吉利 延长 康乐"
)
# What stands behind a short name, to the levels of places that are called so, the likelier first:
# 恩施州 is the prefecture, 岳阳县 the county. Former kinds count too: 宁乡县 is 宁乡市 today.
KINDS: dict[str, tuple[int, ...]] = {
    "自治区": (0,), "自治州": (1,), "自治县": (2,), "自治旗": (2,), "地区": (1, 0, 2), "林区": (2,),
    "省": (0,), "州": (1,), "盟": (1,), "旗": (2,),
    "县": (2, 1, 0), "区": (2, 1, 0), "市": (1, 2, 0),
}  # fmt: skip
# Characters after which a kind is none: 南通市场, 石门区域, 湖南省心.
NOT_AFTER = {"市": "场价面斤尺", "区": "域间块别", "省": "心", "旗": "下舰", "县": "令"}
# Long names as they are said in their provinces.
SHORTENED = {
    "科尔沁左翼": "科左", "科尔沁右翼": "科右", "察哈尔右翼": "察右", "喀喇沁左翼": "喀左",
    "土默特": "土", "前郭尔罗斯": "前郭", "杜尔伯特": "杜蒙", "东乌珠穆沁": "东乌",
    "西乌珠穆沁": "西乌", "莫力达瓦": "莫", "内蒙古": "内蒙", "西双版纳": "版纳",
}  # fmt: skip
SEPARATORS = " ·・,，、.。-—/\u3000"
# What is smaller than a county, by its last character.
BELOW_COUNTY = tuple("镇乡村街路组社场屯寨")
