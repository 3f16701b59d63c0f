"""How often the characters of a language occur in its texts, as the charset guess weighs them.

Letters stand in the order of their frequency; an alphabet that is written with ASCII letters names only the
others. Of Chinese, Japanese and Korean the few hundred commonest characters are named; which of the rest are
common is known to the standards themselves: their first level holds the common ones.
"""

from __future__ import annotations

from functools import cache
from math import exp, log
from typing import NamedTuple

#: Characters that any text may hold, and those that do so in Chinese, Japanese and Korean.
MARKS = "\u00a0–—’“”…«»°·•‘„£€®©™§‐−×½²¿¡ªº‹›‚³¼¾†‡‰"
WIDE_MARKS = "，。、：；！？“”（）《》「」・『』【】—…％／～　‘’·〈〉〜＆＋－＝★●■◆▲①②③④⑤"

HANS = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进"
    "好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己"
    "制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感"
    "建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉"
    "格望觉术领共确传师观清今切院让识候带导争运"
)
HANT = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進"
    "好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己"
    "制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感"
    "建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉"
    "格望覺術領共確傳師觀清今切院讓識候帶導爭運"
)
KANJI = (
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外"
    "最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百"
    "派点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始"
    "島直両朝革価式確村提運終挙果西勢減台広容必応演電歳住争談能無再位置企真流格有疑口過局少放税検料"
)
HANGUL = (
    "이다는에의을가고지하로기한사리은도를대인시정스자어아해라서나부그일전주있장수제과들국상보동으구원비적관면경조안성것니만여중마공치신우등유문생게선연개발소용미행당위화업방"
    "세년금분교산물러오설통계재진결드간민체회실학트차영무더모내르요바양법단명했야심데음품히급때남직말습입합없었됩겠건강될및식"
)
HIRAGANA = (
    "のにはをたがでしとるいてれなかっらもりこすまくあきさうよけせんめみえそどつやだおちわじば"
    "ろごずげぶびへほべねゆぎひふむざぬぐぼづぽょゃゅぁぇ"
)
KATAKANA = (
    "ーンスルトラリイックドタアシレカプマフロジテサニコグメィュャエバウムデパチオキブナセハボ"
    "ベポェモビソワミガァピヤケォゴダズノホゼネペザユギヨヒツョギヌヴヘヲ"
)

THAI = "านรอกเ่งม้ยีัิลวดทสตุะปบค็์หแจพชูขใไืโำึซถธผณศภษฟญฐฎฏฉฒฬฌฝๆฑฤฮฯ"
CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "mac-cyrillic", "cp866")
WESTERN = ("cp1252", "iso8859-15", "mac-roman", "cp850")
CENTRAL = ("cp1250", "iso8859-2", "mac-latin2", "cp852")
BALTIC = ("cp1257", "iso8859-13", "iso8859-4")
TURKISH = ("cp1254", "mac-turkish", "cp857")


class Language(NamedTuple):
    """Its letters or common characters, the likeliest first, and the codecs it is written with."""

    letters: str
    codecs: tuple[str, ...]
    #: All letters of its texts are told here, or only those beyond ASCII.
    is_whole: bool = False
    #: What is against it before anything is read: natural logarithm of a likelihood.
    rarity: float = 0.0
    #: Common words that are written with ASCII letters.
    words: str = ""


LANGUAGES = {
    "en": Language(
        "’“”–—…•£©®°é€½·ñüöáíèç", ("cp1252", "mac-roman"), words="the and of to in is for with on that"
    ),
    "de": Language(
        "üäöß", WESTERN, words="der die und das von den ist mit ein nicht auf eine dem des sich im zu auch"
    ),
    "fr": Language(
        "éèàêçôîûùâœëïÿæ", WESTERN, words="le la les des et du une est pour que dans qui sur pas au par ne"
    ),
    "es": Language("óíáéñúü", WESTERN, words="el la los las de que en un por con una para del se no"),
    "pt": Language(
        "ãçéáíóõêâúàôü", WESTERN, words="os as de da do que em um uma para com dos das no na se ao"
    ),
    "it": Language("èàòùéìî", WESTERN, words="il di che la del per un una con sono della le dei gli non nel"),
    "ca": Language("àéèíòçóúïü", WESTERN, rarity=-1, words="el la els les que amb per una dels de del no"),
    "sv": Language("äåöé", WESTERN, words="och att det som en av med den till inte har om ett"),
    "da": Language("øåæé", WESTERN, words="og det at er en af til med ikke den der et har av som"),
    "nl": Language("ëéïèöüó", WESTERN, words="het een van en de dat die niet op met voor zijn te"),
    "is": Language("íáðéóþöúýæ", WESTERN, rarity=-3, words="og ekki sem til er um en"),
    "pl": Language("ąęłóśżćńź", CENTRAL, rarity=-1.5, words="nie jest na do to jak dla od przez oraz"),
    "cs": Language("íáéěřýčžšůúťňďó", CENTRAL, rarity=-1.5, words="je na se ze pro jsou jako do by nebo"),
    "sk": Language("áíéčžýšúľťôňäóďĺŕ", CENTRAL, rarity=-1.5, words="je na sa so pre ako do nie alebo"),
    "hu": Language("áéőóöíüúű", CENTRAL, rarity=-1.5, words="az egy hogy nem is meg de vagy"),
    "ro": Language("ăîâșțşţ", CENTRAL, rarity=-1.5, words="de la si cu pe nu este din sau pentru care un"),
    "hr": Language("čšžćđ", CENTRAL, rarity=-1.5, words="je na se da od za koji nije ne ili su"),
    "tr": Language("ışüğçöâî", TURKISH, rarity=-1.5, words="ve bir bu da de ile olarak daha var"),
    "lt": Language("ėšžųčūįąę", BALTIC, rarity=-2.5, words="ir kad su yra apie tai jau"),
    "lv": Language("āīēšņūļķģčž", BALTIC, rarity=-2.5, words="un ir ar no par uz kas"),
    "et": Language("äõüöšž", (*BALTIC, "cp1252", "iso8859-15"), rarity=-3, words="ja on ei see ning ka kui"),
    "eo": Language("ĝŭĉŝĵĥ", ("iso8859-3",), rarity=-5),
    "vi": Language(
        "đ\u0301\u0300\u0309\u0323\u0303àáâêôơưăạảấầếềệộớờợứừựẽèéìíòóùúýõã", ("cp1258",), rarity=-3
    ),
    "ru": Language("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", CYRILLIC, is_whole=True),
    "uk": Language("оанитівсердкмулпзяьбчгйхжцюшєїщфґ", CYRILLIC, is_whole=True),
    "be": Language("анеіорстклдівмупыягьзбчўцшжйхюэёф", CYRILLIC, is_whole=True, rarity=-1),
    "bg": Language("аеиотнрсвлкдпмзугябчъцйжщхшюфь", CYRILLIC, is_whole=True, rarity=-1),
    "sr": Language("аоиенрсјтудквпмлзбчгћјшцжљњђхфџ", CYRILLIC, is_whole=True, rarity=-2),
    "el": Language(
        "αοιετσνηυρπκμλςίόάγέδήωχθύφβξζώψϊΐϋ", ("cp1253", "iso8859-7", "mac-greek"), is_whole=True
    ),
    "he": Language("יוהלאשרתבמנדםחקפעטכסגצזןךףץ", ("cp1255", "iso8859-8", "cp862"), is_whole=True),
    "ar": Language("اليمونترةبعدفهسكقحجشصطخىذزثءأضغظإئؤآ", ("cp1256", "iso8859-6"), is_whole=True),
    "fa": Language("اینردمهوتبشسلکزگخپعفجقغحذچصطضظثژيك", ("cp1256",), is_whole=True, rarity=-2),
    "th": Language(THAI, ("cp874",), is_whole=True),
    "zh-Hans": Language(HANS, ("gb18030",)),
    "zh-Hant": Language(HANT, ("cp950", "gb18030")),
    "ja": Language(KANJI, ("cp932", "euc_jp")),
    "ko": Language(HANGUL, ("cp949",)),
}

#: Logarithm of the share of a capital among the occurrences of its letter.
CAPITAL = -2.5


@cache
def find_weights(name: str) -> dict[str, float]:
    """Return the logarithm of the likelihood of each character in a text of that language, ASCII apart."""
    language = LANGUAGES[name]
    if wide := WIDE.get(name):
        return wide()
    weights = _rank(MARKS, 0.05, 0.1)
    letters = _rank(language.letters, 0.93, 0.1) if language.is_whole else _rank(language.letters, 0.9, 0.25)
    for letter, weight in letters.items():
        weights[letter] = weight
        if letter.upper() != letter and len(letter.upper()) == 1:
            weights[letter.upper()] = weight + CAPITAL
    return weights


def _rank(characters: str, share: float, slope: float) -> dict[str, float]:
    """Give the characters a share of the text, each a little less of it than the one before."""
    unique = dict.fromkeys(characters)
    total = sum(exp(-slope * rank) for rank in range(len(unique)))
    return {character: log(share / total) - slope * rank for rank, character in enumerate(unique)}


def _spread(characters: str, share: float) -> dict[str, float]:
    return dict.fromkeys(characters, log(share / len(characters)))


def _read_rows(codec: str, leads: range, trails: tuple[range, ...]) -> str:
    pairs = b"".join(bytes((lead, trail)) for lead in leads for part in trails for trail in part)
    return pairs.decode(codec, "ignore")


RIGHT = (range(0xA1, 0xFF),)


def _weigh_simplified() -> dict[str, float]:
    return (
        _spread(_read_rows("gb2312", range(0xD8, 0xF8), RIGHT), 0.006)
        | _spread(_read_rows("gb2312", range(0xB0, 0xD8), RIGHT), 0.34)
        | _rank(HANS, 0.54, 0.006)
        | _rank(WIDE_MARKS, 0.11, 0.1)
    )


def _weigh_traditional() -> dict[str, float]:
    trails = (range(0x40, 0x7F), range(0xA1, 0xFF))
    return (
        _spread(_read_rows("cp950", range(0xC9, 0xFA), trails), 0.006)
        | _spread(_read_rows("cp950", range(0xA4, 0xC7), trails), 0.34)
        | _rank(HANT, 0.54, 0.006)
        | _rank(WIDE_MARKS, 0.11, 0.1)
    )


def _weigh_japanese() -> dict[str, float]:
    return (
        _spread(_read_rows("euc_jp", range(0xD0, 0xF5), RIGHT), 0.003)
        | _spread("".join(map(chr, range(0xFF61, 0xFFA0))), 0.003)
        | _spread(_read_rows("euc_jp", range(0xB0, 0xD0), RIGHT), 0.1)
        | _rank(KANJI, 0.2, 0.006)
        | _rank(HIRAGANA, 0.4, 0.06)
        | _rank(KATAKANA, 0.18, 0.04)
        | _rank(WIDE_MARKS, 0.11, 0.1)
    )


def _weigh_korean() -> dict[str, float]:
    return (
        _spread(_read_rows("euc_kr", range(0xCA, 0xFE), RIGHT), 0.004)
        | _spread(_read_rows("euc_kr", range(0xB0, 0xC9), RIGHT), 0.24)
        | _rank(HANGUL, 0.74, 0.016)
        | _rank(WIDE_MARKS, 0.015, 0.1)
    )


WIDE = {
    "zh-Hans": _weigh_simplified,
    "zh-Hant": _weigh_traditional,
    "ja": _weigh_japanese,
    "ko": _weigh_korean,
}


#: The languages a word of ASCII letters is common in.
WORDS: dict[str, list[str]] = {}
for _name, _language in LANGUAGES.items():
    for _word in _language.words.split():
        WORDS.setdefault(_word, []).append(_name)
