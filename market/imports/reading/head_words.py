"""The words that stand above columns, folded, without brackets: Chinese and English.

Of one field the words stand in the order in which they win over each other, where two columns
claim it. A word may be of several fields: what stands below it decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from market.imports.reading.fields import ImportKind


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _bounds(ends: str) -> tuple[str, ...]:
    """Titles of two lines, 价格 above and 最低 or 最高 below: however the price is called, it ends
    so."""
    stems = ("价", "价格", "价位", "单价", "price")
    return tuple(f"{stem}{end}" for end in _words(ends) for stem in stems)


def _day_bounds(ends: str) -> tuple[str, ...]:
    """The same of days: 供货时间 above, 起 and 止 below."""
    stems = _words("时间 日期 期 时段 月份")
    return tuple(f"{stem}{end}" for end in _words(ends) for stem in stems)


_PHONE = _words(
    "手机号码 手机号 手机 联系手机 移动电话 联系电话 电话号码 电话 联系方式 联系号码 手机电话"
    " 办公电话 固定电话 座机 固话 微信电话 号码 mobilephone mobilenumber mobile cellphone"
    " phonenumber phone telephone tel contactnumber"
)
_REGION = _words(
    "县市区 县区 区县 市县 所在县 所属县 所在县区 所属县市 县名 县 县级 产地县 产地 生产地 种植地"
    " 养殖地 货源地 来源地 原产地 生产基地 基地 基地地址 基地位置 种植地点 产地地址 所在地"
    " 所在地区 所属地区 地区 区域 所在区域 行政区 行政区划 地址 详细地址 家庭住址 家庭地址 住址"
    " 通讯地址 联系地址 地点 位置 收货地 收货地址 送货地址 交货地 交货地点 需求地 county region"
    " district place location origin address"
)
_TOWNSHIP = _words(
    "乡镇街道 乡镇名称 乡镇名 所属乡镇 所在乡镇 乡镇 镇乡 镇街 街道乡镇 乡 镇 街道 township town"
)
_VILLAGE = _words(
    "村组 村社区 行政村 村名 村名称 所在村 所属村 村庄 村居 村委会 村 自然村 社区 村民小组 组别"
    " 组 village hamlet"
)
_PRODUCT = _words(
    "农产品名称 产品名称 产品名 货名 货种 品目 农产品名 农产品 产品 品名 商品名称 商品名 商品"
    " 货物名称 货品名称"
    " 货品 货物 物品名称 物资名称 品种名称 名称 作物名称 作物 农作物 种植作物 主要产品 主导产品"
    " 特色产品 特色农产品 主要农产品 供应产品 供应品种 销售产品 销售品种 滞销产品 滞销农产品"
    " 滞销品种 待售产品 在售产品 种植品种 养殖品种 求购产品 求购品种 采购产品 采购品种 需求产品"
    " 需求品种 收购品种 交易产品 交易品种 成交产品 成交品种 种养品种 生产品种 产业 菜名 菜品 果品"
    " 水果品种 蔬菜品种 种类 产品种类 品类 产品类别 类别 品种 productname product goodsname goods"
    " commodity crop produce item itemname"
)
_VARIETY = _words("具体品种 详细品种 产品品种 品种 品系 品种名 variety cultivar")
_QUANTITY = _words(
    "剩余 实际数量 现有数量 实有数量 待销售 待售 待销 未销售 可售 可供 可供数量 可供应量 可供量"
    " 可售数量 可售量 待售数量 待售量"
    " 供应数量 供应量 供货数量 供货量 供给量 滞销数量 滞销量 剩余数量 剩余量 余量 结余数量"
    " 库存数量 库存量 库存 存量 现存量 上市数量 预计上市量 上市量 出售数量 销售数量 销售量 销量"
    " 预计出栏 出栏数量 出栏量 出栏数 出栏 求购数量 求购量 采购数量 采购量 需求数量 需求量"
    " 收购数量 收购量 需要数量 需要量 成交数量 成交量 交易数量 交易量 数量 总数量 数目 重量"
    " 总重量 净重 斤数 公斤数 吨数 吨位 头数 只数 羽数 箱数 件数 株数 预计产量 预估产量 总产量"
    " 年产量 总产 产量 存栏数量 存栏量 存栏 总量 availablequantity availableqty quantityavailable"
    " qtyavailable quantity qty amountavailable"
    " volume weight"
)
_UNIT = _words("计量单位 数量单位 单位 unit unitofmeasure uom")
_PRICE = _words(
    "最高限价 限价 期望价格 期望价 期望单价 意向价格 意向价 意向单价 预期价格 预期价 心理价位"
    " 心理价 销售单价 销售价格 销售价 出售价格 出售价 供应价格 供应价 供货价格 供货价 售价"
    " 采购单价 采购价格 采购价 收购价格 收购单价 收购价 求购价格 求购价 成交单价 成交价格 成交价"
    " 交易单价 交易价格 单价 价格 报价 批发价格 批发价 地头价格 地头价 田头价 产地价格 产地价"
    " 出园价 出场价 出厂价格 出厂价 今日价格 今日价 结算价 保底价 挂牌价 出栏价 塘边价 到货价"
    " 统货价 现价 目前价格"
    " 当前价格 参考价格 参考价 市场价格"
    " 市场价 最低价格 最低价 最低单价 起价 起始价 最低售价 价钱 价位 价"
    " unitprice askingprice price lowestprice minprice"
) + _bounds("最低 下限 低 起 从 min lowest from")
_PRICE_TO = _words("最高价格 最高价 最高单价 最高售价 止价 终止价 highestprice maxprice") + _bounds(
    "最高 上限 高 止 至 到 max highest to"
)
_PRICE_UNIT = _words("价格单位 单价单位 计价单位 价格计量单位 priceunit priceper")
_AMOUNT = _words(
    "成交金额 成交总额 交易金额 交易额 成交额 销售金额 销售额 合同金额 总金额 金额 总价 总额"
    " 货款 合计金额 amount totalprice totalamount total value sum"
)
_NOTE = _words(
    "备注说明 备注 附注 说明 补充说明 其他说明 其它说明 其他要求 其他 其它 需求说明 产品说明"
    " 产品描述 产品介绍 产品简介 描述 详情 简介 特点 产品特点 要求 质量要求 采购要求 notes note"
    " remarks remark comment comments description"
)
_AGREED = _words(
    "agreedornot 是否同意 是否授权 是否委托 是否同意代发 是否同意发布 是否愿意 农户是否同意"
    " 本人是否同意 同意否 同意与否 愿意否 农户意见 本人意见 户主意见 同意情况 授权情况 委托情况"
    " 是否签字 是否签名 签字情况 签名情况 签字与否"
    " 同意代发 同意发布 同意委托 同意授权 同意 授权 委托"
    " agreed hasagreed agrees agree authorized authorised"
)

_OFFERS: Mapping[str, tuple[str, ...]] = {
    "side": _words(
        "供应或求购 forsaleorwanted 供求类型 供求类别 供求关系 供求 供需类型 供需类别 供需"
        " 供销类型 供销 买卖类型 买卖 业务类型 交易类型 交易方式 信息类型 信息类别 类型 方向 side"
        " type sellorbuy buyorsell"
    ),
    "name": _words(
        "farmersname whose 户主姓名 户主 农户姓名 农户名称 农户名 农户 姓名 种植户 养殖户 种养户"
        " 种养大户 大户姓名 大户名称 大户 户名 农民姓名 村民姓名 村民 生产经营主体 经营主体名称"
        " 经营主体 新型经营主体 主体名称 生产主体 市场主体 主体 合作社名称 合作社 企业名称 企业"
        " 公司名称 公司 单位名称 供应商名称 供应商 供货商 供应单位 供货单位 供方 货主姓名 货主"
        " 卖方 卖家 采购商名称 采购商 采购单位 采购方 求购单位 求购方 需求单位 需求方 需方 买方"
        " 买家 基地名称 农场名称 名称 单位 联系人姓名 联系人 负责人姓名 负责人 法人代表"
        " 法定代表人 法人 对接人 经营者 人员 farmername farmer householder grower supplier owner"
        " contactperson contactname contact name"
    ),
    "phone": _PHONE,
    "region": _REGION,
    "township": _TOWNSHIP,
    "village": _VILLAGE,
    "product": _PRODUCT,
    "variety": _VARIETY,
    "grade": _words(
        "gradeorsize 规格等级 等级规格 规格型号 规格 等级 级别 品级 质量等级 产品等级 产品规格"
        " 质量标准 标准 品质 质量 果径 大小 单果重 grade size specification spec quality"
    ),
    "quantity": _QUANTITY,
    "unit": _UNIT,
    "lot": _words(
        "最少起订 minimumlot 最小起订量 最低起订量 最少起订量 起订量 起订数量 起订 起批量 起批数量"
        " 最小起批量 最低起批量 最少起批 起批 起售量 最小批量 最少数量 最少 minlot minimumorder"
        " minorder moq"
    ),
    "price": _PRICE,
    "price_to": _PRICE_TO,
    "price_unit": _PRICE_UNIT,
    "amount": _AMOUNT,
    "from_day": _words(
        "firstdayofsupply 上市时间 上市日期 上市期 上市时段 上市月份 上市季节 预计上市 上市"
        " 采收时间 采收日期 采收期 采收 采摘时间 采摘期 采摘日期 收获时间 收获期 收割时间"
        " 成熟时间 成熟期 出栏时间 出栏日期 出栏期 起捕时间 供货时间 供货期 供货日期 供应时间"
        " 供应期 供应日期 供应周期 可供时间 可供货时间 销售时间 销售期 销售日期 需求时间 需求日期"
        " 采购时间 采购日期 求购时间 收购时间 交货时间 交货日期 交货期 开始时间 开始日期 起始时间"
        " 起始日期 起始日 availablefrom available from fromdate startdate harvest harvesttime"
        " harvestdate season when 起止时间 起止日期 起止 起"
    )
    + _day_bounds("起 起始 始 从 自 开始 最早"),
    "until_day": _words(
        "lastdayofsupply 截止时间 截止日期 截止日 结束时间 结束日期 终止时间 下市时间 下市日期"
        " 下市 上市结束 采收结束 有效期 有效期至 有效日期 until untildate enddate availableuntil"
        " to todate 止"
    )
    + _day_bounds("止 至 到 迄 终 终止 截止 截至 结束 最晚 最迟"),
    "packaging": _words("包装方式 包装规格 包装要求 包装 packaging package packing"),
    "delivery": _words(
        "运输方式 交货方式 提货方式 配送方式 物流方式 交付方式 发货方式 运输 物流 配送 delivery"
        " transport shipping"
    ),
    "description": _NOTE,
    "agreed": _AGREED,
}
_FARMERS: Mapping[str, tuple[str, ...]] = {
    "name": _OFFERS["name"],
    "phone": _PHONE,
    "region": _REGION,
    "township": _TOWNSHIP,
    "village": _VILLAGE,
    "trader_type": _words(
        "主体类型 经营主体类型 主体类别 主体性质 农户类型 农户类别 人员类型 人员类别 类型 类别"
        " 性质 身份 tradertype type"
    ),
    "agreed": _AGREED,
    "consent": _words(
        "wayofconsent 同意方式 授权方式 委托方式 确认方式 同意形式 授权形式 委托形式 howagreed"
        " consent"
    ),
    "witness": _words(
        "见证人或存档处 witnessorpaper 见证人姓名 见证人 证明人 在场人 证人 同意书编号 授权书编号"
        " 委托书编号 同意书存放处 同意书存放 授权书存放处 委托书存放处 存档处 存放处 存放地点"
        " witness witnessedby paper"
    ),
    "consent_day": _words(
        "dayoftheconsent 同意日期 同意时间 授权日期 授权时间 委托日期 委托时间 签字日期 签字时间"
        " 签订日期 签订时间 登记日期 登记时间 日期 consentdate dateofconsent date day"
    ),
}
_DEALS: Mapping[str, tuple[str, ...]] = {
    "seller": _words(
        "卖方姓名 卖方名称 卖方单位 卖方 卖家 卖出方 出卖方 出卖人 销售方 售方 出售方 供方名称"
        " 供方单位 供方 供货方 供应方"
        " 供应商 供货商 供货单位 甲方 农户姓名 农户 户主姓名 户主 种植户 养殖户 合作社名称 合作社"
        " 姓名 seller sellername supplier farmer"
    ),
    "seller_phone": _words(
        "sellersphone 卖方联系电话 卖方手机号 卖方电话 卖方手机 卖方联系方式 卖家电话"
        " 供方联系电话 供方电话 供方手机 供方联系方式 供货方电话 甲方电话 农户电话 农户联系电话"
        " 农户手机 sellerphone sellerstelephone sellermobile 联系电话 电话 手机号码 手机号 手机"
        " 联系方式"
    ),
    "buyer": _words(
        "买方姓名 买方名称 买方单位 买方 买家 买入方 买受人 购买方 购货方 购方 收购方 收购商"
        " 收购单位 采购方名称 采购方"
        " 采购商名称 采购商 采购单位 需方名称 需方单位 需方 乙方 客商姓名 客商名称 客商 客户名称"
        " 客户 老板 buyer buyername purchaser customer"
    ),
    "buyer_phone": _words(
        "买方联系电话 买方手机号 买方电话 买方手机 买方联系方式 买家电话 需方联系电话 需方电话"
        " 需方手机 需方联系方式 采购方电话 采购商电话 采购商联系方式 收购商电话 收购方电话"
        " 乙方电话 客商电话 客商联系方式 客户电话 buyerphone buyersphone buyermobile"
    ),
    "buyer_region": _words(
        "买方县区 买方所在县 买方所在地 买方地址 需方所在地 需方地址 采购商所在地 采购商地址"
        " 采购方所在地 收购方所在地 客商来源地 客商来源 客商所在地 客户所在地 销往地 销往"
        " 销售去向 去向 流向 目的地 buyercounty buyerscounty buyerregion destination"
    ),
    "product": _PRODUCT,
    "variety": _VARIETY,
    "quantity": _QUANTITY,
    "unit": _UNIT,
    "price": _PRICE,
    "price_unit": _PRICE_UNIT,
    "amount": _AMOUNT,
    "day": _words(
        "dayofthedeal 成交日期 成交时间 交易日期 交易时间 签约日期 签约时间 签订日期 销售日期"
        " 销售时间 收购日期 日期 时间 dealdate dateofdeal date day"
    ),
    "occasion": _words(
        "对接会或日常 fairordailytrade 成交场合 成交渠道 成交方式 交易场合 交易渠道 交易方式"
        " 交易类型 渠道 场合 是否对接会 对接会 活动 活动名称 fair occasion channel"
    ),
    "note": _NOTE,
}
HEAD_WORDS: Mapping[ImportKind, Mapping[str, tuple[str, ...]]] = {
    ImportKind.OFFERS: _OFFERS,
    ImportKind.FARMERS: _FARMERS,
    ImportKind.DEALS: _DEALS,
}
# Columns that only number the rows, or are no field of any kind, though their ends sound so.
IGNORED = frozenset(
    _words(
        "序号 编号 序 号 行号 no no. # number serial id 身份证号码 身份证号 身份证 证件号码"
        " 银行卡号 银行账号 账号 社会信用代码 统一社会信用代码 填报单位 填表单位 填报人 填表人"
        " 制表人 审核人 填报时间 填报日期 不同意 未同意 户数 人口 邮编 邮箱 微信号 微信 qq"
        " 未导入原因 whyitwasnotimported 原因 原因说明 错误原因 出错原因 失败原因 退回原因 驳回原因"
        " 拒绝原因 未通过原因 不通过原因 不合格原因 修改原因 问题 问题说明 存在问题 错误 错误说明"
        " 错误信息 错误提示 修改意见 整改意见 修改说明 审核意见 审核结果 审核状态 核对结果 核实情况"
        " 检查结果 校验结果 导入结果 导入状态 处理结果 处理意见 处理状态 reason reasons error"
        " errors errormessage problem problems result"
    )
)
# No field of any kind either, yet it says something about the goods.
DESCRIPTIVE = frozenset(_words("播种时间 种植时间 种植面积 养殖面积 面积 亩数"))
# Of another time than the one that an offer or a deal is about, and what
# nobody sells: it is gone, or it is so much of an acre, a day, a head.
OTHER_TIME = re.compile(
    r"去年|上年|前年|往年|历年|昨[日天]|上季|上月|上期|同期|同比|环比|last year|previous"
)
NOT_FOR_SALE = re.compile(
    r"已[销售卖订]|亩产|亩均|单产|日均|日产|月均|人均|户均|损失|受灾|受损|死亡|自用|自留|自食|补贴|成本|运费"
    r"|\bsold\b|\bloss\b",
    re.IGNORECASE,
)
# What is nobody's business: a description is public.
PRIVATE = re.compile(
    r"性别|年龄|民族|出生|生日|身份|证件|证号|银行|卡号|账[号户]|帐[号户]|开户|存折|密码|社保|医保"
    r"|贫困|脱贫|低保|监测户|五保|残疾|特困|健康|疾病|婚姻|学历|文化程度|政治面貌|党员|家庭|人口|户数"
    r"|收入|同意|授权|委托|见证|(?:人|员|干部|姓名|签[名字]|盖章)$"
    r"|gender|\bsex\b|\bage\b|birth|bank|account|identity|\bid\b|income|poor|signature"
)


def fields_of(kind: ImportKind) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Head word -> (field, how many words of the field win over it) of each field it may be."""
    found: dict[str, list[tuple[str, int]]] = {}
    for field, words in HEAD_WORDS[kind].items():
        for rank, word in enumerate(words):
            found.setdefault(word, []).append((field, rank))
    return {word: tuple(fields) for word, fields in found.items()}


def longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))
