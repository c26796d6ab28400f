"""Words that say nothing of the goods: which side one is on, and mere talk.

Of several words, joined by an underscore here.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(word.replace("_", " ") for word in text.split())


BUY = _words(
    "收购商 采购商 求购 收购 采购 购买 购入 购进 需求 求收 想收 要收 高价收 大量收 长期收"
    " 诚收 收货 想买 要买 我要买 买 收 求 要 想要 需要 急需 急求 诚求 寻求 订购 定购 预订 团购"
    " 进货 buy buying purchase wanted want need wtb qiugou shougou caigou in_need_of"
    " looking_for looking_to_buy want_to_buy wanting needed to_buy wish_to_buy would_like_to_buy"
    " buys buyer buyers importer importers purchaser purchasers purchasing procure procurement"
    " sourcing seeking seeking_to_buy in_search_of wanting_to_buy need_to_buy order ordering"
    " interested_in_buying looking_for_buyer looking_for_buyers looking_for_a_buyer"
)
SELL = _words(
    "供应商 急售 出售 供应 供货 供给 销售 出货 有售 转让 抛售 甩卖 处理 卖 出 售 供 待售 在售"
    " 热卖 直销 现售 我要卖 想卖 要卖 出让 sell selling supply supplying supplier offer"
    " offering wts chushou gongying for_sale on_sale want_to_sell"
    " sells to_sell wish_to_sell would_like_to_sell wanting_to_sell need_to_sell suppliers seller"
    " sellers exporter exporters offered supplied looking_for_supplier looking_for_suppliers"
    " looking_for_a_supplier looking_for_seller looking_for_sellers"
)
POLITE = _words(
    "各位 大家 人 有人 下 问下 送到 送 家里 点 家 种 我家 家有 老乡 朋友 朋友们 急用 我 我们"
    " 我想 想 请 请问 问 问一下 一下 哪里 哪里有 哪有 哪儿 哪儿有 哪个 哪家 有没有 有 没有 吗"
    " 呢 吧 啊 呀 嘛 哦 大量 长期 常年 的 了 谁 谁家 谁有 谁知道 有谁 本人 老板 老板们 急 急急"
    " 现 现在 最近 今天 目前 多少钱 多少 价格 价钱 报价 行情 什么价 怎么卖 怎么买 咋卖 几多钱"
    " 一点 一点点 一些 些 一批 批 各种 这种 那种 帮我 帮忙 找 找找 寻 寻找 查 查找 查询 搜"
    " 搜索 看看 看 推荐 介绍 你好 您好 大家好 麻烦 谢谢 批发 批发商 货源 厂家 商家 卖家 买家"
    " 基地 种植基地 养殖基地 合作社 农户 农场 批发市场 市场 公司 产地直供 产地 直供 直发 现货"
    " 电话 联系 联系方式 在 到 从 里 里面 附近 周边 那边 这边 来 来自 出产 产 和 与 及 或 或者"
    " 还有 以及 跟 要求 最好 便宜 便宜点 便宜的 好的 是 能 可以 不 有货 没 诚信 诚寻 量大 优惠"
    " 从优 量大从优 给 给我 都 也 就 还 每天 每月 天天 每年 今年 明天 本周 这几天 自家"
    " 自产自销 自产 全国 市 出口转内销 品质 质量 什么 哪些 怎样 怎么样 如何 i we am is are do"
    " does you have any the a an of from in at for to me please some with and or near where"
    " can get there who hi hello price prices cheap bulk wholesale lots much how my our your it"
    " find search show which what best anyone somebody someone today now i'm we're by on per"
    " quotation quote cost farmer farmers grower growers producer producers trader traders"
    " wholesaler wholesalers nearby around would like quantity"
)
