"""The words that stand in dates: months and weekdays of many languages, halves of the day, time zones."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

#: The months of a language, January to December; `/` parts the forms of one (the genitive among them), and
#: any form may be cut short, to three letters or more. Where languages disagree, the first one wins.
MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar/jänner februar/feber märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre"
    " noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "nl": "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta"
    " lokakuuta marraskuuta joulukuuta",
    "ru": "январь/января февраль/февраля март/марта апрель/апреля май/мая июнь/июня июль/июля август/августа"
    " сентябрь/сентября октябрь/октября ноябрь/ноября декабрь/декабря",
    "uk": "січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня"
    " липень/липня"
    " серпень/серпня вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня",
    "pl": "styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja czerwiec/czerwca lipiec/lipca"
    " sierpień/sierpnia wrzesień/września październik/października listopad/listopada grudzień/grudnia",
    "cs": "leden/ledna únor/února březen/března duben/dubna květen/května červen/června/čvn"
    " červenec/července/čvc srpen/srpna září říjen/října listopad/listopadu prosinec/prosince",
    "sk": "január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta"
    " september/septembra október/októbra november/novembra december/decembra",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "el": "ιανουάριος/ιανουαρίου φεβρουάριος/φεβρουαρίου μάρτιος/μαρτίου/μαρ απρίλιος/απριλίου μάιος/μαΐου"
    " ιούνιος/ιουνίου/ιουν ιούλιος/ιουλίου/ιουλ αύγουστος/αυγούστου σεπτέμβριος/σεπτεμβρίου"
    " οκτώβριος/οκτωβρίου νοέμβριος/νοεμβρίου δεκέμβριος/δεκεμβρίου",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "he": "ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט"
    " ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
}

#: The days of the week, and what they are cut short to where that has fewer than three letters.
WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda terça quarta quinta sexta sábado domingo feira",
    "ca": "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "fi": "maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina"
    " ti ke to pe la su",
    "ru": "понедельник вторник среда/среду четверг пятница/пятницу суббота/субботу воскресенье"
    " пн вт ср чт пт сб вс",
    "uk": "понеділок вівторок середа четвер пʼятниця субота неділя нд",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw pt sob nd",
    "cs": "pondělí úterý středa čtvrtek pátek sobota neděle po út st čt pá so ne",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap sze csü",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "el": "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή",
    "ro": "luni marți miercuri joi vineri sâmbătă duminică",
    "id": "senin selasa rabu kamis jumat sabtu minggu",
}

#: Words that join the parts of a date and say nothing.
JOINING = frozenset(
    re.findall(
        r"\w+",
        "of the at on de del d di do da du le la el il den der dem am um uhr kl klo a o v g r в г о года року"
        " р ve az es i en om u as ob t h st nd rd th er ngay nam luc thu m",
    )
)

#: Before noon and after it.
HALVES = {
    "am": "am", "πμ": "am", "oo": "am",
    "pm": "pm", "μμ": "pm", "os": "pm",
    "上午": "am", "早上": "am", "凌晨": "am", "午前": "am", "오전": "am",
    "下午": "pm", "晚上": "pm", "中午": "pm", "午後": "pm", "오후": "pm",
}  # fmt: skip

#: Hours east of UTC. The names of RFC 822, section 5, then those that are common in feeds; every
#: other name means UTC (RFC 5322, section 4.3, of the letters of the military too).
ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "et": -5, "ct": -6, "mt": -7, "pt": -8, "at": -4,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    "brt": -3, "brst": -2, "art": -3, "clt": -4, "clst": -3,
    "bst": 1, "west": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "wat": 1,
    "eet": 2, "eest": 3, "sast": 2, "cat": 2, "idt": 3, "eat": 3, "trt": 3, "msk": 3, "msd": 4, "irst": 3.5,
    "gst": 4, "pkt": 5, "uzt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "myt": 8,
    "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip

#: Years that are counted from another beginning: what is to be added to them.
ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}

#: Letters that lose no accent by Unicode's decomposition, as they are written without one.
PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ς": "σ", "ß": "ss", "ʼ": None, "’": None})


def fold(text: str) -> str:
    """Return the text in small letters without accents, its digits and signs in their usual width."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    bare = "".join(
        character for character in decomposed if unicodedata.category(character) not in ("Mn", "Cf")
    )
    return unicodedata.normalize("NFC", bare)


def _shorten(word: str) -> list[str]:
    return [word[:length] for length in range(3, len(word))]


def _read_months() -> dict[str, int]:
    found: dict[str, int] = {}
    for names in MONTHS.values():
        forms = [
            (form, number)
            for number, month in enumerate(fold(names).split(), start=1)
            for form in month.split("/")
        ]
        short = {(cut, number) for form, number in forms for cut in _shorten(form)}
        meanings = Counter(cut for cut, _ in short)
        for form, number in [*forms, *sorted(short)]:
            if meanings[form] <= 1:
                found.setdefault(form, number)
    return found


def _read_weekdays() -> frozenset[str]:
    words = [word for names in WEEKDAYS.values() for word in fold(names).replace("/", " ").split()]
    return frozenset(words).union(*map(_shorten, words))


#: The number of a month by every form of its names; every form of the names of days.
MONTH_NUMBERS = _read_months()
DAY_NAMES = _read_weekdays() - MONTH_NUMBERS.keys() - ZONES.keys()
