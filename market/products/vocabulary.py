"""The words around a product's name in the trade: what may stand before and after a head,
and what the last character of a name says.

General words of the trade only; what products are called stands in the tree.
"""

from __future__ import annotations

from market.products.strangers import TRADED_GOODS


def _words(text: str) -> frozenset[str]:
    """The words of the text; a name of several is joined by underscores."""
    return frozenset(word.replace("_", " ") for word in text.split())


# What the end of an unknown name says it is, where the tree has one product (or category)
# with everything of that name below it. 园黄梨 is a pear.
FAMILIES = {
    "梨": "0302007", "苹果": "0302001", "桃": "0303001", "李": "0303006", "杏": "0303011",
    "枣": "0303015", "橙": "0301013", "橘": "0301001", "桔": "0301001", "柑": "0301001",
    "柚": "0301019", "柠檬": "0301027", "葡萄": "0304001", "提": "0304001", "提子": "0304001",
    "芒": "0303018", "芒果": "0303018", "蕉": "0306001", "樱桃": "0303012", "杨梅": "0303014",
    "枇杷": "0302020", "猕猴桃": "0304009", "奇异果": "0304009", "西瓜": "0305001",
    "甜瓜": "0305003", "香瓜": "0305003", "蜜瓜": "0305003", "榴莲": "0306006",
    "荔枝": "0303020", "柿": "0304018", "栗": "0307001",
    "米": "0101007", "稻": "0101001", "谷": "0101001", "麦": "0101015",
    "茶": "0401001", "红茶": "0401003", "绿茶": "0401002", "黑茶": "0401004",
    "椒": "0203001", "茄": "0203010", "萝卜": "0202001", "葱": "0202020", "蒜": "0202016",
    "姜": "0202014", "芋": "0202009", "藕": "0202007", "笋": "0202032", "韭": "0202023",
    "芹": "0201020", "甘蓝": "0201009", "菜心": "0201005", "菜薹": "0201005",
    "菜苔": "0201005", "生菜": "0201016", "南瓜": "0204004", "黄瓜": "0204001",
    "豆芽": "0205009", "菇": "0208", "蘑": "0208", "木耳": "0208012",
    "鸡": "0503001", "鸭": "0503011", "鹅": "0503017", "鸽": "0503022", "兔": "0502015",
    "犊": "0502006", "猪": "0501001", "牛": "0502001", "羊": "0502009", "蛋": "0504001",
    "鲫": "0601006", "鲤": "0601005", "鳜": "0601009", "鲶": "0601013", "鳊": "0601007",
    "鳝": "0601017", "鳅": "0601018", "鲟": "0601019", "鳖": "0602007",
    "花蜜": "0505001", "树蜜": "0505001", "豆腐": "0901001", "米粉": "0904001",
    "栀": "0702009",
}  # fmt: skip

# Names that end like a product of the tree, or hold one, and are none of it; with whole trades of
# such goods (`strangers`).
STRANGERS = TRADED_GOODS | _words(
    "树葡萄 沙枣 葛仙米 海芋 竹芋 花叶芋 沙葱 石蒜 罗布麻茶 马黛茶 老鹰茶 虫茶 雪茶 冬瓜茶"
    " 黑麦 小黑麦 元麦 瞿麦 浮小麦 红曲米 菰米 羚羊 脸蛋 彩蛋 扭蛋 碧桃 紫叶李 红叶李 紫叶桃"
    " 榆叶梅 棠梨 杜梨 枸橘 蛇葡萄 地葡萄 牛至 牛膝菊 牛樟芝 马蹄莲 马蹄金 鸡矢藤 鸡内金 羊角拗"
    " 羊肚石 猪笼草 猪牙皂 鼠尾草 龙舌兰 凤尾竹 桃金娘 桃叶珊瑚 李广杏仁露 枣糕 栗子糕 番杏"
    " 银杏 波士顿龙虾 波龙 澳洲龙虾 澳龙 大龙虾 海龙虾 锦绣龙虾 银杏叶 海葡萄 西米 奶茶 凉茶"
    " 酸奶 方便面 蛋糕 鸡蛋糕 面包 饼干 薯条 夹竹桃 蒲桃 椰枣 黑枣 酸枣 酸枣仁 海枣 沙姜 高良姜"
    " 良姜 南姜 山奈 姜黄 田鸡 珍珠鸡 贵妃鸡 鹧鸪 野猪 豪猪 蜗牛 天牛 袋鼠"
    " 牛皮菜 甜叶菊 花梨 酸梨 沙梨 大麦茶 苦荞茶 荞麦茶 姜茶 花果茶 果茶 玄米茶 茶饮料 茶油皂"
    " 鱼香茄子 水仙 风信子 牡丹 芍药 蒲葵 美人蕉 旅人蕉 地涌金莲 罂粟 蛋黄 蛋白 蛋清 蛋液"
    " 咸蛋黄 鱼蛋 鱼豆腐 鸡蛋豆腐 玉子豆腐 杏仁豆腐 米豆腐 谷芽 麦芽 豆瓣 豆瓣酱 豆沙 豆渣 豆粉"
    " 沙参 苦参 海马 河马 斑马 海牛 海豚 海胆 海星 海鸭 野鸭 竹鼠 竹鸡 鸵鸟 孔雀 海狸 水貂 狐狸"
    " 狗 狗肉 猫 蛇 蝎子 蚯蚓 黄粉虫 蜂蛹 蜂巢 金钱草 鱼胶 花胶 鱼翅 燕窝 雪蛤 哈士蟆 黄皮"
    " 黄皮果 橡胶 剑麻 亚麻 亚麻籽 胡麻 火麻 火麻仁 大麻 荨麻 藜麦 青稞 鹰嘴豆 黎豆 纳豆 扁豆衣"
    " 红豆杉 红豆沙 绿豆沙 绿豆糕 豆蔻 肉豆蔻 蔻仁 苦豆 土豆粉 土豆泥 茄汁 番茄酱 番茄汁 葡萄糖"
    " 葡萄籽 葡萄籽油 橄榄油 橄榄菜 棕榈油 椰子油 色拉油 调和油 亚麻籽油 牛油 羊油 鸡油 鱼油"
    " 黄油 奶油 蚝油 酥油 核桃油 南瓜饼 玉米面 玉米粉 玉米淀粉 淀粉 藤椒油 花椒油 辣椒油 胡椒粉"
    " 花椒粉 姜粉 蒜粉 洋葱粉 鸡精 味精 粽子 粽叶 汤圆 饺子 馒头 包子 油条 春卷 火锅料 火锅底料"
    " 猪饲料 牛皮 羊皮 猪皮革 羊绒 驼绒 兔毛 猪鬃 牛粪 牛骨粉 鱼粉 鱼丸 虾丸 肉丸 牛肉丸 蟹棒"
    " 蟹柳 鱼籽 鱼子 鱼子酱 鱼松 肉松 肉脯 肉干 猪肉脯 猪肉松 鱼头王 枣泥 枸杞酒 人参酒 苹果酱"
    " 草莓酱 果酱 冰糖雪梨 梨膏 秋梨膏 枇杷膏 龟苓膏 阿胶 红枣茶 腊八蒜 蒜蓉 蒜泥 蒜酱 姜糖"
    " 姜汁 花生酱 花生糖 芝麻酱 芝麻糊 芝麻糖 核桃粉 核桃露 杏仁露 椰汁 椰蓉 豆浆 豆奶 米糊"
    " 米酒曲 酒曲 麦片 燕麦片 玉米片 锅巴 爆米花 米花糖 薄荷糖 桂花糕 桂花酒 菊花脑 金针菇罐头"
    " 橡子 橡实 莲花白酒 姬松茸 人参果树 葫芦丝 仙人掌 雪莲 梭梭 肉苁蓉 锁阳 石花菜 裙带菜 海苔"
    " 鹿角菜 海茸 姜黄色 韭菜盒子 芋圆 海瓜子 蛋黄果 日本豆腐 油菜花 鸭血粉丝 菜市场 菜场 菜单"
    " 菜谱 菜刀 菜板 菜鸟 牛人 牛奶糖 马路 马上 马达 马桶 马甲 山谷 羊驼 奶牛场 人心果 面包果"
    " 嘉宝果 羊奶果 神秘果 蛇皮果 牛心果 鸡骨草 牛大力 鱼腥味 鱼肝油 鱼肚 鸡血藤 猫薄荷 狗尾草"
    " 羊蹄甲 马鞭草 马兰头 马兰 马铃 马钱子 牛蒡茶 鸡冠花 鸡蛋花 虎皮鹦鹉 鹅绒藤 龙须酥 狮子头"
    " 桃胶 皂角米 西谷米 鸡头莲 椰果 茶宠 茶具 茶几 蛋挞 蛋卷 蛋黄酥 鱼腐 虎虾 黑虎虾 老虎虾"
    " 斑节对虾"
)
# The same in English.
ENGLISH_STRANGERS = _words(
    "sea_bass sea_bream sea_horse sea_urchin horse_chestnut guinea_pig guinea_fowl"
    " prickly_pear avocado_pear thorn_apple milk_tea bubble_tea tea_bag instant_noodle egg_roll"
    " egg_tart chick_pea brazil_nut tiger_nut king_crab snow_crab spider_crab passion_flower"
    " butter_bean bean_paste pig_iron apple_watch apple_phone cotton_candy hot_dog corn_syrup"
    " coconut_milk coconut_water olive_oil palm_oil fish_oil fish_sauce fish_ball oyster_sauce"
    " essential_oil engine_oil fuel_oil crude_oil palm_sugar crab_stick chia_seed hemp_seed"
    " flax_seed mustard_seed poppy_seed cumin_seed caraway_seed"
)

# Before a head: they say where from, how big, how good, how grown, how packed, what colour.
BEFORE = _words(
    "国产 进口 本地 外地 当地 东北 华北 西北 华南 华东 西南 江南 泰国 越南 缅甸 老挝 智利 美国"
    " 新西兰 澳洲 澳大利亚 日本 韩国 菲律宾 马来西亚 印尼 印度 南非 秘鲁 厄瓜多尔 埃及 加拿大"
    " 挪威 俄罗斯 巴西 阿根廷 欧洲 法国 西班牙 以色列 伊朗 土耳其 台湾 柬埔寨 墨西哥 北方 南方"
    " 洞庭湖 洞庭 太湖 湘西 大 小 中 特大 超大 加大 大个 小个 中个 大号 中号 小号 大果 中果"
    " 小果 特大果 单果 大条 小条 大头 迷你 精品 优质 特级 特等 顶级 特选 一级 二级 三级 一等"
    " 二等 甲级 甲 上等 普通 普 统货 统 精 优 好 次 次果 正宗 极品 优选 精选 特 特价 特色 名优"
    " 高档 中档 低档 品牌 商品 外贸 出口 A级 aa级 aaa级 a级 b级 鲜 新鲜 活 鲜活 冻 冷冻 速冻"
    " 冰鲜 冷鲜 冰冻 急冻 生 生鲜 净 净菜 毛 毛菜 净膛 去皮 带皮 带叶 去叶 去头 带头 带壳 去壳"
    " 脱壳 去骨 带骨 去根 带根 带泥 洗 水洗 洗净 未洗 去籽 去核 去内脏 无头 有头 单冻 散 散装"
    " 箱装 袋装 筐装 盒装 网袋 网装 礼盒 礼盒装 纸箱 泡沫箱 泡沫 捆 扎 把 件装 真空 整箱 整"
    " 散货 有机 绿色 绿色食品 无公害 大棚 露天 露地 温室 棚 暖棚 冷棚 散养 圈养 笼养 放养 野生"
    " 人工 养殖 土 农家 家养 自种 自产 自养 自家 生态 富硒 山 高山 山地 高原 深山 平原 沙地"
    " 沙田 水田 林下 海水 淡水 池塘 网箱 湖区 早熟 晚熟 中熟 特早熟 极早熟 早 晚 春 夏 秋 冬"
    " 春季 夏季 秋季 冬季 反季节 反季 冷库 库存 新 陈 老 嫩 当季 应季 时令 头茬 二茬 头水 头刀"
    " 当年 今年 隔年 新品种 品种 杂交 常规 农家种 无籽 有籽 无核 有核 无子 无刺 带刺 软籽 软子"
    " 红 白 黄 青 绿 紫 黑 花 金 灰 粉 红皮 白皮 黄皮 紫皮 绿皮 青皮 黑皮 花皮 粉皮 红心 白心"
    " 黄心 紫心 青心 绿心 橙心 红肉 白肉 黄肉 绿肉 红瓤 黄瓤 沙瓤 红壳 粉壳 白壳 绿壳 红头 黑头"
    " 红毛 白毛 黄毛 硬粉 粉红 大红 鲜红 浅黄 金黄 奶白 雪白 五彩 长 圆 扁 尖 方 短 直 弯 细 粗"
    " 薄皮 厚皮 皱皮 光皮 油 牛角 羊角 线 甜 脆 糯 香 辣 微辣 特辣 酸 苦 水果 鲜食 食用 菜用"
    " 饲料用 加工 观赏 药用 甜糯 香甜 脆甜 粉糯 软糯 多汁 沙 冰糖心 糖心"
    " 不打农药 没打农药 未打农药 不打药 没打药 无农药 零农药 无土 水培 土培 荷兰"
    " 日式 西洋 农产品 肉 肉用 蛋用 公 母 雌 雄 半边 半 整只 整条 整头 全 带膘 中等 标准 成品"
    " 原味 传统 手工 柴火 农村 乡下 乡村 农民 天然 纯 纯天然 纯正 原生态 原产地 产地 地产 自然"
    " 树上 树熟 全熟 半熟 包熟 七成熟 八成熟 九成熟 熟透"
    " 软 硬 水 蜜 奶油 牛奶 巧克力 糖 金丝 fresh frozen chilled raw live whole half"
    " cut sliced diced peeled unpeeled shelled hulled pitted seedless boneless skinless washed"
    " clean loose bulk packed bagged boxed organic natural pure local native domestic imported"
    " export chinese premium quality top best good fine common standard grade first second"
    " extra fancy super big large medium small little mini baby jumbo long short round flat"
    " thin thick young tender old new early late summer winter spring autumn ripe unripe wild"
    " farmed hybrid edible cooking culinary green red white yellow black purple brown orange"
    " golden pink blue dark mixed assorted spicy mild juicy crisp cheap wholesale retail"
)

# After a head, and nothing else than it.
AFTER = _words(
    "大果 中果 小果 大个 小个 大号 中号 小号 统货 精品 一级 二级 三级 特级 一等 优质 毛 净"
    " 散装 箱装 袋装 筐装 盒装 网袋 礼盒 礼盒装 装 整箱 散货 毛菜 净菜 新货 陈货 库存 冷库 鲜"
    " 新鲜 鲜活 活 冻 冻品 冰鲜 带皮 去皮 带叶 去叶 带壳 去壳 带泥 去头 带头 国产 进口 本地 大"
    " 中 小 红 白 黄 绿 青 紫 黑 鲜货 货 好 优 次 特大 大条 小条 一号 二号 三号 红皮 白皮 黄皮"
    " 紫皮 红心 白心 黄心 有机 大棚 露地 散养 野生 类 等 种类 品种 系列 产品 农产品 左右 以上"
    " 次品 等外品 价 鲜切 以下 起 活体 活鱼 活禽 通货 混装 混级 中大果 颗 粒"
)

# Cut pieces: of vegetables, meat and fish they are the same product still.
PIECES_OF = (
    ("仁 肉 头 净肉 须 中段 尾段 身段 腩 柳 排", ("06",)),
    ("头", ("0202",)),
    (
        "段 块 丝 丁 片 圈 条 粒 卷 碎 切片 切块 切丝 切段 半片 整条 整只 结 瓣",
        ("02", "0103", "05", "06", "09"),
    ),
    ("心 叶 尖 杆 梗 苗 芽 帮 根 嫩叶 嫩尖", ("0201",)),
    (
        "片 段 块 丝 切片 统片 统 个 丁 粒 选片 饮片 头 条 尾 身 节 王 根 须 皮 米 子 果 花 叶",
        ("07",),
    ),
    ("树苗 苗", ("0804",)),
    ("卷 块", ("0804011",)),
    ("seed bean grain", ("0104", "0101018", "0101019", "0101020", "0101021", "0101022", "0102")),
    ("root flower leaf fruit seed berry bark slice", ("07",)),
    ("leaf stem stalk heart", ("0201",)),
)
PIECES = frozenset(word for pieces, _of in PIECES_OF for word in pieces.split())
# A word before or after a head that makes another product of it.
MAKES_ANOTHER = _words(
    "油 醋 酒 粉 酱 饼 糕 汁 糖 膏 丸 精 露 羹 饮 饮料 茶 干 脯 蜜饯 罐头 罐装 糊 泥 松 皮 籽"
    " 子 仁 核 壳 叶 根 花 茎 秆 杆 尖 芽 苗 秧 树 树苗 种苗 幼苗 种 种子 种球 种薯 种植 秸秆"
    " 藤 蔓 渣 粕 饲料 肥 味 风味 面 面粉 淀粉 提取物 精油 浸膏 颗粒 胶囊 素 酵素 奶 酸奶 奶粉"
    " 冰淇淋 月饼 蛋糕 面包 饼干 薯片 馅 馅料 水饺 粽子 机 机械 设备 袋 箱 网 剪 刀 盆 纸 膜 药"
    " 剂 蛹 虫 香精 色素 香皂 木 木材 盆景 盆栽 花卉 标本 玩具 绒 毛 梗 豆腐 血 骨 骨粉 油渣"
    " 预制菜 半成品 沙拉 火锅 料 调料 底料 香料 食品 零食 小吃 点心 干货 制品 雕 蒂 霜 炭 juice"
    " oil powder wine liquor beer vinegar flour seed chip crisp flake jam jelly sauce ketchup"
    " paste puree cake pie pastry bread biscuit cookie candy sugar syrup honey butter cream"
    " milk yogurt tree plant leaf root flower blossom stem stalk bark peel skin shell husk hull"
    " bran straw noodle tea starch protein extract essence seedling sapling cutting fertilizer"
    " pesticide feed soup salad snack drink beverage machine peeler cutter press cooker grinder"
    " harvester dryer mill pot cup farm field farming cultivation planting phone scent perfume"
    " soap shampoo cosmetic toy wood timber bone feather wool leather hide egg paper gum garden"
    " sprayer spawn"
)
# Before a head: cooked or cured, another product unless the tree has it.
MADE = _words(
    "腌 腊 熏 烤 酱 卤 泡 炸 醉 糟 糖渍 蜜饯 即食 罐头 油炸 烟熏 红烧 清蒸 五香 麻辣 香辣 盐焗"
    " 风干 半干 脱水 冻干 烘干 腌制 酱香 酱卤 卤制 盐渍 泡制 炒 炒制 熟 烧 煮 蒸 煎 膨化 干"
    " 干制 晒 晒干 复合 人造 仿 假 dried dry dehydrated canned tinned pickled smoked cured"
    " roasted roast toasted salted fried cooked boiled steamed baked grilled preserved candied"
    " fermented instant stewed braised mashed artificial fake"
)
# Before what the goods are for: 喂猪的红薯, 适合做泡菜.
PURPOSES = _words("做 做成 制作 喂 喂养 炖 煲 煮 用于 用来")

# Between two products they make a dish of them: 番茄炒蛋.
COOKING = _words("炒 烧 焖 炖 煎 拌 烩 蒸 煮 炸")

# What is dried, and the same product still: grain, spices, tea, herbs, nuts.
DRY_ANYWAY = ("0208", "0101", "0102", "0104", "0307", "04", "07", "08", "09", "10", "0504", "0505")

# English cuts of meat, which say no more than whose it is.
CUTS = (
    "meat rib belly loin tenderloin breast wing leg thigh drumstick shoulder shank neck chop"
    " brisket steak flank fillet mince foot paw bone"
)
# Cuts of a whole animal's meat: 黑山羊肉, 土鸡腿.
_MEAT = (
    "肉 腿 腿肉 前腿 后腿 排骨 里脊 五花肉 胸 胸肉 翅 翅中 翅根 爪 掌 脖 骨 瘦肉 精肉 肉片"
    " 肉卷 胴体"
)

# (what is made, what it is made from: beginnings of codes, the product it is).
MADE_FROM = (
    ("蛋 鲜蛋", ("0503002",), "0504002"),
    ("蛋 鲜蛋", ("0503001", "0503003", "0503004", "0503005", "0503006"), "0504001"),
    ("蛋 鲜蛋", ("0503011", "0503012", "0503013"), "0504003"),
    ("蛋 鲜蛋", ("0503017", "0503018", "0503019", "0503020"), "0504006"),
    (_MEAT, ("0501001", "0501002", "0501003", "0501004", "0501005", "0501006"), "0501007"),
    (_MEAT, ("0502001", "0502002", "0502003", "0502004", "0502005", "0502006"), "0502007"),
    (_MEAT, ("0502009", "0502010", "0502011", "0502012"), "0502013"),
    (_MEAT, ("0502015",), "0502016"),
    (_MEAT, ("0503001", "0503002", "0503003", "0503004", "0503005", "0503006"), "0503010"),
    (_MEAT, ("0503011", "0503012", "0503013"), "0503015"),
    ("苗 树苗 种苗 幼苗", ("0301", "0302", "0303", "0304", "0307"), "0804006"),
    ("seedling sapling tree", ("0301", "0302", "0303", "0304", "0307"), "0804006"),
    ("苗 种苗 幼苗 树苗", ("0104008",), "0804007"),
    ("苗 种苗 幼苗 秧 seedling", ("0203", "0204", "0202", "0206", "0305", "0207"), "0804017"),
    ("苗 树苗 种苗 幼苗 seedling", ("0803002", "0803003"), "0804009"),
    ("穴盘苗", ("0201",), "0804017"),
    ("夏花 水花 寸片 乌仔 鱼种", ("0601",), "0601023"),
    ("鲜切 切花 鲜切花", ("0402005", "0702030"), "0804014"),
    ("网套 泡沫网 泡沫网套 发泡网 瓦楞箱 瓦楞纸箱 包装箱 包装盒 包装袋", ("02", "03"), "1001013"),
    ("种子 seed", ("01", "02", "0305"), "1001001"),
    ("汁 juice", ("03",), "0905007"),
    ("酒 wine", ("03",), "0403003"),
    ("酒", ("0101", "0102", "0103"), "0403001"),
    ("罐头 can", ("03",), "0905006"),
    ("脯 蜜饯 干", ("0301", "0302", "0303", "0306"), "0905004"),
    ("饲料 feed", ("05", "06"), "1001004"),
    ("苗", ("0601",), "0601023"),
    ("干", ("0601", "0603"), "0601024"),
    ("egg", ("050300",), "0504001"),
    ("egg", ("0503011", "0503012", "0503013"), "0504003"),
    (CUTS, ("0501",), "0501007"),
    (CUTS, ("0502001", "0502002", "0502007"), "0502007"),
    (CUTS, ("0502009", "0502010", "0502011", "0502012", "0502013"), "0502013"),
    (CUTS, ("0502015", "0502016"), "0502016"),
    (CUTS, ("0503001", "0503002", "0503010"), "0503010"),
    (CUTS, ("0503011", "0503015"), "0503015"),
)  # fmt: skip

# (how it is cured, what: beginnings of codes, the product it is).
CURED = (
    ("腊 熏 烟熏 柴火 smoked cured", ("0501",), "0903001"),
    ("腊 板 风干 smoked cured", ("0503011", "0503012", "0503013", "0503015"), "0903003"),
    ("腊 干 风干 dried dry smoked", ("0601",), "0601024"),
    ("干 dried dry", ("0202032", "0202033", "0202034", "0202036"), "0905001"),
    ("干 dried dry", ("0205001",), "0905002"),
    ("干 干制 晒干 dried dry", ("0203001", "0203002", "0203003", "0203004"), "0802001"),
    ("干 dried dry", ("0206003",), "0206004"),
    ("干 dried dry", ("0103003",), "0905003"),
    ("干 干制 晒干 烘干 dried dry", ("0208001",), "0208002"),
    ("干 干制 晒干 烘干 dried dry", ("0208012",), "0208013"),
    ("dried dry candied preserved", ("0301", "0302", "0303", "0306"), "0905004"),
    ("canned tinned", ("03",), "0905006"),
    ("dried dry", ("0502007",), "0903006"),
)  # fmt: skip

# Animals by the character that names them in their meat: (meat, offal), codes.
ANIMALS = {
    "猪": ("0501007", "0501012"), "牛": ("0502007", "0502008"), "羊": ("0502013", "0502014"),
    "鸡": ("0503010", "0503016"), "鸭": ("0503015", "0503016"), "鹅": ("0503017", "0503016"),
    "兔": ("0502016", "0502016"),
}  # fmt: skip
MEAT_PARTS = _words(
    "肉 腿 腿肉 前腿 前腿肉 后腿 后腿肉 大腿 小腿 全腿 琵琶腿 里脊 里脊肉 外脊 通脊 眼肉 上脑"
    " 西冷 肉眼 胸 胸肉 大胸 小胸 腹 腹肉 腩 腱 腱子 腱子肉 前腱 后腱 排 大排 小排 排骨 肋 肋排"
    " 肋条 肋骨 仔排 前排 脊骨 龙骨 筒骨 筒子骨 扇骨 棒骨 骨 骨头 腔骨 软骨 脖 脖子 脖肉 颈"
    " 颈骨 翅 翅膀 翅中 翅根 翅尖 全翅 爪 脚 掌 架 锁骨 霖 米龙 肩肉 肩 前夹 前尖 后尖 前槽"
    " 后座 肘 肘子 前肘 后肘 蹄膀 五花 五花肉 梅花 梅花肉 梅肉 精肉 瘦肉 肥肉 肥膘 膘 碎肉 肉馅"
    " 肉片 肉丝 肉块 肉卷 肉串 胴体 白条 半片 二分体 四分体 分割肉 分割 边 颈背肉 板筋 板腱"
    " 臀肉 后臀 林 砧扒 头皮肉 槽头肉 拐弯 蝎子"
)
OFFAL_PARTS = _words(
    "肝 肚 肠 大肠 小肠 肥肠 肺 心 腰 腰子 肾 耳 耳朵 舌 舌头 口条 头 头肉 尾 尾巴 蹄 蹄子"
    " 蹄筋 筋 血 脑 皮 百叶 毛肚 杂 杂碎 鞭 宝 胗 肫 胰 脾 下水 内脏 副产品 副产 天堂 黄喉 沙肝"
    " 脚筋 小肚 粉肠 生肠 板油块 红条 连贴 横隔"
)
# Cuts that are pork when no animal is named.
PORK_PARTS = _words(
    "里脊 里脊肉 前腿肉 前尖 后尖 前夹肉 前槽肉 梅花肉 梅肉 肘子 蹄膀 前肘 后肘 大排 小排 仔排"
    " 龙骨 筒骨 筒子骨 棒骨 扇骨 腔骨 精肉 瘦肉 肥肉 肥膘 槽头肉 夹心肉 前排 后臀肉 前后腿肉"
    " 二师兄"
)
FOWL = "鸡鸭鹅"
FOWL_MEAT = _words("头 脚 皮")

# Categories, or several things to ask about, by the words people use.
CATEGORY_WORDS = {
    "蔬菜": "02", "青菜类": "0201", "水果": "03", "瓜果": "03", "果品": "03", "粮食": "01",
    "药材": "07", "中草药": "07", "草药": "07", "食用菌": "0208", "菌菇": "0208",
    "菌类": "0208", "蘑菇": "0208", "菇类": "0208", "水产": "06", "水产品": "06",
    "海鲜": "0603", "海产品": "0603", "淡水鱼": "0601", "坚果": "0307", "苗木": "0804",
    "花卉": "0804", "花木": "0804", "家禽": "0503", "活禽": "0503", "禽类": "0503",
    "杂粮": "01", "五谷杂粮": "01", "豆制品": "0901", "腊味": "0903", "农资": "10",
    "四大家鱼": "0601", "家鱼": "0601", "绿化苗": "0804", "绿化树": "0804", "容器苗": "0804",
    "裸根苗": "0804", "扦插苗": "0804", "组培苗": "0804",
}  # fmt: skip
# The same in English, in the singular, where the tree has no category of that name.
ENGLISH_CATEGORIES = {
    "mushroom": ("0208",), "fungus": ("0208",), "seafood": ("0603",), "shellfish": ("0602",),
    "fish": ("0601", "0603"), "frog": ("0602011", "0602012"), "livestock": ("05",),
    "meat": ("0501007", "0502007", "0502013", "0503010", "0503015"), "grain": ("01",),
    "bean": ("0102", "0205"), "legume": ("0102", "0205"), "oil": ("0105",),
    "cooking oil": ("0105",), "vegetable oil": ("0105",), "herb": ("07",),
    "herbal medicine": ("07",), "chinese medicine": ("07",), "medicinal plant": ("07",),
    "flower": ("0804",), "timber": ("0803",), "dried fruit": ("0905004",), "farm input": ("10",),
}  # fmt: skip


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(" ".join(name.split()) for name in group.split(",")) for group in text.split(";")
    )


# What the tree writes in English, and what it is called as well, also inside longer names.
SAME = _groups(
    "chili pepper, chili, chilli, chile, chilli pepper, hot pepper, green pepper, red pepper;"
    " chili, chilli, chile; maize, corn; corn, maize; glutinous, sticky; dry, dried; dried, dry;"
    " soybean, soya, soy, soya bean; adzuki bean, red bean; broad bean, fava bean, faba bean;"
    " yardlong bean, long bean, cowpea; green bean, french bean, string bean;"
    " garden pea, green pea; snow pea, sugar snap, sugar snap pea, mangetout; peanut, groundnut;"
    " shelled peanut, peanut kernel, groundnut kernel; rapeseed, canola;"
    " camellia oil, tea oil, tea seed oil, camellia seed oil; eggplant, aubergine, brinjal;"
    " zucchini, courgette; pumpkin, squash; okra, lady's finger;"
    " sweet pepper, bell pepper, capsicum; luffa, loofah, sponge gourd; wax gourd, winter melon;"
    " bitter melon, bitter gourd; coriander, cilantro; fennel leaf, fennel; white radish, daikon;"
    " scallion, spring onion, green onion; welsh onion, bunching onion;"
    " chinese chive, garlic chive; pak choi, bok choy, pak choy, bok choi;"
    " chinese cabbage, napa cabbage; choy sum, yu choy; chinese kale, chinese broccoli;"
    " water bamboo, wild rice stem; lily bulb, lily; kudzu root, kudzu; daylily bud, daylily;"
    " shiitake, shiitake mushroom; enoki, enoki mushroom; king oyster mushroom, king oyster;"
    " wood ear, black fungus; mandarin, mandarin orange, tangerine; pomelo, pummelo;"
    " kiwifruit, kiwi; lychee, litchi, lichee; carambola, star fruit;"
    " dragon fruit, pitaya, pitahaya; wax apple, rose apple; sugar apple, custard apple;"
    " papaya, pawpaw; bayberry, waxberry; jujube, red date, chinese date, date;"
    " goji berry, goji, wolfberry; goji, goji berry, wolfberry; hazelnut, filbert;"
    " areca nut, betel nut; gorgon nut, fox nut; tea, tea leaf; dark tea, brick tea;"
    " pu'er tea, pu-erh tea; chrysanthemum tea, chrysanthemum; rose flower, rose;"
    " live hog, live pig, pig, hog, swine; cattle, cow, ox; mutton, lamb; pork rib, spare rib;"
    " cured pork, bacon; hen egg, chicken egg; century egg, preserved egg;"
    " raw milk, fresh milk, cow milk; prawn, shrimp; shrimp, prawn; crayfish, crawfish;"
    " hairtail, ribbonfish; rice-field eel, rice eel, paddy eel, swamp eel; kelp, seaweed;"
    " nori, laver; tofu, bean curd; licorice, liquorice; cassia bark, cinnamon;"
    " star anise, aniseed; sichuan pepper, sichuan peppercorn, szechuan pepper, prickly ash;"
    " black pepper, black peppercorn; white pepper, white peppercorn; fertiliser, fertilizer;"
    " fibre, fiber; cured sausage, sausage, pork sausage;"
    " fuji apple, fuji, red fuji, red fuji apple; kyoho grape, kyoho;"
    " bingtang orange, rock sugar orange, crystal sugar orange, rock candy orange;"
    " shatangju mandarin, sugar mandarin, sugar tangerine, sugar orange;"
    " whiteleg shrimp, vannamei shrimp, vannamei, pacific white shrimp, white shrimp;"
    " red globe grape, red globe; navel orange, navel; oil-camellia seed, camellia seed, tea seed;"
    " down, goose down, duck down; wool, sheep wool; fruit seedling, fruit tree;"
    " melon, cantaloupe, muskmelon, honeydew; mint, peppermint;"
    " farm machinery, farm machine, agricultural machinery, tractor;"
    " organic fertiliser, organic fertilizer, compost"
)
# Plurals that follow no rule.
PLURALS = {
    "leaves": "leaf", "calves": "calf", "halves": "half", "loaves": "loaf", "geese": "goose",
    "feet": "foot", "oxen": "ox", "chilies": "chili", "chillies": "chilli",
}  # fmt: skip
# Without one of these behind it a name says as much: coffee bean, oolong tea.
PARTS = _words("tea bean nut seed leaf root bark flower tree")
# Last words of names that don't say what kind of thing it is.
UNSPECIFIC = _words(
    "ash ball bark beet bud bulb cake choi choy curd delicious ear fibre fiber finger jelly"
    " kernel leaf log mane meal milkpowder pod peel powder product purse root rhizome rush"
    " seedoil shoot slice stalk stem stick straw sum tear tree treefruit herb farmed live grain"
)
