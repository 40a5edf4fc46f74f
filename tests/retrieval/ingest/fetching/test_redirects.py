"""Redirects are followed a few times, and whether a document moved for good is told."""

import pytest

from retrieval.errors import SourceError, SourceGone, SourceUnreachable
from tests.support.misbehaving_server import Reply, fetching, redirect, site

PAGE = {"/": Reply(b"here")}


def chain(*statuses: int) -> dict[str, Reply]:
    """Addresses /0, /1, ... of which each redirects to the next, the last to /."""
    last = len(statuses) - 1
    return {f"/{at}": redirect("/" if at == last else f"/{at + 1}", status) for at, status in enumerate(statuses)}


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308, 301), True),
        ((302,), False),
        ((303,), False),
        ((307,), False),
        ((301, 302), False),
        ((302, 301), False),
        ((301,) * 5, True),
    ],
)
def test_a_document_has_moved_when_all_redirects_are_for_good(statuses: tuple[int, ...], moved: bool) -> None:
    with site(PAGE | chain(*statuses)) as served, fetching() as fetcher:
        found = fetcher.get(f"{served.url}/0")
    assert (found.url, found.content, found.moved) == (f"{served.url}/", b"here", moved)


def test_redirects_end_after_five() -> None:
    with site(PAGE | chain(*[302] * 6) | {"/loop": redirect("/loop")}) as served, fetching() as fetcher:
        for path in ("/0", "/loop"):
            served.asked.clear()
            with pytest.raises(SourceError, match=f"^{served.url}{path}: redirects more than 5 times$"):
                fetcher.get(f"{served.url}{path}")
            assert len(served.paths()) == 6


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "redirects to an address, which is nowhere"),
        ("https://[", r"redirects to https://\[, which is no web address"),
        ("mailto:a@example.org", r"redirects to mailto:.*, which is no http or https address"),
        ("http://\t127.0.0.1/", "which has a backslash or a control character in it"),
    ],
)
def test_a_redirect_to_nowhere_is_an_error(location: str, reason: str) -> None:
    with site({"/": redirect(location)}) as served, fetching() as fetcher, pytest.raises(SourceError, match=reason):
        fetcher.get(served.url)


@pytest.mark.parametrize(("status", "kind"), [(404, SourceGone), (503, SourceUnreachable)])
def test_an_error_where_a_redirect_leads_names_the_address_that_was_asked_for(
    status: int, kind: type[SourceError]
) -> None:
    with (
        site({"/": redirect("/there"), "/there": Reply(b"", status)}) as served,
        fetching() as fetcher,
        pytest.raises(kind, match=rf"/: .*\({status}\)$") as failed,
    ):
        fetcher.get(served.url)
    assert failed.value.source == f"{served.url}/"


def test_a_relative_address_is_taken_from_the_last_one() -> None:
    pages = {"/a/b": redirect("../c/d?e"), "/c/d?e": redirect("f"), "/c/f": Reply(b"found")}
    with site(pages) as served, fetching() as fetcher:
        assert fetcher.get(f"{served.url}/a/b").content == b"found"


def test_an_address_that_is_not_ascii_is_understood() -> None:
    with site({"/": redirect("/zoë"), "/zo%C3%AB": Reply(b"found")}) as served, fetching() as fetcher:
        assert fetcher.get(served.url).content == b"found"
