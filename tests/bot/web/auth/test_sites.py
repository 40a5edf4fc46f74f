"""The file of sites is read whole or refused with one sentence that says what is right."""

from pathlib import Path

import pytest

from bot.web.auth.principal import Principal
from bot.web.auth.sites import read_sites
from retrieval.catalog.filters import Filters
from retrieval.errors import UsageError
from tests.support.guarded_server import ORIGIN, OTHER, write_sites


def test_sites_are_read_with_what_they_say_of_themselves(tmp_path: Path) -> None:
    sites = read_sites(write_sites(tmp_path))
    assert list(sites) == ["gazette", "tide"]
    assert sites["gazette"].origins == (ORIGIN, "http://localhost:4000")
    assert (sites["gazette"].name, sites["gazette"].starters) == ("Quay Gazette", ("Who pays the toll?",))
    assert sites["gazette"].scope == Filters(outlet="Quay Gazette")
    assert (sites["tide"].origins, sites["tide"].name) == ((OTHER,), "tide")


def test_without_a_file_there_are_none() -> None:
    assert read_sites(None) == {}


@pytest.mark.parametrize("since", ['"2025-03"', "2025-03-01"])
def test_a_day_may_be_written_as_text_or_as_a_date(tmp_path: Path, since: str) -> None:
    path = write_sites(tmp_path, f'[a]\norigins = ["https://a.example"]\nsince = {since}\n')
    assert read_sites(path)["a"].scope.since == "2025-03-01"


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("https://a.example/", "write it as https://a.example"),
        ("https://a.example/news?x=1", "write it as https://a.example"),
        ("https://A.Example:443", "write it as https://a.example"),
        ("http://a.example:80", "write it as http://a.example"),
        ("https://me:pw@a.example", "write it as https://a.example"),
        ("a.example", "has no scheme"),
        ("//a.example", "has no scheme"),
        ("ftp://a.example", "has no scheme"),
        ("null", "has no scheme"),
        ("file:///news", "has no scheme"),
        ("*", "list each origin"),
        ("https://*.example", "list each origin"),
        ("https://zeitüng.example", "xn--"),
        ("https://a.example:port", "is no origin"),
        ("https://[::1", "is no origin"),
        ("https://a.example\\n", "write it as https://a.example"),
    ],
)
def test_an_origin_that_browsers_do_not_send_is_refused(tmp_path: Path, origin: str, right: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_sites(write_sites(tmp_path, f'[courier]\norigins = ["{origin}"]\n'))
    assert "sites.toml: [courier] origins has " in str(raised.value) and right in str(raised.value)


@pytest.mark.parametrize(
    "origin", ["https://a.example:8443", "http://localhost:3000", "http://[::1]:3000", "http://127.0.0.1"]
)
def test_an_origin_as_browsers_send_it_is_taken(tmp_path: Path, origin: str) -> None:
    assert read_sites(write_sites(tmp_path, f'[a]\norigins = ["{origin}"]\n'))["a"].origins == (origin,)


GOOD = 'origins = ["https://a.example"]'


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[courier\n", "line 1"),
        (f"[a]\n{GOOD}\n[a]\n{GOOD}\n", "line 3"),
        ("", "lists no site"),
        ("[courier]\n", "[courier] has no origins"),
        (f"{GOOD}\n", "stands outside a table"),
        (f'["The Courier"]\n{GOOD}\n', "is no site's id"),
        (f"[a]\n{GOOD}\norigin = 1\n", "origin is not known"),
        ('[a]\norigins = "https://a.example"\n', "write a list of texts"),
        ('[a]\norigins = ["https://a.example", "https://a.example"]\n', "more than once"),
        (f"[a]\n{GOOD}\nname = 3\n", "in quotation marks"),
        (f'[a]\n{GOOD}\nsince = "last year"\n', "2025-03-11"),
        (f'[a]\n{GOOD}\nstarters = ["{"x" * 201}"]\n', "at most 200 characters"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_sites(write_sites(tmp_path, text))
    assert "sites.toml" in str(raised.value) and wrong in str(raised.value)
    assert str(raised.value).endswith(".") and "\n" not in str(raised.value)


def test_a_missing_file_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ONRECORD_SITES_FILE is '.*nowhere.toml', which cannot be read"):
        read_sites(tmp_path / "nowhere.toml")


def test_a_scope_is_never_widened_by_what_is_asked_for() -> None:
    principal = Principal(scope=Filters(since="2025-03-01", outlet="Quay Gazette"))
    assert principal.restrict(Filters(since="2020-01-01", outlet="Tide")) == principal.scope
    assert principal.restrict(Filters(since="2025-04-01")).since == "2025-04-01"
