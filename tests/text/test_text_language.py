import pytest

from feeds.text.language import find_language, is_cjk, may_be_cjk

SIMPLIFIED = "今天的新闻说，两国领导人举行会谈，讨论经济与贸易问题。"
TRADITIONAL = "今天的新聞說，兩國領導人舉行會談，討論經濟與貿易問題。"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        (SIMPLIFIED + TRADITIONAL, "zh"),
        ("天下大同", "zh"),
        ("本日は晴天なり。明日は雨が降るでしょう。", "ja"),
        ("オリンピック", "ja"),
        ("오늘은 날씨가 좋습니다.", "ko"),
        (SIMPLIFIED + "（引用：さくら）", "zh-Hans"),
        ("The word 新聞 means news, and that is all we say about it here.", None),
        ("Nothing but English.", None),
        ("1234 !?", None),
        ("", None),
    ],
)
def test_the_language_is_told_from_the_characters(text, language):
    assert find_language(text) == language


@pytest.mark.parametrize(
    ("text", "fallback", "language"),
    [
        ("Nur Deutsch.", "de", "de"),
        (TRADITIONAL, "en", "zh-Hant"),
        (TRADITIONAL, "zh-CN", "zh-Hant"),
        ("天下大同", "zh-TW", "zh-TW"),
        ("天下大同", "en", "zh"),
        ("東京株式市場", "ja", "ja"),
    ],
)
def test_the_fallback_decides_only_where_the_characters_do_not(text, fallback, language):
    assert find_language(text, fallback) == language


@pytest.mark.parametrize(
    ("text", "fallback"),
    [
        ("Nice 🎉", "en"),
        ("Launch 🚀🚀", "en-US"),
        ("Привет 😀😀", "ru"),
        ("👍", "de"),
        ("👍", None),
        ("👨‍👩‍👧‍👦 🇨🇳🇯🇵🇰🇷 🈵㊙️", "fr"),
        ("𝐵𝑜𝑙𝑑 𝑚𝑎𝑡𝒉", "en"),
        ("𒀀𒀁𒀂", None),
        ("\U000f0000\U0010fffd", "en"),
    ],
)
def test_signs_beyond_the_basic_plane_are_no_chinese(text, fallback):
    assert find_language(text, fallback) == fallback


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("𠀀𫝀𰀀", "zh"),
        ("𠮷野家 🍚🍚🍚", "zh"),
        (SIMPLIFIED + "🎉" * 50, "zh-Hans"),
        ("晴れ " + "☀️🌈🎌" * 10, "ja"),
        ("축하 " + "🎉" * 20, "ko"),
    ],
)
def test_emoji_hide_no_script(text, language):
    assert find_language(text) == language


def test_only_the_beginning_of_a_long_text_is_looked_at():
    assert find_language(SIMPLIFIED * 1000 + TRADITIONAL * 1000) == "zh-Hans"


@pytest.mark.parametrize(
    ("pattern", "language"),
    [
        ("*www.zaobao.com*", "zh-Hans"),
        ("*cn.reuters.com*", "zh-Hans"),
        ("*www.dw.com*", "zh-Hans"),
        ("*www.cna.com.tw*", "zh-Hant"),
        ("*www.rti.org.tw*", "zh-Hant"),
        ("*bitterwinter*", "zh-Hant"),
        ("000_*", "zh-Hant"),
        ("*www.economist.com*", None),
    ],
)
def test_real_documents_are_told_apart(shared, pattern, language):
    paths = list((shared / "corpus" / "seeds").glob(pattern))

    assert paths
    assert {find_language(path.read_text(encoding="utf-8")) for path in paths} == {language}


@pytest.mark.parametrize(
    ("character", "expected"), [("新", True), ("さ", True), ("글", True), ("a", False), ("，", False)]
)
def test_east_asian_characters_are_known(character, expected):
    assert is_cjk(character) is expected


@pytest.mark.parametrize("text", ["這個", "한글", "かな", "ｶﾅ", "a 𠀀", "々", "㐀"])
def test_a_text_with_any_of_the_scripts_is_looked_at(text):
    assert may_be_cjk(text)


@pytest.mark.parametrize("text", ["", "plain", "“Grüße” – 100 €", "Привет", "שלום"])
def test_a_text_without_them_is_told_at_once(text):
    assert not may_be_cjk(text)
