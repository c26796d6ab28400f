"""Whose side a post is on: whether its writer has the goods or wants them.

Cues of several classes add up, each with a weight: what the writer does (出售, 求购), what they
say to the other party (欢迎来收购, 供货商请联系), what only one side has or asks for (现货, 预算).
A class hides its words from the ones after it, so that the wider ones come last.
"""

from __future__ import annotations

from dataclasses import dataclass

from market.offers.models import Side
from market.offers.posts.appeals import APPEALS, IN_CLAUSE, cue

# From here on a side is told without asking, and from here on plainly.
CERTAIN, PLAIN = 0.9, 2.5
# Both sides are spoken for: neither, unless one has so much more.
BOTH, OUTWEIGHS = 3.0, 1.5
# What is offered at a price, or in a quantity, without a verb is for sale.
PRICE_AND_QUANTITY, PRICE_ONLY, QUANTITY_ONLY = 2.4, 1.2, 0.6

# Who pays names the most.
CAPPED = 2.5

# Characters.
_BEGINNING = 3

CUES = (
    *APPEALS,
    cue(3, r"^\s*卖(?=\x03)"),
    # Prices and places named after what is done there.
    cue(1.5, r"[出销]售价|售价|卖价|批发价|出厂价|报价单|开价|要价|售\s?卖"),
    cue(
        -1.5,
        r"收购[站点部处]|采购[部员处科]|采购经理|采购价|收购标准|采购标准|收购量|采购量"
        r"|收购要求",
    ),
    cue(-1.5, r"收购价格?|收价|出价|出个价"),
    cue(
        3,
        r"罚没|[起竞]拍|拍卖|竞价销售|轮[换出]出?库|流拍",
        r"(?:买方|买家)(?:自|承担|负|出|付)|费" + IN_CLAUSE + r"{0,2}(?:买方|买家)",
        r"送[到货]?" + IN_CLAUSE + r"{0,5}(?:另[算计加]|加[钱价]|加运费)|运费(?:另|买|自|到付)",
    ),
    cue(-3, r"轮[换]?入库?|收储|补库"),
    cue(
        -2.5,
        r"(?:[油酒糖药面米淀粉饲料加工]厂|[粮油]库)(?:今[日天]|\x04)*(?:挂牌|到厂)?价|有多少收多少",
    ),
    cue(
        -3,
        r"(?<!免费)(?<!包)货送(?!上门|到家|货)|送(?:到|至|来|进)?(?:我|俺|咱|本)(?:们|家|店|厂|社|这|仓|饭|食|单)",
        r"(?:^|(?<=[,，;；。\s我先再]))来(?=[9一二两几半])|什么价"
        + IN_CLAUSE
        + r"{0,2}能?[做拿送]",
        r"(?<!不)想(?:引进|引种|吃|囤|屯|从|弄|整|搞|拿|养|种|包(?!邮))|(?<!不)缺(?![点陷斤损口货])",
    ),
    cue(
        -3,
        r"(?:打算|准备|计划|拟)[进买养收引订采]|(?:^|(?<=[,，;；。]))找(?![我他她谁])"
        + IN_CLAUSE
        + r"{1,3}(?=[,，;；])|问价|采[供配]|只要(?=[^\x01\d,，;；]{1,3}的)|不限量|急等|补货|有资质",
    ),
    cue(-2.5, r"(?:办[席酒]|结婚|过[节年]|婚宴|酒席)" + IN_CLAUSE + r"{0,3}(?:用|发)"),
    cue(-1.2, r"[做喂酿榨打养炖出]" + IN_CLAUSE + r"{1,3}用的?(?=\x03)(?!.*\x01)|现钱"),
    cue(
        1.5,
        r"(?:开始|可|顺丰|现货)发货|空运|冷链|每天[出产](?=9|[一-龥]{0,2}9)|(?:饭店|酒店|食堂|餐厅)?可送|(?:支持|可以?|能)(?:月结|账期|开票|现结|赊)|订单黄|退单|尾单|货(?:在(?!哪)|齐)|用不[上着]"
        r"|拿走|多余|吃不完|(?:昨晚|昨天|今早|今晨|凌晨|新)[捕捞摘挖采杀起]|[\x04天日][杀宰]"
        r"|[熬做晒烘剥打腌]好了|卖一?[点些](?=\x03|自|家)|(?:^|(?<=[,，;；。]))卖(?=\x03)",
        r"\bready\s+now\b|\bget\s+your\b",
    ),
    cue(2.5, r"要多少有多少"),
    cue(-3, r"有多少[要收]多少"),
    cue(0, r"(?:收购|采购|求购)商"),
    cue(-3, r"买手|采购方|买方"),
    # What is denied is denied by who would do it.
    cue(3, r"卖不[动出掉完]|没人[要收买]|无人问津|烂在|滞销|销不[出动]|愁卖|卖难|难卖|发愁"),
    cue(0.8, r"不(?:零|单|散|拆)?卖|非卖|不零售|概不赊|不拆零|不议价"),
    cue(
        -1.5,
        r"不收(?!费)|不要(?!求|钱)|不买|拒收|次品勿|不合格(?:退|不收|拒)|带泥不要|小[的果]不要",
    ),
    # What the writer does.
    cue(
        -3,
        r"[给帮]我[留订来寄发拿带]|[找寻求](?=\x03)|选品|还[差缺少]|[采釆收求][构够沟勾](?!物)|求购|收购|采购|购买|购入|购进"
        r"|选购|征购|[想要欲需急诚]购|想买|要买|(?:[想要需求欲]"
        r"|我)[预订]订|团购"
        r"|进货|拿货|招标|询价|投标|比选"
        r"|预算|求货|[找寻求](?:一批|点|长期|稳定|优质|产地|一手)?(?:货源|货)|寻找|询盘|询购"
        r"|扫货|开秤|开磅|寻购|代收|包园|包塘|代购",
        r"[诚急现]收|(?:想|要|求|常年|大量|长期|高价|上门|现金|敞开|继续|开始|今日|今天|明天"
        r"|每天|天天|专业|诚信|需|再|再收|欲)收"
        r"(?!割|获|成|入|到|拾|益|工|费|款)",
        r"想要(?!卖|出|处理|转)|想[收进拿找]|急需|急要|急求|急寻|日[需用]|月[需用]|[日月年]用量"
        r"|(?<![亩9])用量|需求量|需量|需用",
        r"\b(?:(?:price\s+)?inquiry|xu\s?yao|xiang\s?mai|yao\s?mai|rfq|tender|qiu\s?gou|shou\s?gou|cai\s?gou|wanted"
        r"|wtb|(?<!you\s)(?<!who\s)(?<!they\s)want(?:ing|s)?(?!\s+to\s+sell)|buy(?:s|ing"
        r"|er|ers)?|purchas(?:e|es|ing)"
        r"|looking\s+for|in\s+need\s+of"
        r"|(?<!you\s)(?<!who\s)(?<!no\s)need(?:s|ed|ing)?(?!\s+to\s+sell)|seeking|sourcing|procur\w+|require[sd]?|requirement)\b",
    ),
    cue(
        3,
        r"[出销寄急低待现在可预发]售|售卖|抛售|甩[卖货]|清[仓库棚园塘栏货圈]|转让|出让|供应|供给"
        r"|出[货栏塘棚圈手]|批发|直[销供发批]"
        r"|有售|热[卖销]|特卖|特价|推销|开[园采捕挖剪摘]|上市|[急想要出好在便]卖|处理|尾货|让利"
        r"|起售|卖[了完]?(?!家|方|点|相|场|菜的)",
        r"要(?:出|处理|转|脱手)|脱手|急出|想出|便宜出|低价出|整车出|现出",
        r"\b(?:for\s+sale|sell(?:s|ing|er|ers)?|on\s+sale|suppl(?:y|ies|ying|ied)|offer(?:s|ing"
        r"|ed)?|wts|available"
        r"|we\s+(?:grow|produce|have)|moq|chu\s?huo|you\s?huo|chu\s?shou|gong\s?ying|in\s+stock|ready\s+to\s+ship|direct\s+from|our\s+\w+\s+has"
        r"|ready\s+stock|export(?:er|ers|ing)?)\b",
    ),
    cue(
        2.5,
        r"(?:^"
        r"|(?<=[\s,，。;；!！:：【接现急有要想低整自家里诚大量长便宜批货只专已可两斤头吨箱个柜车])"
        r")出(?!价"
        r"|个)",
    ),
    cue(2.5, r"(?<![签查登接])供(?![货应需求])"),
    cue(2, r"都有|都是自|只有|也有|供货|预[订定]|拉走|来拉|能[剪摘挖采装发出走供]"),
    cue(
        -2.5,
        r"收(?!货)",
        r"(?:^|(?<=[\s,，。;；!！【急诚长期寻]))求(?!助|职|证|实|稳|救)",
        r"需(?:要|求)?",
        r"(?<=户)求(?=9)|接货|带价|请报价|报价(?:联系|到|发)|报[上个]?价|能报|多少钱?能(?:送|到|供)",
        r"(?<![只就都不])要(?:货|购|采)?\s*(?:大概|大约|约"
        r"|个)?(?=[\d一二两三四五六七八九十几半百])",
        r"买(?!家|卖|一送|\d|[一二两三四五十]\D?送)",
        r"(?<!预)订(?!单|阅|金|做)(?=\S)|包?回收|要[新鲜优好大小嫩活]?(?=\x03)",
    ),
    # What one side has, offers or asks for.
    cue(
        1.5,
        r"[我本全](?:县|镇|乡|村|社|场|园)|下来了|刚[起出]|新到|到货(?![付价后地时])|发车|能搭"
        r"|(?:不|不想)[养种干做]了|[整装]车走|亏本|走车|打包|到港|压了|搬家|改行|流转|[拉挖运带]走|出[窝壳]|上岸|起网|摇蜜|替"
        + IN_CLAUSE
        + r"{1,4}[问发卖]",
    ),
    cue(
        2,
        r"(?<![没谁哪所])有(?=\x03)|(?<![没谁哪所])有\s*(?:大概|大约|约|近|将近|差不多|一?批|点"
        r"|些|现货|新鲜|优质|大量"
        r"|少量|上好|\d|[一二两三四五六七八九十几])"
        r"|剩(?=[余了]?[\d一二两三四五六七八九十几百])|配送|(?:还|现|只|尚|还剩|仅|剩)(?:剩|有"
        r"|余)|存栏|库存|现货|有货|自己来[拿掰拉摘挖捆捉挑选]"
        r"|零卖|(?:本|我)(?:厂|社|场)产",
    ),
    cue(
        1.2,
        r"自家|家里|我家|自己(?:家)?(?:种|养|产|做|晒)|自[种养产酿]|[种养](?:了|的)|自产自销"
        r"|包邮|代发|发全国|全国(?:发货|可发|包邮)"
        r"|(?:当天|随时|可|现摘|现挖|现采|48小时|常年|即刻)(?:发货|现发|装车|发车|发)|送货上门"
        r"|免费送|量大(?:从|优|更|可|价|有|便)"
        r"|[价从]优|优惠|起[批订售发]|保质保量|质量保证|品质保证|包[退赔熟甜活成]|假一|先看货|看货"
        r"|自提|上门自?[提取]|一手货"
        r"|地头(?:交货|价|装车)|[塘棚栏田路园]头?[口边]?(?:交货|价|装车)|装车价|产地价|上车价"
        r"|货源充足|货源|可[议谈]|面议|价格好说|好说"
        r"|成熟|新鲜|现[摘挖采捞杀]|刚[摘挖采下收]|品相|口感|个头|卖相|库里|冷库|下树|大小均匀"
        r"|支持|热销|便宜|[日月年]产"
        r"|(?:每天|天天|常年|\x04)有(?=$|[,，;；。])|都做|[还能]能?接|走货|能走|可走|成活率|包成活|已?打?疫苗|已打疫|免费",
    ),
    cue(
        -1.2,
        r"食堂|酒店|饭店|餐厅|火锅店|档口|加工厂|工厂|厂里|学校|幼儿园|超市|工地|部队|医院"
        r"|公司(?:用|要|做)|做(?:原料|加工)|用于|福利"
        r"|现款|现金|现结|[月周日货]结|账期|结[账款算]|付款|货到付|验[货收]|带[图样]|发图|样品"
        r"|要求|质[量检](?:合格|要好)|长期合作"
        r"|标准[:：]|[到交]货(?:地|时间|期)|收货|每[天日周月].{0,4}(?:要|用|量)"
        r"|含水|水[分份](?:不|低|小|在|要)|不超过"
        r"|必须|报价|上门(?:收|拉|装)",
    ),
    cue(-0.5, r"到厂|送到|送货"),
    cue(-1.2, r"(?<![只就都主不将快还])要(?![价的么是卖出处转等看先算])"),
)


@dataclass(frozen=True)
class Heard:
    """The side that a post speaks for.

    Attributes:
        side: None where it has to be asked.
        by_words: how much more its words alone, without its amounts, speak for that side.
    """

    side: Side | None
    by_words: float

    @property
    def is_plain(self) -> bool:
        """Whether its words say it plainly (出售, 想买), not only by the way (新鲜, 送到)."""
        return self.by_words >= PLAIN


def hear_side(text: str, priced: bool, counted: bool, capped: bool) -> Heard:
    """The side of a folded post whose amounts are blanked.

    Args:
        priced, counted: whether it says a price, and a quantity.
        capped: whether the price is only at most so much.
    """
    sale, purchase, spoken = _by_words(text)
    purchase += CAPPED * capped
    by_words = sale - purchase
    if not spoken and priced and counted and not capped:
        sale += PRICE_AND_QUANTITY
    elif not spoken and purchase < CERTAIN:
        sale += PRICE_ONLY * priced + QUANTITY_ONLY * counted
    if abs(sale - purchase) < CERTAIN:
        return Heard(None, 0)
    if min(sale, purchase) >= BOTH and max(sale, purchase) < OUTWEIGHS * min(sale, purchase):
        return Heard(None, 0)
    return Heard(Side.SELL, by_words) if sale > purchase else Heard(Side.BUY, -by_words)


def _by_words(text: str) -> tuple[float, float, bool]:
    """(how much is said for a sale, for a purchase, whether any of it plainly)."""
    sale = purchase = 0.0
    spoken = False
    for one in CUES:
        found = [match.span() for match in one.pattern.finditer(text)]
        # The same said over and over weighs no more; how a post begins says what it is.
        begins = bool(found) and found[0][0] < _BEGINNING and abs(one.weight) >= 2
        weight = one.weight * (min(len(found), 2) + 0.5 * begins)
        sale += max(weight, 0)
        purchase += max(-weight, 0)
        spoken = spoken or abs(weight) >= PLAIN
        for start, end in found:
            text = text[:start] + "\x01" * (end - start) + text[end:]
    return sale, purchase, spoken
