"""Files that mean harm cost only themselves: bounded time and memory, a sentence each, nothing outside the folder."""

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cli.exit_code import ExitCode
from retrieval.documents import Article
from retrieval.errors import ParserUnavailable, SourceError
from retrieval.ingest import local_files
from retrieval.ingest.parsing.feeds.feed import parse_feed
from retrieval.ingest.parsing.feeds.wordpress import parse_wordpress_posts
from retrieval.ingest.parsing.files.plain_text import read_plain_text
from retrieval.ingest.parsing.pages.page import parse_page
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.text.addresses.canonical_url import canonical_url, url_key, without_credentials
from retrieval.text.boilerplate import split_blocks
from tests.support.command_line import Onrecord
from tests.support.local_files import read_files
from tests.support.markup_shapes import MARKDOWN_SHAPES, PAGE_SHAPES
from tests.support.newspaper import STORY, TEXT, fetched, html, story

GOOD = f"# Pier closes\n\n{TEXT}"
ALIASES = "a: &a [x, x]\n" + "".join(f"{one[1]}: &{one[1]} [*{one[0]}, *{one[0]}]\n" for one in pairwise("abcdefghi"))
LINKED = "leads out"


def with_front_matter(yaml: str) -> str:
    return f"---\n{yaml}\n---\n\n{TEXT}"


def only(found: list[Article | SourceError]) -> SourceError:
    (refused,) = (one for one in found if isinstance(one, SourceError))
    return refused


# Front matter


@pytest.mark.parametrize(
    ("yaml", "reason"),
    [
        (ALIASES, "aliases"),
        ("title: &t Pier\nheadline: *t", "aliases"),
        ("base: &b {a: 1}\nmore:\n  <<: *b", "aliases"),
        ("[" * 60_000, "nested too deeply"),
        ("{" * 60_000, "nested too deeply"),
        ("- " * 30_000, "nested too deeply"),
        ("? " * 30_000, "nested too deeply"),
        ("".join(f"{' ' * depth}a:\n" for depth in range(300)), "nested too deeply"),
        ("[" * 100_000, "characters of front matter"),
        ("a: b\n" * 100_000, "characters of front matter"),
        ("date: 2026-13-40", "not of its type"),
        ("title: !!int x", "not of its type"),
        (f"title: {'1' * 50_000}", "not of its type"),
        (f"title: 1{':1' * 20_000}", "not of its type"),
        ("title: !!python/object/apply:os.system [true]", "not YAML"),
        ("title: [Pier", "not YAML"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["b.md", "b.txt"])
def test_hostile_front_matter_costs_its_file_alone(tmp_path: Path, name: str, yaml: str, reason: str) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / name).write_text(with_front_matter(yaml))
    (tmp_path / "c.txt").write_text(TEXT)
    started = time.process_time()
    found = read_files(tmp_path)
    assert time.process_time() - started < 5
    assert [Path(one.source).name for one in found] == ["a.md", name, "c.txt"]
    assert reason in only(found).reason


def test_honest_front_matter_may_have_lists_objects_and_anchors(tmp_path: Path) -> None:
    yaml = "title: &t Pier\nauthors:\n  - name: Mara Lind\n  - Tom Obi\nseo:\n  og: {image: {alt: {en: Pier}}}"
    (tmp_path / "a.md").write_text(with_front_matter(yaml))
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article)
    assert (found.title, found.authors) == ("Pier", ("Mara Lind", "Tom Obi"))


def test_half_a_surrogate_pair_in_front_matter_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(with_front_matter(r'title: "\ud83d\0"'))
    (found,) = read_files(tmp_path)
    assert found.title.encode() if isinstance(found, Article) else found.reason


# Symbolic links


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An added folder with one article, beside a folder that was not added."""
    added = tmp_path / "added"
    (added / "deep").mkdir(parents=True)
    (tmp_path / "private").mkdir()
    (added / "a.md").write_text(GOOD)
    (tmp_path / "private" / "secret.md").write_text("# Secret\n\n" + TEXT)
    return added


@pytest.mark.parametrize("name", ["link.md", "deep/link.md", "folder", "unknown.xyz"])
@pytest.mark.parametrize("is_glob", [False, True])
def test_a_link_out_of_the_folder_is_passed_over_and_named(folder: Path, name: str, is_glob: bool) -> None:
    private = folder.parent / "private"
    (folder / name).symlink_to(private if name == "folder" else private / "secret.md")
    found = read_files(f"{folder}/**" if is_glob else folder)
    refused = {(one.source, one.reason) for one in found if isinstance(one, SourceError)}
    assert any(source.endswith(name) and LINKED in reason for source, reason in refused)
    assert [one.title for one in found if isinstance(one, Article)].count("Secret") == 0
    assert "Pier closes" in [one.title for one in found if isinstance(one, Article)]


def test_a_link_through_another_one_is_followed_to_its_end(folder: Path) -> None:
    (folder / "z.md").symlink_to("y.md")
    (folder / "y.md").symlink_to("../private/secret.md")
    found = read_files(folder)
    assert [LINKED in one.reason for one in found if isinstance(one, SourceError)] == [True, True]


def test_a_link_within_the_folder_is_read_once(folder: Path) -> None:
    (folder / ".store").mkdir()
    (folder / ".store" / "b.md").write_text("# Hidden store\n\n" + TEXT)
    for name, target in {"0.md": "a.md", "again": "deep", "b.md": ".store/b.md", "deep/up": ".."}.items():
        (folder / name).symlink_to(target)
    found = read_files(folder)
    assert sorted(one.title for one in found if isinstance(one, Article)) == ["Hidden store", "Pier closes"]
    assert len(found) == 2


@pytest.mark.parametrize("target", ["loop.md", "gone.md"])
def test_links_in_a_circle_or_to_nothing_are_named(folder: Path, target: str) -> None:
    (folder / "loop.md").symlink_to(target)
    refused = only(read_files(folder))
    assert refused.source.endswith("loop.md") and "nowhere" in refused.reason


def test_a_folder_that_is_a_link_is_read_when_it_is_named(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    (found,) = read_files(folder.parent / "link")
    assert isinstance(found, Article)


# The process that parses files


LARGE = pytest.mark.parametrize(
    ("name", "content"),
    [("a.md", MARKDOWN_SHAPES["tiny paragraphs"]), ("a.html", PAGE_SHAPES["tiny paragraphs"])],
    ids=["Markdown", "HTML"],
)


@LARGE
def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read(
    tmp_path: Path, name: str, content: Callable[[int], str]
) -> None:
    (tmp_path / name).write_text(content(1_000_000))
    (tmp_path / "b.md").write_text(GOOD)
    with ParserProcess(seconds=0.3) as parser:
        refused, found = local_files.read_files(str(tmp_path), parser)
    assert isinstance(refused, SourceError) and isinstance(found, Article)
    assert "took longer than 0.3 s" in refused.reason


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
@LARGE
def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read(
    tmp_path: Path, name: str, content: Callable[[int], str]
) -> None:
    (tmp_path / name).write_text(content(1_000_000))
    (tmp_path / "b.md").write_text(GOOD)
    with ParserProcess(memory=50_000_000) as parser:
        refused, found = local_files.read_files(str(tmp_path), parser)
    assert isinstance(refused, SourceError) and isinstance(found, Article)
    assert any(words in refused.reason for words in ("memory", "too large", "could not be read"))


def test_all_files_of_a_folder_are_parsed_in_one_process(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.md").write_text(GOOD)
    with ParserProcess() as parser:
        processes = {parser._process and parser._process.pid for _ in local_files.read_files(str(tmp_path), parser)}
    assert len(processes) == 1


def test_when_the_process_cannot_be_started_the_command_says_so(
    onrecord: Onrecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text(GOOD)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with ParserProcess() as parser, pytest.raises(ParserUnavailable, match=r"cannot be started \(No such file"):
        list(local_files.read_files(str(tmp_path), parser))
    done = onrecord("add", str(tmp_path))
    assert done.returncode == ExitCode.SOURCE
    assert done.stderr.count("cannot be started") == 1 and "Traceback" not in done.stderr


# Names and addresses


@pytest.mark.parametrize(
    "name", ["a\nonrecord: 5 added.md", "a\x1b[2J.md", "a\r\u2028b.md", "a\u202egnp.md", "a\udcff.md"]
)
def test_the_name_of_a_file_forges_no_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(GOOD)
    (tmp_path / f"{name}.jsonl").write_text(json.dumps({"text": TEXT}) + "\n{}\n")
    (tmp_path / f"{name}.xyz").write_text("x")
    found = read_files(tmp_path)
    assert len(found) == 4
    for one in found:
        shown = str(one) if isinstance(one, SourceError) else one.source
        assert shown.isprintable() and len(shown.splitlines()) == 1 and shown.encode()


def test_a_source_that_is_not_there_is_named_on_one_line() -> None:
    (refused,) = read_files("nowhere\nonrecord: 5 added")
    assert str(refused).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:secret@post.example/pier",
        "https://ada@post.example/pier",
        "HTTPS://ada:se@cret@post.example/pier",
        "https://:secret@post.example/pier",
    ],
)
def test_user_and_password_of_an_address_are_not_kept(tmp_path: Path, url: str) -> None:
    clean = "https://post.example/pier"
    assert canonical_url(url) == clean and url_key(url) == url_key(clean)
    (tmp_path / "a.md").write_text(with_front_matter(f"url: '{url}'"))
    (tmp_path / "b.jsonl").write_text(json.dumps({"url": url, "text": TEXT}))
    head = f'<link rel="canonical" href="{url}">'
    (tmp_path / "c.html").write_text(html(story(), head=head))
    (page,) = parse_page(fetched(html(story(), head=head), url="https://post.example/x"))
    feed = f"<rss version='2.0'><channel><item><title>a</title><link>{url}</link></item></channel></rss>"
    posts = json.dumps([{"link": url, "title": {"rendered": "a"}}])
    listed = (parse_feed(feed.encode(), clean), parse_wordpress_posts(posts.encode(), clean, 1, 1))
    urls = [one.url for one in read_files(tmp_path) if isinstance(one, Article)]
    urls += [page.url, *(entry.url for listing in listed for entry in listing.entries)]
    assert len(urls) == 6 and not [found for found in urls if "@" in found or "secret" in found]


@pytest.mark.parametrize(
    "url", ["https://post.example/@ada", "https://post.example/?q=a@b", "mailto:a@b.example", "/a@b"]
)
def test_an_at_sign_elsewhere_stays(url: str) -> None:
    assert without_credentials(url) == url


# Paragraphs for which a pattern had millions of ways


@pytest.mark.parametrize("text", ["by " + "a" * 70 + "!", "by " + "ab " * 25 + "!"])
def test_a_paragraph_like_a_byline_is_told_apart_at_once(text: str) -> None:
    started = time.process_time()
    assert split_blocks(f"{STORY[0]}\n\n{text}")
    assert time.process_time() - started < 1


def test_a_line_of_many_names_is_read_at_once() -> None:
    started = time.process_time()
    assert read_plain_text(Path("/a.txt"), f"Pier closes\nby {'Aa Bb and ' * 50}!\n\n{TEXT}").text
    assert time.process_time() - started < 1
