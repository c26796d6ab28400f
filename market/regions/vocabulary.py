"""Words of place names: everyday words among them, and how names are shortened."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Short names that are everyday words, or what several districts are called: in a text they
# are places only with 县, 市 or 区 after them.
EVERYDAY_WORDS = _words(
    "和平 红旗 新华 前进 长安 安居 城关 白云 东方 黄山 金山 大同 同心 平安 兴业 高明 丰满"
    " 大方 正定 安定 新乐 宝丰 永丰 新丰 新兴 长丰 民乐 乐业 平果 阳春 尖山 城区 郊区 矿区"
    " 东区 西区 南区 北区 城中 城北 城东 城西 城南 河东 河西 河口 江北 江南 江东 海南区 市中"
    " 桥东 桥西 铁东 铁西 向阳 东风 爱民 友好 青山 青云 东山 西山 南山 北关 新城 新民 新市"
    " 新区 中山 中原 中心 中宁 开平 开发 高要 安宁 安康 永福 永新 水城 山城 金水 金川 金湖"
    " 红花 长青 龙凤 凤山 梅花 桃山 麻山 茶花 花山 花都 果洛 合作 共和 建设 富裕 富民 集美"
    " 秀山 美溪 双城 二道 三水 五华 六合 百色 千山 万年 青冈 龙井 普洱 普兰 玉树 大豆 米易"
    " 米林 麦积 梨树 桦甸 松溪 杏花岭 枣强 枣阳 椒江 荔波 荔浦 荔湾 蒲江 藁城 莲花 莲池 瓜州"
    " 鲤城 鹤山 鹿城 牛 马山 马龙 羊 鸡东 鸡冠 鸭 雁山 鱼峰 鱼台 蚌山 盐田 盐池 盐山 盐都 盐边"
    " 新鲜 兴隆 正安 正阳 正宁 太和 太平 太子河 太湖 万全 万安 万载 安全 文成 成安 成华 商城"
    " 商河 商南 商水 市北 市南 通海 定远 定安 定南 定日 定结 定州 海安 海丰 海盐 海港 海阳"
    " 海门 石景 清新 清水 清流 清丰 沙市 沙湾 沙县区 沙坪坝 沙河 泉山 秋 冬 春 夏 夏津 寒亭"
    " 温泉 温江 光山 光明 光泽 大余 大化 大港 大东 大冶 大厂 大安 大洼 大观 大渡口 大足 大邑"
    " 大通 大理市区 广丰 广安 广饶 广平 长治 长春 特克斯 和静 和顺 和硕 和县 喜德 吉利 延长"
    " 庆元 康乐 康平 康保 康定 德保 德化"
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
