"""A web address means one thing, and it is the one that is shown and connected to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest.fetching.safety.url import display_url, join_url, parse_url

BASE = parse_url("https://example.org/news/today?page=2")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org", "https://example.org/"),
        (" HTTPS://Example.ORG:443/A?b=C#d ", "https://example.org/A?b=C"),
        ("http://example.org.:8080/", "http://example.org:8080/"),
        ("http://example.org/ä b?q=ö", "http://example.org/%C3%A4%20b?q=%C3%B6"),
        ("http://example.org/a%2fb/../c", "http://example.org/c"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://bücher。example/", "http://xn--bcher-kva.example/"),
        ("http://[2606:4700:0:0::1111]:8080/", "http://[2606:4700::1111]:8080/"),
        ("http://93.184.215.14/@user", "http://93.184.215.14/@user"),
    ],
)
def test_an_address_has_one_form(written: str, meant: str) -> None:
    assert str(parse_url(written)) == meant and str(parse_url(meant)) == meant


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "127.0.0.0x1"),
        *("127.0.0.01", "127.0.0.1.1", "256.1.1.1", "１２７.0.0.1", "①②⑦.0.0.1", "%31%32%37.0.0.1", "127.0.0.1%00"),
        *("[::1%25lo]", "[::1%lo]", "[fe80::1%251]", "[::1", "::1", "[127.0.0.1]", "[v1.fe80]"),
        *("", ".", "a..b", ".example.org", "exa mple.org", "exa%6dple.org", "a" * 64, "a." * 127 + "aa", "a,b", "*"),
    ],
)
def test_a_host_that_programs_read_differently_is_none(host: str) -> None:
    with pytest.raises(ValueError, match=r"^(has a host that is neither|is no web address)"):
        parse_url(f"http://{host}/")


@pytest.mark.parametrize(
    "written",
    [
        *("http://example.org\\@127.0.0.1/", "http:\\\\127.0.0.1/", "http://example.org\r\nHost: a/", "http://a\t.b/"),
        *("http://a\n.b/", "http://example.org/\x00", "http://example.org/\x7f", "http://a/\ud800"),
    ],
)
def test_backslashes_and_control_characters_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="has a backslash or a control character in it"):
        parse_url(written)
    with pytest.raises(ValueError, match="has a backslash or a control character in it"):
        join_url(BASE, written)


@pytest.mark.parametrize(
    "written",
    [
        *("file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/html,x", "javascript:1"),
        *("example.org/news", "//example.org/news", "/news", "", "dict://127.0.0.1:11211/", "https+unix://x/"),
    ],
)
def test_only_http_and_https_are_read(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no http or https address|is no web address"):
        parse_url(written)


@pytest.mark.parametrize("user", ["user:secret@", "user@", ":secret@", "example.org:80@", "example.org%2f@"])
def test_a_user_or_a_password_is_refused_and_never_shown(user: str) -> None:
    with pytest.raises(ValueError, match="has a user name or a password in it; leave them out"):
        parse_url(f"https://{user}127.0.0.1/")
    assert display_url(f"https://{user}127.0.0.1/a@b?c@d") == "https://127.0.0.1/a@b?c@d"


@pytest.mark.parametrize(
    "broken", ["https://user:secret@[bad", "https:user:secret@h", "https:\\\\user:secret@h/", "u:secret@h"]
)
def test_a_password_is_not_shown_of_what_is_no_address_either(broken: str) -> None:
    assert "secret" not in display_url(broken)


def test_what_is_shown_is_one_line_of_a_bearable_length() -> None:
    assert "\n" not in display_url("http://a/\n\x1b[31m") and "\x1b" not in display_url("http://a/\n\x1b[31m")
    assert len(display_url("http://a/" + "x" * 9999)) < 600


@pytest.mark.parametrize("port", [1, 22, 25, 6000, 6667, 10080])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(PermissionError, match=f"has port {port}, at which"):
        parse_url(f"http://example.org:{port}/")


@pytest.mark.parametrize("port", ["65536", "99999999", "-1", "1e3", "0x50"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="is no web address"):
        parse_url(f"http://example.org:{port}/")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tomorrow", "https://example.org/news/tomorrow"),
        ("/feed", "https://example.org/feed"),
        ("?page=3", "https://example.org/news/today?page=3"),
        ("//cdn.example.org/x", "https://cdn.example.org/x"),
        ("http://other.example/", "http://other.example/"),
    ],
)
def test_addresses_in_documents_are_relative_to_them(written: str, meant: str) -> None:
    assert str(join_url(BASE, written)) == meant


@pytest.mark.parametrize("written", ["//[bad/", "http://[::1/", "//2130706433/", "//u:p@example.org/"])
def test_a_broken_relative_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has) "):
        join_url(BASE, written)


@settings(max_examples=60)
@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://a@", "//", "http://[", "http:"]))
def test_any_text_is_an_address_or_a_reason(text: str, before: str) -> None:
    display_url(before + text)
    for reading in (lambda: parse_url(before + text), lambda: join_url(BASE, before + text)):
        try:
            url = reading()
        except (ValueError, PermissionError) as exc:
            reason = str(exc)
        else:
            reason = "is an address" if parse_url(str(url)) == url and str(url).isascii() else ""
        assert reason.startswith(("is ", "has "))
