"""Words of posts that say nothing of which goods: they end a product's name.

Of the market's own words those of the search stand in market.offers.search.stop_words.
"""

from __future__ import annotations

from collections.abc import Iterator

from market.offers.search import stop_words
from market.products.segmentation import Token

_SINGLE_COST = 1.7

_TALK = """
    看过来 注意了 挂树 树上 丰收 丰收了 亩产 打捆 打捆的 晒干 晒干了 挖好 挖好了 捡好 收好 起塘
    起捕 刚出 新出 堆着 地里 家养 行情 怎么样 什么价 多少钱 收的 熏的 榨的 自己家种的 自己种的
    自己养的 长得 长势 喜人 甜得 直发 供您 选择 随便 随意 不议价 干花 干货 鲜货 干品 干料 鲜果
    产地货 罐头用 加工用 榨汁用 酿酒用 药用 泡酒用 炼油用 做菜用 脱粒 脱粒好 棒子 嫩芽 老料 散料
    也有 都有 没有 没有了 我想卖点 卖点 想卖点 就是 那种 可以出了 要卖 有点 一点 还不 卖完 卖光
    只要 每斤 每公斤 每吨 每箱 每头 每只 一头 一只 一箱 一件 一筐 谢谢 感谢 支持 转发 帮忙 帮帮
    急 急急 速度 速来 我家 我们 家里 家中 自家 自己 自己家 俺家 俺们 咱家 咱们 俺 咱 本社 本场
    本店 本厂 我社 我场 我处 我司 我村 我镇 我县 各位老板 老板 亲们 朋友们 乡亲们 种的 养的 产的
    做的 晒的 种了 养了 栽了 刚挖 刚摘 刚采 刚下 刚收 现摘 现挖 现采 现杀 挺 很 非常 特别 比较
    都是 全是 都 已经 可以 保证 绝对 基本 开始 陆续 马上 即将 预计 大概 大约 大量上市 大量 少量
    批量 持续 正在 正 快要 快 这批 一批 有一批 一些 一车 几车 剩下 还剩 还有 剩 只剩 仅剩 现有
    备有 存有 另有 另外 上市 上市了 开园 开园了 开挖 开采 开捕 出栏 出塘 出圃 下树 成熟 成熟了
    熟了 采摘 采收 收获 滞销 卖不动 卖不出去 处理 清仓 清棚 清园 清塘 清栏 甩卖 急售 急出 便宜出
    低价出 低价 特价 便宜 便宜卖 便宜处理 转让 出手 脱手 想卖 想出 要出 卖了 求购 收购 采购 需要
    急需 想要 想收 想买 常年收购 长期收购 大量收购 高价收购 上门收购 现金收购 诚收 急收 急求
    诚求 预订 预定 订购 欢迎 联系 电联 私聊 来电 的老板 的朋友 的联系 有要的 有需要的 需要的
    要的 有货的 有的 谁有 谁家有 谁要 有人要 有人收 哪里有 哪家有 食堂 学校 酒店 饭店 餐厅 超市
    档口 工厂 工地 公司 每天 每周 每月 每日 日产 日供 日走 月产 年产 产量 存栏 库存 现货 有货
    货源 货源充足 量大 量大从优 质量好 质量 品质 品相 口感 味道 个头 果形 颜色 价格 单价 价钱
    要价 报价 面议 可谈 可议 包邮 自提 发货 代发 装车 装好 装箱 可发 可装 能装 能发 看货 交货
    到货 送货 要货 供货 长期 常年 随时 今天 明天 昨天 现在 目前 今年 去年 明年 下周 下月 月底
    规格 要求 标准 等级 包装 数量 品种 产地 地址 电话 微信 备注 名称 产品 品名 货品 商品 类别 求
    收 供 出 售 卖 买 要 需 有 和 与 及 还 或 各 等 的 了 吗 呢 吧 是 在 给 把 被 为 不 没 也 又
    就 才 只 约 共 约有 共有 左右 以上 以下 不限 不错 很好 很甜 好吃 好 甜 漂亮 新鲜 无农药
    没打药 农家肥 喂 吃 粮食 长大 散养 生态 放养 大小 大小均匀 均匀 统一 一斤 一吨 走 走货 能走
    有多少 多少 为主 加工 做种 留种 自留 食用 饲料用 用于 用来 用 做 配 适合 专业 承接 提供 批发
    零售 直销 直供 产地直供 基地直供 产地直销 农户直销 一手货源 一手货 品质保证 质量保证 当天
    当季 当年 本地 外地 全国 各地 客商 收购商 前来 选购 订货 洽谈 地头 塘口 田头 棚内 库内 冷库
    路边 装车价 地头价 产地价 到货价 出厂价
"""
# How the goods are: 皮厚, 个大.
_PARTS = "皮 肉 核 个 个头 果 味 色 颜色 粒 颗粒 籽 汁 水分 膘 毛 骨 口感 品相 果形 花 瓣 杆"
_QUALITIES = "厚 薄 细 嫩 多 少 大 小 甜 脆 香 好 足 长 短 粗 满 软 硬 鲜 亮 正 浓 佳 重 高 匀"
" 红 绿 黄 白"
_DESCRIPTIONS = frozenset(
    part + quality for part in _PARTS.split() for quality in _QUALITIES.split()
) - {"花红"}
WORDS = (
    frozenset(_TALK.split()) | _DESCRIPTIONS | stop_words.BUY | stop_words.SELL | stop_words.POLITE
)
_LONGEST = max(map(len, WORDS))


def talk(text: str, start: int) -> Iterator[Token]:
    """Such words that begin at `start` of a folded text."""
    latin = text[start].isascii()
    if latin and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return
    for end in range(start + 1, min(start + _LONGEST, len(text)) + 1):
        if text[start:end] not in WORDS:
            continue
        if latin and end < len(text) and text[end].isascii() and text[end].isalnum():
            continue
        cost = _SINGLE_COST if end - start == 1 and not latin else 1.04 - 0.01 * (end - start)
        yield Token(start, end, "talk", None, cost)
