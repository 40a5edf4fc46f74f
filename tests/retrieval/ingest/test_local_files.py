"""Files, folders and globs to articles: plain text, Markdown, HTML, JSON lines, in any encoding."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.decoding import decode_file, normalised
from tests.support.local_files import read_files

STORY = "The harbour council voted on Tuesday to close the old ferry pier after divers found cracks in its pillars."
MORE = (
    "Repairs will take eleven months, the council's engineer told the meeting, and the town will pay for half of them."
)
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Pier closes | Harbour Post</title>
<link rel="canonical" href="https://post.example/pier"><meta property="og:title" content="Pier closes for repairs">
<meta property="og:site_name" content="Harbour Post"><meta name="author" content="Mara Lind">
<meta property="article:published_time" content="2026-03-03T08:00:00+00:00">
<meta property="article:modified_time" content="2026-03-04T09:30:00+00:00"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Pier closes for repairs</h1><p>{STORY}</p><h2>Who will pay</h2><p>{MORE}</p>%s
<p>{STORY[::-1]}</p></article>
<footer><p>Subscribe to our newsletter. Cookie policy.</p></footer></body></html>"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(source: Path | str) -> Article:
    (found,) = read_files(str(source))
    assert isinstance(found, Article), found
    return found


def refused(source: Path | str, **options: int) -> SourceError:
    (found,) = read_files(str(source), **options)
    assert isinstance(found, SourceError), found
    return found


def line(**facts: object) -> str:
    return json.dumps({"url": "https://post.example/pier", "title": "Pier", "text": STORY} | facts) + "\n"


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_text_in_a_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = (
        f"Hafen schließt für Überholung\n\nDer Bürgermeister erklärte, die Brücke müsse länger geprüft werden. {STORY}"
    )
    assert only(written(tmp_path, "hafen.txt", text.encode(encoding))).text == text


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xff\xfe", b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_named_as_empty(tmp_path: Path, content: bytes) -> None:
    assert refused(written(tmp_path, "empty.txt", content)).reason == "is empty"


def test_a_binary_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    assert "binary" in refused(written(tmp_path, "story.txt", b"\x00\x01\x02" + STORY.encode())).reason


@pytest.mark.parametrize("name", ["photo.txt", "photo.jpg", "photo"])
def test_a_picture_is_named_with_what_reads_it(name: str, tmp_path: Path) -> None:
    photo = written(tmp_path, name, b"\xff\xd8\xff\xe0\x00\x10JFIF")
    reason = "is a picture (image/jpeg), which OnRecord does not read; as a PDF file a scan is read, by Tesseract"
    assert refused(photo).reason == reason


def test_a_folder_of_pictures_alone_is_named(tmp_path: Path) -> None:
    written(tmp_path, "photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF")
    assert "only pictures" in refused(tmp_path).reason


def test_an_over_large_file_is_refused_with_the_limit(tmp_path: Path) -> None:
    failure = refused(written(tmp_path, "large.txt", STORY * 20), largest=1_000)
    assert "1,000 bytes" in failure.reason


def test_unknown_encoding_is_named_with_the_reason_or_read(tmp_path: Path) -> None:
    (found,) = read_files(str(written(tmp_path, "odd.txt", bytes(range(128, 256)) * 40)))
    assert isinstance(found, Article) or "encoding" in found.reason


@settings(max_examples=80)
@given(st.text(min_size=1, max_size=200).filter(lambda text: normalised(text).strip()))
def test_any_utf8_text_is_read_and_can_be_stored(text: str) -> None:
    if "\x00" in text or text.startswith("\ufeff"):
        return
    assert decode_file(text.encode()) == normalised(text.replace("\r\n", "\n").replace("\r", "\n"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "the inner har\u00adbour, the light\u200bhouse, auto\u2060mated",
            "the inner harbour, the lighthouse, automated",
        ),
        ("Zoe\u0308 Mu\u0308ller", "Zoë Müller"),
        ("the o\ufb03ce of the \ufb01sheries board", "the office of the fisheries board"),
        ("12\xa0500 crowns 👩\u200d🚒", "12 500 crowns 👩\u200d🚒"),
    ],
)
def test_text_is_what_a_reader_sees_and_types(written: str, read: str) -> None:
    assert decode_file(written.encode()) == read


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_that_can_be_stored_or_are_refused(content: bytes) -> None:
    try:
        text = decode_file(content)
    except ValueError as exc:
        text = str(exc)
    assert text.strip()
    assert "\x00" not in text.encode().decode()


# Plain text


def test_plain_text_gives_title_byline_and_date(tmp_path: Path) -> None:
    text = f"Pier closes for repairs\nBy Mara Lind and Tom Obi\nMarch 3, 2026\n\n{STORY}\n"
    found = only(written(tmp_path, "pier.txt", text))
    assert (found.title, found.authors, found.published) == (
        "Pier closes for repairs",
        ("Mara Lind", "Tom Obi"),
        "2026-03-03",
    )
    assert found.text == text
    assert found.url == (tmp_path / "pier.txt").as_uri()


def test_plain_text_without_a_headline_is_titled_by_its_first_words(tmp_path: Path) -> None:
    assert only(written(tmp_path, "pier.txt", STORY)).title == "The harbour council voted on Tuesday to close the old …"


def test_plain_text_may_have_front_matter(tmp_path: Path) -> None:
    found = only(written(tmp_path, "pier.txt", f"---\ntitle: Pier\nurl: https://post.example/p\n---\n{STORY}"))
    assert (found.title, found.url, found.text) == ("Pier", "https://post.example/p", STORY)


def test_plain_text_between_two_rules_is_kept(tmp_path: Path) -> None:
    assert STORY in only(written(tmp_path, "pier.txt", f"---\n{STORY}\n---\n{MORE}")).text


def test_a_file_without_a_known_ending_is_read_as_plain_text(tmp_path: Path) -> None:
    assert only(written(tmp_path, "PIER", STORY)).text == STORY


# Markdown


def test_front_matter_gives_the_facts(tmp_path: Path) -> None:
    people_and_days = "authors: [Mara Lind, Tom Obi]\ndate: 2026-03-03\nupdated: 2026-03-04 09:30"
    head = f"title: Pier closes\n{people_and_days}\noutlet: Post\nid: p1\nlang: en"
    found = only(written(tmp_path, "pier.md", f"---\n{head}\nurl: https://post.example/p\n---\n\n{STORY}\n"))
    assert (found.id, found.title, found.authors) == ("p1", "Pier closes", ("Mara Lind", "Tom Obi"))
    assert (found.published, found.updated, found.outlet) == ("2026-03-03", "2026-03-04T09:30:00", "Post")
    assert (found.language, found.url, found.text) == ("en", "https://post.example/p", STORY)


def test_markdown_reads_as_a_reader_sees_it(tmp_path: Path) -> None:
    body = "# Pier closes\n\nThe **old** pier is [closed](https://x.example) at `noon`.\nMills & AT&amp;T \\*pay\\*."
    found = only(written(tmp_path, "pier.md", f"{body}\n\n- one\n- two\n\n{STORY}"))
    assert found.title == "Pier closes"
    assert found.text == f"Pier closes\n\nThe old pier is closed at noon. Mills & AT&T *pay*.\n\none\n\ntwo\n\n{STORY}"


def test_markdown_headings_are_marked_where_they_stand(tmp_path: Path) -> None:
    found = only(written(tmp_path, "pier.md", f"# Pier closes\n\n{STORY}\n\n## Who will *pay*\n\n{MORE}"))
    assert [found.text[start:end] for start, end in found.headings] == ["Pier closes", "Who will pay"]


def test_a_row_of_a_markdown_table_is_a_line_with_its_headers(tmp_path: Path) -> None:
    table = "| Year | Passengers |\n| --- | --- |\n| 2024 | 41,200 |\n| 2025 | |"
    assert only(written(tmp_path, "pier.md", f"{STORY}\n\n{table}")).text == (
        f"{STORY}\n\nYear: 2024; Passengers: 41,200\n\n2025"
    )


def test_text_of_any_kind_is_normalised_before_it_is_cut(tmp_path: Path) -> None:
    odd, plain = (
        "The con\u00adstable\u00a0of the of\ufb01ce\u200b at Cafe\u0301 Pier came.",
        "The constable of the office at Caf\u00e9 Pier came.",
    )
    for name in ("pier.txt", "pier.md"):
        assert only(written(tmp_path, name, f"{odd}\n\n{STORY}")).text == f"{plain}\n\n{STORY}"
    assert only(written(tmp_path, "pier.jsonl", line(text=f"{odd} {STORY}"))).text == f"{plain} {STORY}"
    kept = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # a Persian word with a joiner
    assert kept in only(written(tmp_path, "word.txt", f"{STORY} {kept}")).text


@pytest.mark.parametrize("name", ["pier.jsonl", "pier.csv"])
def test_inline_markup_in_a_row_goes_and_its_blank_lines_stay(tmp_path: Path, name: str) -> None:
    text = f"The pier is <b>shut</b> &amp; cold.\n\n{STORY}"
    row = line(text=text) if name.endswith("l") else f'url,text\nhttps://post.example/pier,"{text}"\n'
    assert only(written(tmp_path, name, row)).text == f"The pier is shut & cold.\n\n{STORY}"


def test_html_in_a_line_is_read_as_html(tmp_path: Path) -> None:
    markup = f"<h2>Who pays</h2><p>{STORY}</p><p>Read more: <a href='/x'>Ferry fares rise</a></p><p>{MORE}</p>"
    found = only(written(tmp_path, "pier.jsonl", line(text=markup, title="")))
    assert found.text == f"Who pays\n\n{STORY}\n\n{MORE}"
    assert [found.text[start:end] for start, end in found.headings] == ["Who pays"]
    assert found.title.startswith("Who pays The harbour")


def test_broken_front_matter_is_refused_with_the_reason(tmp_path: Path) -> None:
    assert "not YAML" in refused(written(tmp_path, "pier.md", f"---\ntitle: [Pier\n---\n{STORY}")).reason


@pytest.mark.parametrize("author", ["42", "{name: Mara Lind}", "\n  - name: Mara Lind", "true"])
def test_unusual_authors_in_front_matter_do_not_stop_the_folder(tmp_path: Path, author: str) -> None:
    written(tmp_path, "a.md", f"---\ntitle: Pier\nauthors: {author}\n---\n{STORY}")
    written(tmp_path, "b.md", f"# Other\n\n{MORE}")
    found = read_files(tmp_path)
    assert len(found) == 2
    assert isinstance(found[1], Article)
    if isinstance(found[0], Article) and "Mara" in author:
        assert found[0].authors == ("Mara Lind",)


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ("Mara Lind", ("Mara Lind",)),
        ("By Mara Lind and Tom Obi", ("Mara Lind", "Tom Obi")),
        ("Mara Lind, Tom Obi; Ada Roux", ("Mara Lind", "Tom Obi", "Ada Roux")),
        (["Mara Lind", " Tom Obi "], ("Mara Lind", "Tom Obi")),
        (["", None, "Ada"], ("Ada",)),
        ("", ()),
        (None, ()),
    ],
)
def test_people_are_read_from_lists_and_strings(names: object, authors: tuple[str, ...]) -> None:
    assert split_names(names) == authors


# HTML


def test_a_page_gives_the_article_and_its_facts_without_what_stands_around(tmp_path: Path) -> None:
    found = only(written(tmp_path, "pier.html", PAGE % ""))
    assert STORY in found.text
    assert MORE in found.text
    assert not [word for word in ("Home", "Sport", "newsletter", "Cookie") if word in found.text]
    assert (found.url, found.title, found.outlet) == (
        "https://post.example/pier",
        "Pier closes for repairs",
        "Harbour Post",
    )
    assert (found.authors, found.published[:10]) == (("Mara Lind",), "2026-03-03")
    assert (found.updated[:10], found.language) == ("2026-03-04", "en")
    assert "Who will pay" in [found.text[start:end] for start, end in found.headings]


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("<p>The first line ends here<br>The second line starts there and goes on.</p>", ["here The second"]),
        (
            "<blockquote>We begin the work now<br>and we end it in May.</blockquote>",
            ["We begin the work now", "and we end it"],
        ),
        ("<blockquote>We <em>begin</em> the work now.</blockquote>", ["We begin the work now."]),
        (
            "<table><tr><td>Pillars</td><td>Forty</td></tr><tr><td>Cracks</td><td>Nine</td></tr></table>",
            ["Pillars", "Nine"],
        ),
        ("<ul><li>Forty pillars stand in the harbour.</li><li>Nine of them are cracked.</li></ul>", ["Nine of them"]),
    ],
)
def test_words_of_a_page_are_neither_lost_nor_glued(tmp_path: Path, fragment: str, words: list[str]) -> None:
    text = only(written(tmp_path, "pier.html", PAGE % fragment)).text
    assert [wanted for wanted in words if wanted not in " ".join(text.split())] == []
    assert not [glued for glued in ("hereThe", "nowand", "PillarsForty", "CracksNine", "harbour.Nine") if glued in text]


def test_a_page_in_the_encoding_it_declares_is_read(tmp_path: Path) -> None:
    page = (PAGE % "<p>“Überall Risse – größer als gedacht”, sagte der Taucher.</p>").replace(
        "<head>", '<head><meta charset="windows-1252">'
    )
    assert "“Überall Risse – größer als gedacht”" in only(written(tmp_path, "pier.html", page.encode("cp1252"))).text


@pytest.mark.parametrize("content", ["", "<nav><a href='/'>Home</a></nav>"])
def test_a_page_without_an_article_is_refused(tmp_path: Path, content: str) -> None:
    page = f"<html><body>{content}</body></html>"
    assert "no article" in refused(written(tmp_path, "empty.html", page)).reason


# JSON lines


def test_lines_give_articles_with_their_facts(tmp_path: Path) -> None:
    facts = {"id": "p1", "authors": ["Mara Lind"], "date": "March 3, 2026", "updated": "2026-03-04", "outlet": "Post"}
    found = only(written(tmp_path, "news.jsonl", line(**facts)))
    assert found == Article(
        id="p1",
        source=f"{tmp_path / 'news.jsonl'}:1",
        url="https://post.example/pier",
        title="Pier",
        text=STORY,
        authors=("Mara Lind",),
        outlet="Post",
        published="2026-03-03",
        updated="2026-03-04",
    )


def test_missing_facts_are_filled_from_what_is_there(tmp_path: Path) -> None:
    found = only(written(tmp_path, "news.jsonl", json.dumps({"text": STORY, "url": "https://www.post.example/a"})))
    assert (found.outlet, found.title) == ("post.example", "The harbour council voted on Tuesday to close the old")
    assert found.id == only(tmp_path / "news.jsonl").id


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("{not json}\n", "not a line of JSON"),
        ('["a list"]\n', "not an object"),
        (line(text=""), "has no text"),
        (line(text=7), "has no text"),
        ("\udcff\udcfe\n", "not a line of JSON"),
        ("[" * 100_000 + "\n", "not a line of JSON"),
    ],
)
def test_a_broken_line_is_named_with_its_number_and_the_others_go_on(tmp_path: Path, broken: str, reason: str) -> None:
    content = (line(id="a") + "\n" + broken + line(id="b")).encode("utf-8", "surrogateescape")
    first, failure, last = read_files(str(written(tmp_path, "news.jsonl", content)))
    assert isinstance(failure, SourceError)
    assert failure.source.endswith("news.jsonl:3")
    assert reason in failure.reason
    assert [one.id for one in (first, last) if isinstance(one, Article)] == ["a", "b"]


@pytest.mark.parametrize(
    "odd",
    [{"authors": 5}, {"authors": True}, {"url": "http://[broken"}, {"url": 7}, {"date": [2026]}, {"id": {"a": 1}}],
)
def test_a_line_with_an_odd_fact_does_not_stop_the_others(tmp_path: Path, odd: dict[str, object]) -> None:
    found = read_files(str(written(tmp_path, "news.jsonl", line(**odd) + line(id="b"))))
    assert len(found) == 2
    assert isinstance(found[1], Article)


def test_authors_written_as_objects_are_known_by_their_names(tmp_path: Path) -> None:
    assert only(written(tmp_path, "news.jsonl", line(authors=[{"name": "Mara Lind"}]))).authors == ("Mara Lind",)


@pytest.mark.parametrize("fact", ["text", "title", "authors", "url", "id", "outlet", "date", "language"])
def test_half_a_surrogate_pair_anywhere_in_a_line_can_be_stored(tmp_path: Path, store: Store, fact: str) -> None:
    row = line(**{fact: f"{STORY} \ud83d"})
    tally = indexer.add_articles(store, read_files(str(written(tmp_path, "news.jsonl", row))))
    assert tally.added + len(tally.failed) == 1


def test_an_over_large_line_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    path = written(tmp_path, "news.jsonl", line(text=STORY * 50) + line(id="b"))
    failure, found = read_files(str(path), largest=2_000)
    assert isinstance(failure, SourceError)
    assert isinstance(found, Article)


def test_a_file_of_lines_with_nothing_in_it_is_named_as_empty(tmp_path: Path) -> None:
    assert "empty" in refused(written(tmp_path, "news.jsonl", "\n\n")).reason


# Files, folders, globs


def test_a_folder_is_read_with_its_subfolders_and_without_assets_and_hidden_files(tmp_path: Path) -> None:
    written(tmp_path, "a.txt", STORY)
    written(tmp_path, "deep/er/b.md", f"# Who pays\n\n{MORE}")
    written(tmp_path, "c.html", PAGE % "")
    written(tmp_path, "c_files/style.css", "body { color: red }")
    written(tmp_path, "c_files/logo.PNG", b"\x89PNG\x00")
    written(tmp_path, "c_files/ad.html", PAGE % "")
    written(tmp_path, "eels_files/d.txt", MORE)  # no page is beside it
    written(tmp_path, ".git/config.txt", STORY)
    written(tmp_path, "site/node_modules/x/README.md", STORY)
    found = read_files(tmp_path)
    assert sorted(Path(one.source).name for one in found if isinstance(one, Article)) == [
        "a.txt",
        "b.md",
        "c.html",
        "d.txt",
    ]
    assert len(found) == 4


def test_a_file_of_unknown_kind_in_a_folder_is_named(tmp_path: Path) -> None:
    written(tmp_path, "table.xlsx", b"PK\x03\x04")
    failure = refused(tmp_path)
    assert failure.source.endswith("table.xlsx")
    assert "no kind" in failure.reason


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path).reason


def test_a_glob_reads_what_it_matches_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        written(tmp_path, name, STORY)
    assert [Path(one.source).name for one in read_files(f"{tmp_path}/*.txt")] == ["a.txt", "b.txt"]


def test_a_glob_passes_over_assets_as_a_folder_does(tmp_path: Path) -> None:
    written(tmp_path, "a.html", PAGE % "")
    written(tmp_path, "style.css", "body { color: red } " * 20)
    assert [Path(one.source).name for one in read_files(f"{tmp_path}/*")] == ["a.html"]


@pytest.mark.parametrize("pattern", ["*", "**", "**/*.md"])
def test_a_glob_passes_over_programs_and_the_parts_of_saved_pages(tmp_path: Path, pattern: str) -> None:
    written(tmp_path, "a.md", STORY)
    written(tmp_path, "c.html", PAGE % "")
    written(tmp_path, "c_files/ad.md", STORY)
    written(tmp_path, "node_modules/x/README.md", STORY)
    names = [Path(one.source).name for one in read_files(f"{tmp_path}/{pattern}")]
    assert "a.md" in names and not {"ad.md", "README.md"} & set(names)


def test_a_glob_without_a_match_is_named(tmp_path: Path) -> None:
    assert refused(f"{tmp_path}/*.txt").reason == "matches no file"


def test_a_glob_that_matches_a_folder_only_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    written(tmp_path, "2026/a.txt", STORY)
    assert read_files(f"{tmp_path}/20*")


def test_a_file_with_brackets_in_its_name_is_a_file_and_no_glob(tmp_path: Path) -> None:
    assert only(written(tmp_path, "pier [1].txt", STORY)).text == STORY


@pytest.mark.parametrize("source", ["nowhere.txt", "", "a\0b", "x" * 5_000, "~nosuchuser/a.txt"])
def test_a_source_that_is_nowhere_is_named(tmp_path: Path, source: str) -> None:
    assert refused(f"{tmp_path}/{source}/a" if source in ("nowhere.txt", "") else source).source


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "regular file" in refused(tmp_path / "pipe.txt").reason


def test_reading_twice_gives_the_same_articles(tmp_path: Path) -> None:
    written(tmp_path, "a.txt", STORY)
    written(tmp_path, "b.html", PAGE % "")
    written(tmp_path, "c.jsonl", line())
    assert read_files(tmp_path) == read_files(tmp_path)


def test_no_name_is_not_the_folder_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "pier.txt", STORY)
    monkeypatch.chdir(tmp_path)
    assert "names no file" in refused("").reason


def test_what_is_no_regular_file_in_a_folder_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert refused(tmp_path).reason == "is not a regular file"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    written(tmp_path, "pier.txt", STORY)
    locked = written(tmp_path, "locked/mill.txt", STORY).parent
    locked.chmod(0o400)
    found = read_files(str(tmp_path))
    locked.chmod(0o700)
    assert [type(one) for one in found].count(Article) == 1
    assert any(isinstance(one, SourceError) and "Permission denied" in one.reason for one in found)
