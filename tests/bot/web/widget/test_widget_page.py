"""What is served for the widget: one small script that browsers keep, and demo pages for this machine only."""

import gzip
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from email.message import Message
from html import unescape

import pytest

from bot.answering.questions.reader_strings import LANGUAGES
from bot.web.widget.script import widget_script
from tests.support.command_line import ROOT

MOST = 25_000  # bytes gzipped


def get(address: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(address, headers={name.replace("_", "-"): said for name, said in headers.items()})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_the_script_is_small_and_kept_until_it_changes(paper: str) -> None:
    status, headers, body = get(f"{paper}/widget.js", Accept_Encoding="gzip")
    assert status == 200 and len(body) <= MOST and headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age" in headers["Cache-Control"] and headers["Vary"] == "Accept-Encoding"
    status, again, nothing = get(f"{paper}/widget.js", Accept_Encoding="gzip", If_None_Match=headers["ETag"])
    assert (status, nothing, again["ETag"]) == (304, b"", headers["ETag"])
    plain = get(f"{paper}/widget.js")
    assert gzip.decompress(body) == plain[2] == widget_script().plain and plain[1]["ETag"] != headers["ETag"]


def test_the_script_needs_nothing_that_a_strict_policy_refuses() -> None:
    text = widget_script().plain.decode()
    for refused in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        "document.write",
        "cookie",
    ):
        assert refused not in text
    assert "https://" not in text and text.count("http://") == text.count("http://www.w3.org/2000/svg")


def test_the_script_parses(tmp_path_factory: pytest.TempPathFactory) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("There is no node to check the script with; browsers do in the other tests.")
    path = tmp_path_factory.mktemp("script") / "widget.js"
    path.write_bytes(widget_script().plain)
    subprocess.run([node, "--check", path], check=True, timeout=30)


def test_the_demo_shows_the_articles_under_a_strict_policy(paper: str) -> None:
    status, headers, body = get(f"{paper}/demo")
    assert status == 200 and "Ninety days on the pier" in body.decode()
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "nonce" not in policy


def test_an_article_s_text_is_escaped_and_its_address_is_one_of_the_web(paper: str) -> None:
    text = get(f"{paper}/demo/articles/hostile")[2].decode()
    assert "<script>window.taken" not in text and "<script>window.taken" in unescape(text)
    assert "<img" not in text and "<b>" not in text
    assert '<link rel="canonical" href="/demo/articles/hostile">' in text
    assert 'href="https://example.org/toll"' in get(f"{paper}/demo/articles/toll")[2].decode()


def test_the_demo_is_for_this_machine_only(paper: str) -> None:
    assert get(f"{paper}/demo", Host="courier.example")[0] == 404
    assert get(f"{paper}/demo/articles/none")[0] == 404


def test_every_property_is_documented() -> None:
    documented = (ROOT / "docs" / "embedding.md").read_text("utf-8")
    assert set(re.findall(r"--onrecord-[\w-]+", widget_script().plain.decode())) == set(
        re.findall(r"`(--onrecord-[\w-]+)`", documented)
    )


def test_all_languages_have_all_words() -> None:
    texts = re.findall(r"^STRINGS\.(\w+) = \{\n(.*?)^\};", widget_script().plain.decode(), re.MULTILINE | re.DOTALL)
    words = {language: set(re.findall(r"^ {2,4}(\w+):", text, re.MULTILINE)) for language, text in texts}
    own = {"one", "few", "many", "other"}  # plural forms, of which each language has its own
    assert set(words) == set(LANGUAGES) and len(words["en"]) > 40
    assert all(found - own == words["en"] - own for found in words.values())
