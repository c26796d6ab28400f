"""Whose side a post is on: whether its writer has the goods or wants them.

Cues of several classes add up, each with a weight: what the writer does (出售, 求购), what they
say to the other party (欢迎来收购, 供货商请联系), what only one side has or asks for (现货, 预算).
A class hides its words from the ones after it, so that the wider ones come last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from market.offers.models import Side

# From here on a side is told without asking.
CERTAIN = 0.9
# Both sides are spoken for: neither, unless one has so much more.
BOTH, OUTWEIGHS = 3.0, 1.3
# What is offered at a price, or in a quantity, without a verb is for sale.
PRICE_AND_QUANTITY, PRICE_ONLY, QUANTITY_ONLY = 2.4, 1.2, 0.6

# Who pays names the most.
CAPPED = 2.5

# Characters.
_BEGINNING = 3

_IN_CLAUSE = r"[^,，。;；!！?？\n]"
_BUYERS = (
    r"(?:老板|客商|客户|商家|商户|厂家|厂商|企业|单位|大家|各位|朋友|收购商|经销商|采购商|批发商"
    r"|贩子|商贩"
    r"|食堂|超市|买家|团购|中间商|代办|客人|人)"
)
_SELLERS = (
    r"(?:供应商|供货商|供货方|供方|货主|卖家|卖方|种植户|养殖户|种植大户|养殖大户|农户|农民|农场"
    r"|产地|基地|合作社"
    r"|菜农|果农|茶农|瓜农|蜂农|药农|种植基地|种养户|货源|散户|大户)"
)
_TALK = (
    r"(?:联系|报价|私聊?|来电|电联|合作|洽谈|供货|送货|致电|打电?话?|加我?|微信|留言|来谈"
    r"|面谈|发图|推荐|投标|速|前来|看过来|请看|注意了?)"
)
_ASKED = (
    r"(?:有没有|有无|有谁|谁家?|哪[位个]|哪家|哪[里儿]|哪|有哪)(?:的|有|个|位|家)?(?:人|老板"
    r"|厂家?|商家|单位|客户|朋友|兄弟"
    r"|食堂|饭店|客商|还|能|会|在|想|大量|高价|长期|现金|地方|可以|要不要)*"
)


@dataclass(frozen=True)
class Cue:
    """A class of cues. `weight`: above zero for a sale, below for a purchase."""

    pattern: re.Pattern[str]
    weight: float


def _cue(weight: float, *patterns: str) -> Cue:
    return Cue(re.compile("|".join(patterns)), weight)


CUES = (
    # Nothing of anybody's side.
    _cue(
        0,
        r"求(?:帮|助|带货|转|扩散|支持)|回收站|批发市场|批发商|批发部|农贸市场|出口转内销|供应链"
        r"|供求|供需|买卖|代卖点|采购节|处理器"
        r"|处理机",
        r"需要?(?:提前|自提|自己|预[定约订]|先|打包|另|人工|冷链|现金|当面|拼|自备|付)|按需|所需"
        r"|刚需|供不应求",
        r"收[割获成入到拾藏益工费款据完回集尾干晒听看养]"
        r"|[丰秋夏麦抢签验回吸刚新已歉增营年采机欠查征今]收(?!购)|收[的了]",
        r"出[产苗去现口米肉油芽厂具示生名色众差圃水壳率成行门国力资版厂]|付出|突出|发出",
        r"[待等该]收(?!购)|[着来去摊零转好]卖(?!掉)|要紧|要命|重要|主要|首要|还要看|要素|摘要"
        r"|不要(?:问|打听|错过|犹豫|急"
        r"|钱|怕|担心|再|等)|要不然"
        r"|要不是",
        r"\bin order\b|\border(?:ing)?\s+(?:no|number|early|now)\b",
    ),
    # What is said to who buys.
    _cue(
        4,
        _ASKED + r"(?:(?:需?要|收)(?!卖|出|转|处理|求|货源|到)|(?<!哪里)(?<!哪儿)买(?!卖)|采购"
        r"|吃得下|接手|求购)",
        _ASKED + r"(?:需?要|收|买)购?的",
        r"(?:可?有|有哪个?|有哪位)" + _BUYERS + r"(?:来|想|还|能|会|愿意|大量|长期|现在)*"
        r"(?:需?要|收购?|买|接手|采购)(?!求|卖|出|转)",
        r"有人" + r"(?:想|还|能|会|愿意)*(?:需?要|收购?|买|接手|采购)(?!求|卖|出)",
        r"(?<!没)(?:有|还有)(?:没有)?(?:想|需)?(?:要|收|买)(?:购|货)?的",
        r"(?:需要|有需要|想要|有意|想买|有需求|有需|看上|有兴趣|感兴趣|喜欢)的?(?:老板|朋友|客户"
        r"|商家|厂家|客商|亲|各位|伙伴|饭店"
        r"|食堂)*[,，]?(?:们|请|可以?|都|就|快|速|抓紧|赶紧|尽快|直接|随时|欢迎|麻烦)*"
        r"(?:打|来|联系|私|加|留|找我|说|滴|电|拨|致电|戳|扫|进群|下单|订)",
        r"(?:需要|要|想要|收|想买|有意向?|有需求|有需要|要货|收货|拿货|批发|合适|诚心要|真心要"
        r"|想收|想要货|有意者|有兴趣|感兴趣)的"
        r"(?:老板|朋友|客户|商家|厂家|客商|亲|人|来|请|快|速|可|都|打|电|联系|私|加|留|找|说|进"
        r"|赶紧|抓紧|话|就|直接|滴)",
        r"(?<!没)有(?:谁|人|没有)?(?:需要|想要|需|要|想买|收)"
        + _IN_CLAUSE
        + r"{1,8}的(?:吗|没|么|不|嘛)",
        r"要不要(?=$|[,，。;；!！?？\s])|收" + _IN_CLAUSE + r"{1,6}的(?:在哪|有吗|有没)",
        r"(?:有意|要|需|需要|购)者",
        r"(?:需要|想要|想买|想收|要|收)"
        + _IN_CLAUSE
        + r"{0,7}的(?:老板|朋友|客户|商家|客商|亲|各位)",
        r"(?:欢迎|诚邀|邀请|特邀|恭候|恭迎|期待|期盼|静候|热忱欢迎)(?!"
        + _IN_CLAUSE
        + r"{0,6}"
        + _SELLERS
        + ")"
        + _IN_CLAUSE
        + r"{0,16}?(?:收购|采购|选购|订购|购买|抢购|收货|拉货|拿货|进货|批发|提货|订货|下单|预订"
        r"|预定|品尝|采摘|装车|装货|看货|来收|来买"
        r"|来拉|来装|上门收|考察|进园|入园|代销|代卖)(?!商|价|站|部|标准|员|经理|处|科|中心)",
        r"(?:等|盼|恳请|坐等|急盼|就等|希望|期望|请|找|寻|诚招|招|求|联系|帮忙?)(?:着|待)?(?:各地"
        r"|外地|大|广大|新老|全国|有缘|各位|好|爱心|好心)*"
        + _BUYERS
        + r"们?(?:快|赶紧|抓紧|上门|来|前来|都|能|可以|多|帮忙|把)*"
        r"(?:收|买|拉|要|采购|订|装|看货|批发|带走|上门|挑|选|联系我?)",
        r"(?:欢迎|诚邀|邀请|恭候|期待)(?!"
        + _IN_CLAUSE
        + r"{0,6}"
        + _SELLERS
        + ")(?:各地|全国|各位|新老|广大|外地)*"
        + _BUYERS,
        r"(?:找|寻|求|寻找|诚招|愁|打开|缺|没|没有|无)(?:个|一个|个好|新|长期|一下)?(?:销路|买家"
        r"|买主|客商|收购商|收购老板|销售渠道"
        r"|渠道|代理|经销商|采购商|批发商|下家|出路|销售)",
        r"求(?:收购?|带走|抱走|帮卖|销售|售)(?!" + _IN_CLAUSE + r"{0,2}货源)|求(?:各位)?老板",
        r"(?:求购|收购|采购)的?(?:客户|老板|商|朋友|人)?(?:请看|看过来|看这|注意|来看)",
        r"(?:收购|采购|批发|经销|零售)商" + _IN_CLAUSE + r"{0,4}?" + _TALK,
        r"\b(?:buyers?|importers?|wholesalers?)\s+(?:welcome|wanted|please|contact)"
        r"|\blooking\s+for\s+(?:a\s+|\w+\s+)?(?:buyers?|importers?)|\bany(?:one|body)\s+(?:want"
        r"|need)s?\b",
    ),
    # What is said to who sells.
    _cue(
        -4,
        r"(?:谁家?|谁那?里?|哪[里儿个位家]|哪地方|什么地方|附近)"
        + _IN_CLAUSE
        + r"{0,10}?(?:有(?:卖|出售|供应|批发|直供)?(?!人|需|收|要)|卖|出售|供应|供货|种|养|产"
        r"|能供|能送|出货|出)",
        r"(?:有没有|有无|有谁)" + _IN_CLAUSE + r"{0,14}?(?:卖|出售|出|供|货源|现货|产|种|养)",
        r"有(?:大量|长期|稳定|优质|好|卖|出售|出|供应|供)?"
        + _IN_CLAUSE
        + r"{0,8}?(?:货|货源|资源|现货|产|养|种|供|出|卖|存)的"
        r"(?:老板|朋友|农户|商家|厂家|客户|合作社|亲|来|请|快|速|可|都|打|联系|私|加|留|找|报价?"
        r"|说|直接)",
        r"有(?:货源?|现货|资源|库存)(?:者|的)?(?:老板|朋友|农户|厂家|商家)*们?[,，]?(?:请|可以?"
        r"|都|就|快|速|抓紧|直接)*"
        r"(?:联系|报价?|私|来电|加我|电联|打电话|找我|发图)",
        r"(?<!没)有的(?:老板|朋友|农户|商家|厂家|基地|亲|们|来|请|快|速|都|打|电|联系|私|加|留"
        r"|找|报|说|话?联系)",
        r"(?:欢迎|诚邀|寻|找|寻找|求|联系|招|邀请|需|要求|请|望|长期找|对接|诚征|诚寻|征集)"
        + _IN_CLAUSE
        + r"{0,8}?"
        + _SELLERS
        + r"(?!的?(?:蔬|水果|直))",
        _SELLERS + _IN_CLAUSE + r"{0,4}?(?:请|可|速|均可|优先)?" + _TALK,
        r"供(?:货|应)?方须?|供货商|卖方|(?:能|可)(?:长期|稳定|常年|大量)?供(?:货|应)?的|能供货的"
        r"|供货(?:稳定|能力|要求|资质)",
        r"\bsuppliers?\s+(?:welcome|wanted|please|contact)|\blooking\s+for\s+(?:\w+\s+)?suppliers?"
        r"|\bany(?:one|body)\s+(?:sell|have|has)\w*\b|\bwho\s+(?:has|sells)\b",
    ),
    # Prices and places named after what is done there.
    _cue(1.5, r"[出销]售价|售价|卖价|批发价|出厂价|报价单|开价|要价|售\s?卖"),
    _cue(
        -1.5,
        r"收购[站点部处]|采购[部员处科]|采购经理|采购价|收购标准|采购标准|收购量|采购量"
        r"|收购要求",
    ),
    _cue(-1.5, r"收购价格?|收价|出价|出个价"),
    _cue(2.5, r"要多少有多少"),
    _cue(-3, r"有多少[要收]多少"),
    _cue(-3, r"(?:收购|采购)商|买手|采购方|买方"),
    # What is denied is denied by who would do it.
    _cue(3, r"卖不[动出掉完]|没人[要收买]|无人问津|烂在|滞销|销不[出动]|愁卖|卖难|难卖|发愁"),
    _cue(0.8, r"不(?:零|单|散|拆)?卖|非卖|不零售|概不赊|不拆零|不议价"),
    _cue(
        -1.5,
        r"不收(?!费)|不要(?!求|钱)|不买|拒收|次品勿|不合格(?:退|不收|拒)|带泥不要|小[的果]不要",
    ),
    # What the writer does.
    _cue(
        -3,
        r"求购|收购|采购|购买|购入|购进|选购|征购|[想要欲需急诚]购|想买|要买|(?:[想要需求欲]"
        r"|我)[预订]订|团购"
        r"|进货|拿货|招标|询价|投标|比选"
        r"|预算|求货|[找寻求](?:一批|点|长期|稳定|优质|产地|一手)?(?:货源|货)|寻找|询盘|询购"
        r"|扫货|开秤|开磅|寻购|代收|包园|包塘|代购",
        r"[诚急现]收|(?:想|要|求|常年|大量|长期|高价|上门|现金|敞开|继续|开始|今日|今天|明天"
        r"|每天|天天|专业|诚信|需|再|再收|欲)收"
        r"(?!割|获|成|入|到|拾|益|工|费|款)",
        r"想要(?!卖|出|处理|转)|想[收进拿找]|急需|急要|急求|急寻|日[需用]|月[需用]|[日月年]用量"
        r"|用量|需求量|需量|需用",
        r"\b(?:qiu\s?gou|shou\s?gou|cai\s?gou|wanted|wtb|want(?:ing|s)?\s+to\s+buy|buy(?:s|ing"
        r"|er|ers)?|purchas(?:e|es|ing)"
        r"|looking\s+for|in\s+need\s+of"
        r"|need(?:s|ed|ing)?|seeking|sourcing|procur\w+|require[sd]?|requirement)\b",
    ),
    _cue(
        3,
        r"[出销寄急低待现在可预发]售|售卖|抛售|甩[卖货]|清[仓库棚园塘栏货圈]|转让|出让|供应|供给"
        r"|出[货栏塘棚圈手]|批发|直[销供发批]"
        r"|有售|热[卖销]|特卖|特价|推销|开[园采捕挖剪摘]|上市|[急想要出好在便]卖|处理|尾货|让利"
        r"|起售|卖[了完]?(?!家|方|点|相|场|菜的)",
        r"要(?:出|处理|转|脱手)|脱手|急出|想出|便宜出|低价出|整车出|现出",
        r"\b(?:for\s+sale|sell(?:s|ing|er|ers)?|on\s+sale|suppl(?:y|ies|ying|ied)|offer(?:s|ing"
        r"|ed)?|wts|available"
        r"|chu\s?shou|gong\s?ying|in\s+stock|ready\s+stock|export(?:er|ers|ing)?)\b",
    ),
    _cue(
        2.5,
        r"(?:^"
        r"|(?<=[\s,，。;；!！:：【接现急有要想低整自家里诚大量长便宜批货只专已可两斤头吨箱个])"
        r")出(?!价"
        r"|个)",
    ),
    _cue(2.5, r"(?<![签查登接])供(?![货应需求])"),
    _cue(2, r"都有|都是自|只有|也有|供货|预[订定]|拉走|来拉|能[剪摘挖采装发出走供]"),
    _cue(
        -2.5,
        r"收(?!货)",
        r"(?:^|(?<=[\s,，。;；!！【急诚长期寻]))求(?!助|职|证|实|稳|救)",
        r"需(?:要|求)?",
        r"请报价|报价(?:联系|到|发)|报[上个]?价|能报|多少钱?能(?:送|到|供)",
        r"(?<![只就都不])要(?:货|购|采)?\s*(?:大概|大约|约"
        r"|个)?(?=[\d一二两三四五六七八九十几半百])",
        r"买(?!家|卖|一送|\d|[一二两三四五十]\D?送)",
        r"(?<!预)订(?!单|阅|金|做)(?=\S)|包?回收|要[新鲜优好大小嫩活]?(?=\x03)",
    ),
    # What one side has, offers or asks for.
    _cue(
        2,
        r"(?<![没谁哪所])有(?=\x03)|(?<![没谁哪所])有\s*(?:大概|大约|约|近|将近|差不多|一?批|点"
        r"|些|现货|新鲜|优质|大量"
        r"|少量|上好|\d|[一二两三四五六七八九十几])"
        r"|(?:还|现|只|尚|还剩|仅|剩)(?:剩|有|余)|存栏|库存|现货|有货",
    ),
    _cue(
        1.2,
        r"自家|家里|我家|自己(?:家)?(?:种|养|产|做|晒)|自[种养产酿]|[种养](?:了|的)|自产自销"
        r"|包邮|代发|发全国|全国(?:发货|可发|包邮)"
        r"|(?:当天|随时|可|现摘|现挖|现采|48小时|常年|即刻)(?:发货|现发|装车|发车|发)|送货上门"
        r"|免费送|量大(?:从|优|更|可|价|有|便)"
        r"|[价从]优|优惠|起[批订]|保质保量|质量保证|品质保证|包[退赔熟甜活成]|假一|先看货|看货"
        r"|自提|上门(?:自提|拉|取)|一手货"
        r"|地头(?:交货|价|装车)|[塘棚栏田路园]头?[口边]?(?:交货|价|装车)|装车价|产地价|上车价"
        r"|货源充足|货源|可[议谈]|面议|价格好说|好说"
        r"|成熟|新鲜|现[摘挖采捞杀]|刚[摘挖采下收]|品相|口感|个头|卖相|库里|冷库|下树|大小均匀"
        r"|支持|热销|便宜|[日月年]产"
        r"|走货|能走|可走|成活率|包成活|已?打?疫苗|已打疫|免费",
    ),
    _cue(
        -1.2,
        r"食堂|酒店|饭店|餐厅|火锅店|档口|加工厂|工厂|厂里|学校|幼儿园|超市|工地|部队|医院"
        r"|公司(?:用|要|做)|做(?:原料|加工)|用于|福利"
        r"|现款|现金|现结|[月周日货]结|账期|结[账款算]|付款|货到付|验[货收]|带[图样]|发图|样品"
        r"|要求|质[量检](?:合格|要好)|长期合作"
        r"|标准[:：]|[到交]货(?:地|时间|期)|收货|每[天日周月].{0,4}(?:要|用|量)"
        r"|含水|水分\d|水[分份](?:不|低|小|在)|不超过"
        r"|必须|报价|上门(?:收|拉|装)",
    ),
    _cue(-0.5, r"到厂|送到|送货"),
    _cue(-1.2, r"(?<![只就都主不将快还])要(?![价的么是卖出处转等看先算])"),
)


def decide_side(text: str, priced: bool, counted: bool, capped: bool) -> Side | None:
    """The side of a folded post whose amounts are blanked; None where it has to be asked.

    Args:
        priced, counted: whether it says a price, and a quantity.
        capped: whether the price is only at most so much.
    """
    sale, purchase = 0.0, CAPPED * capped
    spoken = False
    for cue in CUES:
        found = [match.span() for match in cue.pattern.finditer(text)]
        # The same said over and over weighs no more; how a post begins says what it is.
        begins = bool(found) and found[0][0] < _BEGINNING and abs(cue.weight) >= 2
        weight = cue.weight * (min(len(found), 2) + 0.5 * begins)
        sale += max(weight, 0)
        purchase += max(-weight, 0)
        spoken = spoken or abs(weight) >= 2.5
        for start, end in found:
            text = text[:start] + "\x01" * (end - start) + text[end:]
    if not spoken and priced and counted:
        sale += PRICE_AND_QUANTITY
    elif not spoken and purchase < CERTAIN:
        sale += PRICE_ONLY * priced + QUANTITY_ONLY * counted
    if abs(sale - purchase) < CERTAIN:
        return None
    if min(sale, purchase) >= BOTH and max(sale, purchase) < OUTWEIGHS * min(sale, purchase):
        return None
    return Side.SELL if sale > purchase else Side.BUY
