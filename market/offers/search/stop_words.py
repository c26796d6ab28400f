"""Words that say nothing of the goods: which side one is on, and mere talk.

Of several words, joined by an underscore here.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(word.replace("_", " ") for word in text.split())


# Terms of the trade for offers of one side, whoever types them.
BUY = _words(
    "收购商 只收 采购商 收购方 采购方 求购 收购 采购 需求 求收 高价收 大量收 长期收 诚收 收货 收"
    " 求 急求 诚求 诚购 急购 买家 买主 buyer buyers buys purchase purchaser purchasers importer"
    " importers procure procurement wanted wtb qiugou shougou caigou looking_for_buyer"
    " looking_for_buyers looking_for_a_buyer"
)
SELL = _words(
    "供应商 供应方 急售 出售 供应 供货 供给 销售 出货 有售 抛售 甩卖 售 供 待售 在售 热卖 直销"
    " 现售 出让 卖家 卖主 有卖 有卖的 supply supplying supplier suppliers supplied offer offering"
    " offered seller sellers sells exporter exporters gongying chushou for_sale on_sale"
    " looking_for_supplier looking_for_suppliers looking_for_a_supplier looking_for_seller"
    " looking_for_sellers"
)
# What somebody says who wants to have goods, and looks for who has them.
WANTS = _words(
    "买 要 想要 想买 要买 我要买 想收 要收 我收 想购 购买 购入 购进 需要 急需 急要 急买"
    " 也要 都要 要不要 寻求 订购 定购 预订 预定 团购 进货 想进 拿货 求推荐 求介绍 求货源 求供应"
    " 求带 求找 想找 去哪买 在哪买 哪里买 哪买 怎么买 咋买 去哪里买 到哪买 哪里能买 哪里可以买"
    " 哪能买 哪里有 哪有 哪儿有 哪家有 谁有 谁家有 有没有 有没 有木有 有谁有 buy buying want"
    " wanting need needed order ordering seeking sourcing looking_for looking_to_buy want_to_buy"
    " to_buy wish_to_buy would_like_to_buy seeking_to_buy in_search_of in_need_of wanting_to_buy"
    " need_to_buy want_to_purchase purchasing interested_in_buying where_to_buy where_can_i_buy"
)
# And somebody who has them, and looks for who takes them.
HAS = _words(
    "卖 只卖 我要卖 想卖 要卖 急卖 急出 出手 要出手 想出手 急出手 处理 要处理 急处理 转让 要转让"
    " 脱手 卖掉 卖出 卖给 卖给谁 卖到哪 卖哪里 去哪卖 在哪卖 哪里卖 怎么卖掉 想找销路 找人来拉"
    " 找人拉 来拉 来收 找人收 找人来收 找人买 找销路 求销路 销路 代卖 帮卖 要出 想出 sell selling"
    " wts want_to_sell to_sell wish_to_sell would_like_to_sell wanting_to_sell need_to_sell"
    " where_to_sell where_can_i_sell"
)
POLITE = _words(
    "只要 就要 各位 大家 人 有人 下 问下 送到 送 家里 点 家 种 我家 家有 老乡 朋友 朋友们 急用 我"
    " 我们 咱 咱们 俺 我想 想 请 请问 问 问一下 一下 哪里 哪儿 哪个 哪家 有 没有 吗 呢 吧 啊 呀"
    " 嘛 哦 大量 长期 常年 的 了 谁 谁家 谁知道 有谁 本人 老板 老板们 急 急急 现 现在 最近 今天"
    " 目前 多少钱 多少 价格 价钱 报价 行情 什么价 怎么卖 怎么买 咋卖 几多钱 一点 一点点 一些 些"
    " 一批 批 各种 这种 那种 帮我 帮忙 找 找找 寻 寻找 查 查找 查询 搜 搜索 看看 看 推荐 介绍"
    " 你好 您好 大家好 麻烦 谢谢 批发 批发商 货源 厂家 商家 基地 种植基地 养殖基地 合作社 农户"
    " 农场 批发市场 市场 公司 产地直供 产地 直供 直发 现货 电话 联系 联系方式 在 到 从 里 里面"
    " 附近 周边 那边 这边 来 来自 出产 产 和 与 及 或 或者 还有 以及 跟 要求 最好 便宜 便宜点"
    " 便宜的 好的 是 能 可以 不 有货 没 诚信 诚寻 量大 优惠 提供 不要紧 从优"
    " 量大从优 给 给我 都 也 就 还"
    " 每天 每月 天天 每年 今年 明天 本周 这几天 自家 自产自销 自产 全国 市 出口转内销 品质 质量"
    " 什么 哪些 怎样 怎么样 如何 i we am is are do does you have any the a an of from in at for"
    " to me please some with and or near where can get there who hi hello price prices cheap bulk"
    " wholesale lots much how my our your it find search show which what best anyone somebody"
    " someone today now i'm we're by on per quotation quote cost farmer farmers grower growers"
    " pifa pifashang jiage jiaqian hangqing baojia duoshaoqian duoshao_qian xianhuo huoyuan"
    " changjia jidi hezuoshe zhigong zhixiao changqi daliang"
    " producer producers trader traders wholesaler wholesalers nearby around would like quantity"
)
