"""What the invented papers of `benchmarks.exhibit` write: titles, sentences, and bodies of every shape."""

from __future__ import annotations

#: Titles by language; a paper takes its own in turn.
TITLES: dict[str, tuple[str, ...]] = {
    "zh-Hans": (
        "河口湿地迎来今年第一批候鸟，观测站延长开放时间",
        "老城区的旧书市搬到了桥下，摊主们说这里更安静",
        "一座图书馆如何用三年时间把地下室变成阅览厅",
        "“慢一点也没关系”：山间小火车恢复运行",
        "台风过后，渔港用两天清理出了进出的水道",
        "菜市场里的修伞匠：手艺还在，雨却少了",
        "市民骑行道二期开工，预计明年夏天接通两岸公园",
        "科普｜为什么冬天的星星看起来更亮？",
        "博物馆夜场首日：排队最长的是那间没有文物的屋子",
        "当社区花园开始记账：一年收成四百二十公斤",
        "访谈：她在灯塔里住了二十年",
        "新的潮汐表发布，涉及十一个码头的班次调整",
        "面馆的老板决定不涨价，但把碗换小了",
        "台湾海峡的风与鸟：一份写了四十年的观察笔记",
    ),
    "zh-Hant": (
        "老戲院重新開門，第一場放映的是默片",
        "臺灣東岸的步道修復完成，沿途新增六處歇腳亭",
        "灣仔街角的裁縫鋪：一把剪刀傳了三代",
        "從一碗豆花談起：市集裡消失的叫賣聲",
        "山城的纜車停駛三個月，居民怎麼買菜？",
        "圖書館把借期延長到六十天，還書的人反而變多了",
        "夜裡的電車：末班車司機的筆記",
        "雨季之前，他們替古橋的每一塊石頭編了號",
        "讀者來信：請把公園的燈再調暗一點",
        "漁會公布新的休漁時間，較去年提前九天",
        "「島上沒有紅綠燈」——離島郵差的一天",
    ),
    "ja": (
        "冬の銀河を撮るために、まず手袋を選ぶ",
        "古い天文台のドームが半世紀ぶりに回った",
        "流星群の夜、町じゅうの明かりが消えた二時間",
        "望遠鏡の鏡を自分で磨く：三週目の失敗",
        "月の出を待つ人のための、駅前の小さな喫茶店",
        "「見えない星」を数える方法について",
        "観測日誌：霧、霧、晴れ、そしてまた霧",
        "子ども天文教室、今年は百二十人が土星を見た",
    ),
    "ko": (
        "강가의 작은 서점이 열 번째 겨울을 맞았다",
        "새벽 시장에서 배운 값을 깎지 않는 법",
        "다리 아래 음악회, 올해는 악기 없이 시작한다",
        "할머니의 김장 일지를 옮겨 적으며",
        "기차가 서지 않는 역에 남은 것들",
        "한강의 물새를 세는 사람들",
    ),
    "en": (
        "Harbour council votes to keep the swing bridge, narrowly",
        "The last paper chart shop in town is not closing after all",
        "Ferry timetable changes on Monday; the 06:40 becomes the 06:25",
        "A tide gauge from 1874 still disagrees with its replacement by four millimetres",
        "“We counted every lamp post twice”: how the lighting survey went",
        "Letters: on gulls, again",
        "Bakery on Quay Street burns one batch and gains a following",
        "What the dredgers found: three anchors, a bicycle, and a door",
        "Storm warning lifted; the coast path stays closed at Hollow Point",
        "Review: a quiet film about a loud engine",
        "Island school gets a second teacher, and with her a choir",
        "Explained: why the foghorn sounds on clear nights",
        "Lifeboat crew asks boats to leave the eastern slip free",
        "The museum’s new wing opens with an empty room, on purpose",
    ),
    "code": (
        "Counting to a million without waking the disk",
        "Why our queue was a stack all along",
        "Notes on a 4 kB web server",
        "A parser is a promise: reading dates that nobody meant",
        "Release 2.4: fewer flags, one of them honest",
        "I measured it, and I was wrong",
    ),
    "ar": (
        "الميناء القديم يفتح أبوابه للزوار بعد ترميم دام عامين",
        "صيادو الفجر: حكاية قارب لا يحمل اسماً",
        "مكتبة الحي تعيد طباعة خرائط المدينة الأولى",
        "لماذا تأخر المطر هذا العام؟",
        "سوق الكتب المستعملة ينتقل إلى الضفة الأخرى",
    ),
    "city": (
        "地铁末班车延长半小时，这些站点除外",
        "旧厂房改造：烟囱留下来了",
        "路口的信号灯多等了七秒，行人怎么说",
        "一棵榕树和三次规划修改",
        "小区里的共享工具房",
    ),
    "longreads": ("一个县城钟表匠的四十年", "盐路：从海边走到山里", "写信的人"),
    "memory": (
        "一九八三年的渡口",
        "粮票、布票和一张没有用掉的电影票",
        "祖父的账本",
        "搬家前一天的院子",
        "水塔下的少年乐队",
    ),
    "old": (
        "The lamp is electric now",
        "A winter of fog, in 31 entries",
        "Goodbye, and where the logbooks are",
    ),
    "private": ("A note to myself", "Another note to myself"),
    "weather": (
        "Gale warning for sea area Northern Banks",
        "Morning bulletin: fog until ten, then sun",
        "Evening bulletin: wind veering north-west, 6 to 7",
        "Seven-day outlook",
    ),
}

#: Sentences by language, of which bodies are made.
SENTENCES: dict[str, tuple[str, ...]] = {
    "zh-Hans": (
        "清晨五点，观测员推开木门，先看风向，再看水面。",
        "据值班记录，当天共有一千二百只以上的水鸟经过这里，其中约三分之一停留超过两个小时。",
        "“我们没有想到会来这么多人，”负责人说，“茶水在九点之前就用完了。”",
        "工程分三期进行，第一期已于上个月验收，余下的部分要等到雨季结束。",
        "附近的居民说，以前这里是一片堆货的空地，晚上没有灯。",
        "新的安排从下周一开始试行，为期六个月，期间可以随时提出意见。",
        "他把每天的温度写在同一本本子上，已经写到了第四十册。",
        "台湾的朋友寄来一张老照片，照片里的桥还没有栏杆。",
    ),
    "zh-Hant": (
        "戲院的老闆把座椅一張張擦過，又把售票口的玻璃換成了舊的。",
        "工程從春天開始，動用了一百二十名義工，石塊全靠人力搬運。",
        "「這裡的雨是橫著下的，」他說，「傘沒有用，要穿雨衣。」",
        "新的開放時間為上午九時至下午五時，週一休館。",
        "臺灣的海風帶著鹽，招牌每三年就要重漆一次。",
        "她記得小時候的碼頭，船還沒靠岸，魚販已經開始喊價。",
    ),
    "ja": (
        "夜の十時を過ぎると、駐車場の車は二台だけになった。",
        "空は思ったより明るく、南の低いところに薄い雲が残っていた。",
        "三脚の脚を一段だけ伸ばし、息を止めてシャッターを切る。",
        "昨年の記録と比べると、見えた星の数はおよそ一割多い。",
        "帰り道、だれもいない交差点で信号が青に変わるのを待った。",
    ),
    "ko": (
        "아침 안개가 걷히기 전에 강가로 나갔다.",
        "서점 주인은 열쇠를 두 번 돌리고 나서야 불을 켰다.",
        "지난해보다 사흘 늦게 첫눈이 내렸다고 한다.",
        "사람들은 말없이 줄을 섰고, 국밥은 금세 떨어졌다.",
    ),
    "en": (
        "The vote came after four hours and one power cut, and it was close: nine to eight.",
        "Nobody at the meeting could say who had first proposed the bridge, only who had opposed it.",
        "The survey found 2,318 lamp posts, eleven fewer than the council pays for.",
        "Work begins in March and, if the weather holds, ends before the regatta.",
        "“It is not a large harbour,” the pilot said, “but it is a particular one.”",
        "Figures for the quarter are expected on Thursday; last year’s were revised twice.",
        "The path will reopen section by section, starting from the lighthouse.",
        "A spokesman declined to comment, and then commented at some length.",
    ),
    "ar": (
        "خرجت القوارب قبل شروق الشمس بساعة كاملة.",
        "قال أمين المكتبة إن الخرائط الأصلية محفوظة في صندوق خشبي منذ عام 1931.",
        "من المتوقع أن تنتهي الأعمال قبل نهاية الصيف.",
        "لم يكن أحد يعرف اسم الشارع، لكن الجميع كان يعرف طريقه إليه.",
    ),
}
SENTENCES["code"] = (
    "The first version was eleven lines long and wrong in three of them.",
    "I measured it on a machine that was doing nothing else, and then on one that was.",
    "What follows is a list of things that did not help.",
    "The fix is one comparison, moved up by two lines.",
)
SENTENCES["weather"] = (
    "Wind north-west 6 to 7, decreasing 4 later.",
    "Visibility moderate, occasionally poor in showers.",
    "Sea state rough at first in the north.",
)

AUTHORS: dict[str, tuple[str, ...]] = {
    "zh-Hans": ("周见山", "林小河", "本报记者 陈渡"),
    "zh-Hant": ("許望潮", "葉知秋"),
    "ja": ("星野 望",),
    "ko": ("강은하",),
    "en": ("Edith Marlowe", "Tom Quay", "Staff"),
    "code": ("Ada Small",),
    "ar": ("ليلى البحري",),
    "weather": (),
}
CATEGORIES: dict[str, tuple[str, ...]] = {
    "zh-Hans": ("城市", "自然", "文化"),
    "zh-Hant": ("文化", "離島"),
    "ja": ("天体観測", "日誌"),
    "ko": ("산책",),
    "en": ("Harbour", "Council", "Arts & Letters"),
    "code": ("Programming",),
    "ar": ("المدينة",),
    "weather": ("Weather",),
}

#: What stands behind a title that is told again.
AGAIN = {
    "zh-Hans": "（续）",
    "zh-Hant": "（續）",
    "ja": "（続）",
    "ko": " (계속)",
    "en": ", continued",
    "ar": " (تتمة)",
}

#: A story that three papers tell on one day, and another.
TWINS = (
    ("hean", "跨河大桥今晨通车，首日免费通行"),
    ("haixia", "跨河大橋今晨通車，首日免費通行"),
    ("changdu", "跨河大桥今晨通车，首日免费通行"),
    ("harbour", "New bridge opens to traffic; first day is free"),
    ("machines", "New bridge opens to traffic; first day is free"),
)

LONG_HAN = "关于进一步做好沿河两岸公共空间整治提升与历史建筑保护利用工作的若干意见征求稿" * 13
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung" * 8

#: Everything a body may hold; {at} is where pictures are.
LONG_BODY = """
<p>{0} {1}</p>
<figure><img src="{at}/1200x675/long-a.svg" width="1200" height="675" alt="A harbour at dusk, seen from the
hill"><figcaption>The harbour at dusk. <cite>Photograph: an invented photographer</cite></figcaption></figure>
<h2>What happened first</h2>
<p>{2} <a href="https://elsewhere.example/a/very/long/address/that-does-not-break/anywhere/at/all.html">An
earlier report</a> has more. {3}</p>
<blockquote><p>{4}</p><p>{5}</p></blockquote>
<h3>In figures</h3>
<table><caption>Lamp posts by quarter</caption><thead><tr><th scope="col">Quarter</th><th scope="col">Counted
</th><th scope="col">Paid for</th><th scope="col">Difference</th></tr></thead><tbody><tr><td>Old Town</td>
<td>812</td><td>815</td><td>−3</td></tr><tr><td>Quayside</td><td>640</td><td>640</td><td>0</td></tr><tr><td>
Upper Hill and the Gardens beyond the Wall</td><td>866</td><td>874</td><td>−8</td></tr></tbody></table>
<h3>What is to be done</h3>
<ol><li>{6}</li><li>{7}<ul><li>one thing;</li><li>and another, with
<code>inline_code()</code>.</li></ul></li></ol>
<pre><code>def count(lamps):
    return sum(1 for lamp in lamps if lamp.is_lit)  # a line that is wider than most screens of telephones
</code></pre>
<p>H<sub>2</sub>O, 10<sup>3</sup>, <kbd>Ctrl</kbd>+<kbd>C</kbd>, <mark>marked</mark>, <del>gone</del>
<ins>come</ins>, <ruby>漢字<rt>かんじ</rt></ruby>.</p>
<hr>
<dl><dt>Slip</dt><dd>Where boats go in.</dd><dt>Quay</dt><dd>Where they stay.</dd></dl>
<p><img src="{at}/640x640/long-b.png" width="640" height="640" alt=""></p>
<p>{0} {3} {5} {7}</p>
"""
