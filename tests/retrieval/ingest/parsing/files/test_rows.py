"""Articles in lines and arrays of JSON, in single documents and in tables."""

import json
from pathlib import Path

import pytest

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files.jsonl import read_jsonl
from retrieval.ingest.parsing.files.rows.csv_table import read_csv

STORY = "The harbour council voted on Tuesday to close the old ferry pier for eleven months."
LARGEST = 100_000  # bytes


def read(path: Path, content: str | bytes) -> list[Article | SourceError]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    reader = read_csv if path.suffix in (".csv", ".tsv") else read_jsonl
    return list(reader(path, largest=LARGEST))


def articles(path: Path, content: str | bytes) -> list[Article]:
    found = read(path, content)
    assert not [error for error in found if isinstance(error, SourceError)]
    return [item for item in found if isinstance(item, Article)]


@pytest.mark.parametrize(
    "row",
    [
        {"headline": "Pier", "body": STORY, "byline": "By Mara Lind", "published_at": "2026-03-03", "site": "Post"},
        {"title": "Pier", "maintext": STORY, "authors": ["Mara Lind"], "date_publish": "2026-03-03", "outlet": "Post"},
        {"title": "Pier", "content": STORY, "author": "Lind, Mara", "pubDate": "3 Mar 2026", "publisher": "Post"},
        {"title": "Pier", "article": STORY, "author": {"name": "Mara Lind"}, "publishedAt": 1772496000, "site": "Post"},
    ],
)
def test_fields_have_the_names_that_crawlers_use(tmp_path: Path, row: dict[str, object]) -> None:
    (found,) = articles(tmp_path / "a.jsonl", json.dumps(row))
    assert (found.title, found.text, found.outlet) == ("Pier", STORY, "Post")
    assert (found.authors, found.published[:10]) == (("Mara Lind",), "2026-03-03")


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_an_array_is_read_item_by_item(tmp_path: Path, name: str) -> None:
    rows = [{"title": f"Pier {number}", "text": f"{STORY} {'x' * 900}"} for number in range(200)]
    found = articles(tmp_path / name, "\ufeff" + json.dumps(rows, indent=1))
    assert [item.title for item in found] == [row["title"] for row in rows]
    assert found[7].source.endswith(f"{name}:8")


def test_a_damaged_array_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    first, broken = read(tmp_path / "a.json", '[{"text": "The pier is closed."}, {"text": ')
    assert isinstance(first, Article)
    assert isinstance(broken, SourceError)
    assert "from there on" in broken.reason


def test_a_document_is_one_article_or_has_a_list_of_them(tmp_path: Path) -> None:
    alone = json.dumps({"title": "Pier", "body": STORY, "images": [{"url": "a.png"}]}, indent=1)
    assert [item.title for item in articles(tmp_path / "a.json", alone)] == ["Pier"]
    listed = json.dumps({"status": "ok", "articles": [{"title": "One", "content": STORY}, {"content": STORY}]})
    assert [item.title[:3] for item in articles(tmp_path / "b.json", listed)] == ["One", "The"]


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")])
def test_a_table_with_a_header_is_read(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [["Headline", "Body", "Author", "Date"], ["Café", f'"{STORY}\nIt rained."', "Mara Lind", "3 März 2026"]]
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    (found,) = articles(tmp_path / "a.csv", content)
    assert (found.title, found.text, found.published) == ("Café", f"{STORY}\nIt rained.", "2026-03-03")


def test_what_is_missing_is_named_with_what_was_looked_for(tmp_path: Path) -> None:
    (error,) = read(tmp_path / "a.csv", "name,price\nPier,4\n")
    assert isinstance(error, SourceError)
    assert error.reason.endswith("and the columns are name, price")
    assert "text, body, content" in error.reason
    (error,) = read(tmp_path / "a.jsonl", '{"name": "Pier", "words": "The pier"}')
    assert isinstance(error, SourceError)
    assert error.reason.endswith("and the fields are name, words")


def test_other_dates_of_the_file_tell_the_order_of_day_and_month(tmp_path: Path) -> None:
    def days(*dates: str) -> list[str]:
        rows = "\n".join(json.dumps({"text": f"{STORY} {date}", "date": date}) for date in dates)
        return [item.published for item in articles(tmp_path / "a.jsonl", rows)]

    assert days("03/04/2026", "25/11/2025") == ["2026-04-03", "2025-11-25"]
    assert days("03/04/2026", "11/25/2025") == ["2026-03-04", "2025-11-25"]
    assert days("03/04/2026") == [""]


def test_a_date_that_is_not_understood_is_reported(tmp_path: Path) -> None:
    (found,) = articles(tmp_path / "a.jsonl", json.dumps({"text": STORY, "date": "03/04/2026", "updated": "soon"}))
    assert [warning.partition(" of which")[0] for warning in found.warnings] == [
        "has the date 03/04/2026,",
        "has the date 'soon', which is not understood; it is undated",
    ]


def test_no_author_and_authors_run_together_are_left_out(tmp_path: Path) -> None:
    (found,) = articles(
        tmp_path / "a.jsonl",
        json.dumps({"text": STORY, "authors": ["Mara Lind Tom Obi", "Mara Lind", "Tom Obi", "None"]}),
    )
    assert found.authors == ("Mara Lind", "Tom Obi")


def test_rows_of_one_id_or_address_are_warned_of(tmp_path: Path) -> None:
    rows = [{"text": f"{STORY} {number}", "url": "https://post.example/"} for number in (1, 2)]
    first, second = articles(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert first.warnings == ()
    assert second.warnings == ("has the same id or address as an earlier row, whose article it replaces",)


def test_an_id_that_is_true_is_none(tmp_path: Path) -> None:
    rows = [{"text": f"{STORY} {number}", "id": True} for number in (1, 2)]
    assert len({article.id for article in articles(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))}) == 2


def test_a_date_that_is_an_object_is_reported(tmp_path: Path) -> None:
    (found,) = articles(tmp_path / "a.json", json.dumps({"text": STORY, "date": {"$date": 5}}))
    assert (found.published, len(found.warnings)) == ("", 1)


def test_a_table_without_rows_is_named(tmp_path: Path) -> None:
    (error,) = read(tmp_path / "a.csv", "title,text\n")
    assert isinstance(error, SourceError) and error.reason == "has no rows below its header"
