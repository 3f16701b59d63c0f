"""An invented news archive: documents of every shape that seed documents have, as many as are wanted.

The same number gives the same document, on every machine. Nothing in it was written by a publisher.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

UNDATED = "<!--NaN-->"
FIRST_DAY = datetime(2012, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=63)  # between two documents

SIMPLIFIED = (
    "灯塔 码头 夜航 城市 海风 渔船 港口 居民 市长 会议 预算 铁路 桥梁 学校 医院 图书馆 选举 议会 法院 判决 公司 工厂 出口 物价 气温"
    " 暴雨 台风 地震 救援 志愿者 博物馆 音乐会 足球队 决赛 教练 研究 大学 实验 卫星 火箭 能源 电网 森林 河流 农民 收成 旅客 机场"
).split()
TRADITIONAL = (
    "燈塔 碼頭 夜航 城市 海風 漁船 港口 居民 市長 會議 預算 鐵路 橋樑 學校 醫院 圖書館 選舉 議會 法院 判決 公司 工廠 出口 物價 氣溫"
    " 暴雨 颱風 地震 救援 志願者 博物館 音樂會 足球隊 決賽 教練 研究 大學 實驗 衛星 火箭 能源 電網 森林 河流 農民 收成 旅客 機場"
).split()
ENGLISH = (
    "lamp quay harbour night council budget railway bridge school hospital library election court company factory"
    " export price storm rescue museum concert final coach research satellite rocket energy forest river farmer"
).split()
LINKS = "在 与 对 的 是 将 已经 正在 表示 认为 宣布 要求 讨论 通过".split()


@dataclass(frozen=True, slots=True)
class Piece:
    """What one document is made of."""

    number: int
    chance: random.Random
    words: list[str]
    moment: datetime

    @property
    def milliseconds(self) -> int:
        return round(self.moment.timestamp() * 1000)

    def sentence(self, length: int = 9) -> str:
        if self.words is ENGLISH:
            return " ".join(self.chance.choices(self.words, k=length)).capitalize() + ". "
        return "".join(self.chance.choice((*self.words, *LINKS)) for _ in range(length)) + "。"

    def paragraph(self) -> str:
        return "".join(self.sentence() for _ in range(self.chance.randint(3, 7)))

    def paragraphs(self) -> str:
        return "".join(f"<p>{self.paragraph()}</p>" for _ in range(self.chance.randint(7, 20)))

    def title(self) -> str:
        return f"{self.sentence(4).strip('。. ')} {self.number}"

    def slug(self) -> str:
        return quote(self.title())


def _seed(piece: Piece, link: str, body: str, *, title: str | None = None, stamp: str | None = None) -> str:
    stamp = str(piece.milliseconds) if stamp is None else stamp
    head = f"<!--{stamp}-->\n" if stamp else ""
    return f"{head}[{title or piece.title()}]({link})\n------\n\n{body}\n"


def _picture(piece: Piece, host: str) -> str:
    return (
        f'<img src="https://images.weserv.nl/?url={host}/{piece.number}.jpg" width="100%">'
        f'<div><small style="color: #999;">{piece.sentence()}</small></div>'
    )


ADVERT = (
    '<br><hr><div>获取更多RSS：<br><a href="https://feedx.net" style="color:orange">https://feedx.net</a> <br>'
    '<a href="https://feedx.best">https://feedx.best</a><br></div>'
)


def dw(piece: Piece) -> str:
    names = piece.chance.choice(["", "  林夜", "null 陈晨", "林夜（综合报道）", "Mira  Kahn, Bo Lind"])
    earlier = piece.moment - timedelta(minutes=2)
    body = (
        f"<div><i>{names}<br>{earlier:%Y-%m-%dT%H:%M:%S}.220Z</i></div>{_picture(piece, 'static.dw.com/image')}"
        f"<p>（德国之声中文网）{piece.paragraph()}</p><p><strong>{piece.sentence(3).strip('。')}</strong></p>{piece.paragraphs()}"
        f'<p>见<a href="https://api.dw.com/api/detail/article/{piece.number}" rel="ArticleRef">前文</a></p>'
        f"<p>© {piece.moment.year}年德国之声版权声明：本文所有内容受到著作权法保护。</p><p> </p>"
    )
    return _seed(
        piece,
        f"https://www.dw.com/zh/{piece.slug()}/a-{piece.number}",
        body + ADVERT * (piece.number % 5 == 0),
    )


def nytimes(piece: Piece) -> str:
    local = piece.moment + timedelta(hours=8)
    body = (
        f'<address>林夜, 陈晨</address><time pudate="{local:%Y-%m-%d %H:%M:%S}" datetime="x">{local:%Y年%m月%d日}</time>'
        f'<figure><img src="https://static01.nyt.com/{piece.number}.jpg"><figcaption>{piece.sentence()}</figcaption></figure>'
        f"{piece.paragraphs()}"
    )
    return _seed(piece, f"https://cn.nytimes.com/world/{piece.moment:%Y%m%d}/story-{piece.number}/", body)


def reuters(piece: Piece) -> str:
    body = f"<div><i>{piece.moment:%Y-%m-%dT%H:%M:%SZ}</i></div>{_picture(piece, 'static.reuters.com')}{piece.paragraphs()}"
    link = f"https://cn.reuters.com/article/story-{piece.number}-idCNKBS{piece.number}"
    return _seed(piece, link, body, title=f"{piece.title()} | 路透")


def voa(piece: Piece) -> str:
    spaced = piece.paragraphs().replace("</p>", "</p><p>\u00a0</p>")
    body = f"<div><i>{piece.moment:%a, %d %b %Y %H:%M:%S GMT}</i></div>{_picture(piece, 'gdb.voanews.com')}{spaced}"
    return _seed(piece, f"https://www.voachinese.com/a/story/{piece.number}.html", body)


def rfi(piece: Piece) -> str:
    body = (
        f"<div>{piece.moment:%d/%m/%Y - %H:%M}</div>Array{piece.paragraphs()}"
        f'<ul><li><a href="whatsapp://send?text=x">WhatsApp</a></li></ul><p class="t-copyright">© {piece.moment.year} AFP</p>'
    )
    return _seed(
        piece,
        f"http://www.rfi.fr//cn/{piece.number}",
        body,
        title=f"{piece.title()} – 法国国际广播电台 - RFI",
    )


def bbc(piece: Piece) -> str:
    body = (
        f'<main role="main"><div><h1>{piece.title()}</h1></div><ul role="list"><li>林夜</li><li>BBC中文</li></ul>'
        f'<time dateTime="{piece.moment:%Y-%m-%d}">15 分钟前</time>'
        f'<figure><picture><source srcset="a.webp"><img src="https://ichef.bbci.co.uk/{piece.number}.jpg" alt=""></picture>'
        f"<figcaption>{piece.sentence()}</figcaption></figure>{piece.paragraphs()}</main>"
    )
    return _seed(piece, f"http://www.bbc.com/zhongwen/simp/world-{piece.number}", body)


def ft(piece: Piece) -> str:
    body = (
        f'<div></div><div class="story-lead">{piece.sentence()}</div><div class=" story-image image">'
        f'<img src="https://thumbor.ftacademy.cn/unsafe/1340x754/https://thumbor.ftacademy.cn/unsafe/p/{piece.number}.jpg"></div>'
        f'<div data-o-ads-name="x" data-o-ads-formats=\'{{"a": 1}}\'></div><div class="story-body">{piece.paragraphs()}</div>'
    )
    return _seed(piece, f"https://cn.ft.com/story/{piece.number:09}?full=y", body)


def economist(piece: Piece) -> str:
    body = (
        f'<img src="https://www.economist.com/{piece.number}.jpg"><div></div><aside><div><time dateTime="{piece.moment:%Y-%m-%d}T00:00:00Z">'
        f'{piece.moment:%b %d %Y}</time><meta itemProp="author" content="The Night Mail"/></div></aside>{piece.paragraphs()}'
    )
    return _seed(piece, f"https://www.economist.com/world/{piece.number}", body)


def rfa(piece: Piece) -> str:
    body = (
        f'<a href="x.jpg"><img src="/++plone++icon.png"></a>{piece.paragraphs()}<p><a href="javascript:x()">评论</a></p>'
        "<p>记者：林夜 陈晨  责编：周渡</p>"
    )
    return _seed(piece, f"https://www.rfa.org/mandarin/{piece.number}.html", body)


def cna(piece: Piece) -> str:
    body = (
        f'<div class="fullPic"><div class="wrap"><img src="https://images.weserv.nl/?url=imgcdn.cna.com.tw/{piece.number}.jpg">'
        f'<div class="picinfo">{piece.sentence()}</div></div></div><p>（中央社記者林夜台北{piece.moment.day}日電）{piece.paragraph()}</p>'
        f"{piece.paragraphs()}<p>{piece.sentence()}（編輯：陳晨）{piece.moment.year - 1911}{piece.moment:%m%d}</p>"
    )
    return _seed(
        piece, f"https://www.cna.com.tw/news/{piece.number}.aspx", body, title=f"{piece.title()}[影]"
    )


def cdt(piece: Piece) -> str:
    body = (
        "<blockquote><p>CDT 档案卡</p></blockquote>"
        f'<p><img src="data:image/svg+xml,x" data-lazy-src="https://cdt.example/{piece.number}.jpg"><noscript>'
        f'<img src="https://cdt.example/{piece.number}.jpg"></noscript></p>{piece.paragraphs()}'
        '<div class="addtoany_share_save_container"><a href="https://x.example/share">x</a></div>'
    )
    return _seed(
        piece,
        f"https://chinadigitaltimes.net/chinese/{piece.number}/",
        body,
        title=f"夜航报 | {piece.title()}",
    )


def rti(piece: Piece) -> str:
    body = f'<img src="https://static.rti.org.tw/{piece.number}.jpg" alt="{piece.sentence()}" title="x"><br>{piece.paragraph()}<a href="/more">...more</a>'
    return _seed(
        piece, f"https://www.rti.org.tw/news/view/id/{piece.number}", body, title=f"[國際] {piece.title()}"
    )


def plain(piece: Piece) -> str:
    return _seed(
        piece,
        f"https://unknown{piece.number % 7}.example/{piece.number}",
        piece.paragraphs(),
        stamp="NaN" * (piece.number % 3 == 0) or None,
    )


def jekyll(piece: Piece) -> str:
    link, title = f"https://blog.example/{piece.number}", piece.title()
    front = f'---\nlayout: post\ntitle: "{title}"\ndate: {piece.moment:%Y-%m-%dT%H:%M:%S.000Z}\nauthor: 林夜\nfrom: {link}\ntags: [ 夜航 ]\n---\n'
    seed = _seed(piece, link, f"<div>\n{piece.paragraphs()}\n</div>", title=title)
    return front + seed


def dated_line(piece: Piece) -> str:
    return f"[{piece.title()}](https://c.example/{piece.number})\n------\n\n日期：{piece.moment:%a, %d %b %Y %H:%M:%S} GMT\n\n{piece.paragraphs()}\n"


def markdown(piece: Piece) -> str:
    text = "\n\n".join(piece.paragraph() for _ in range(6))
    return f"---\ntitle: {piece.title()}\ndate: {piece.moment:%Y-%m-%d %H:%M:%S}\nurl: https://notes.example/{piece.number}\n---\n\n## {piece.sentence(3)}\n\n{text}\n\n- a\n- b\n"


def page(piece: Piece) -> str:
    return (
        f'<!DOCTYPE html><html><head><title>{piece.title()} | Night Mail</title><meta property="og:site_name" content="Night Mail">'
        f'<meta property="article:published_time" content="{piece.moment:%Y-%m-%dT%H:%M:%SZ}"><link rel="canonical" href="https://mail.example/{piece.number}">'
        f"</head><body><nav>x</nav><article><h1>{piece.title()}</h1>{piece.paragraphs()}</article></body></html>"
    )


def newsletter(piece: Piece) -> str:
    return (
        f"From: Night Mail <mail@lamp.example>\nSubject: Night Mail {piece.number}\nMessage-ID: <{piece.number}@lamp.example>\n"
        f"Date: {piece.moment:%a, %d %b %Y %H:%M:%S} +0000\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"<html><body>{piece.paragraphs()}</body></html>\n"
    )


#: Shape, suffix, words, share in 100 documents.
SHAPES: tuple[tuple[Callable[[Piece], str], str, list[str], int], ...] = (
    (dw, ".txt", SIMPLIFIED, 14), (dw, ".txt", TRADITIONAL, 4), (nytimes, ".txt", SIMPLIFIED, 8),
    (reuters, ".txt", SIMPLIFIED, 9), (voa, ".txt", SIMPLIFIED, 9), (rfi, ".txt", SIMPLIFIED, 8),
    (bbc, ".txt", SIMPLIFIED, 7), (ft, ".txt", SIMPLIFIED, 5), (economist, ".txt", ENGLISH, 4),
    (rfa, ".txt", SIMPLIFIED, 6), (cna, ".txt", TRADITIONAL, 6), (cdt, ".txt", SIMPLIFIED, 5),
    (rti, ".txt", TRADITIONAL, 3), (plain, ".txt", SIMPLIFIED, 4), (jekyll, ".md", SIMPLIFIED, 3),
    (dated_line, ".txt", SIMPLIFIED, 2), (markdown, ".md", SIMPLIFIED, 1), (page, ".html", SIMPLIFIED, 1),
    (newsletter, ".eml", ENGLISH, 1),
)  # fmt: skip


def make(number: int) -> tuple[str, str]:
    """Return path and text of a document; a greater number is a later one."""
    chance = random.Random(number)
    [(shape, suffix, words, _)] = chance.choices(SHAPES, weights=[share for *_, share in SHAPES])
    piece = Piece(number, chance, words, FIRST_DAY + number * STEP)
    return f"{piece.moment:%Y/%m}/{number:06}_{shape.__name__}{suffix}", shape(piece)


def write_archive(root: Path, numbers: range) -> Iterator[Path]:
    """Write documents into folders by year and month; yield each path."""
    for number in numbers:
        name, text = make(number)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if UNDATED in text[: len(UNDATED)]:  # the time of the file is all there is
            moment = (FIRST_DAY + number * STEP).timestamp()
            os.utime(path, (moment, moment))
        yield path
