"""A token is good as it was issued, until it ends, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.auth.session_tokens import VERSION, SessionTokens, TokenClaims
from bot.web.schemas.error_responses import ApiError

SECRET = b"a secret that nobody else has...."
NOW = 1_700_000_000.0
TOKENS = SessionTokens(SECRET, 60, lambda: NOW)
TOKEN, CLAIMS = TOKENS.issue("gazette", "https://gazette.example")


def refused(token: str, tokens: SessionTokens = TOKENS) -> str:
    with pytest.raises(ApiError) as raised:
        tokens.verify(token)
    assert (raised.value.status, raised.value.code) == (401, "unauthorized")
    return str(raised.value)


def test_a_token_says_what_it_grants() -> None:
    assert TOKENS.verify(TOKEN) == CLAIMS == TokenClaims("gazette", "https://gazette.example", int(NOW) + 60)


def test_a_token_ends() -> None:
    assert SessionTokens(SECRET, 60, lambda: NOW + 59).verify(TOKEN) == CLAIMS
    assert "has ended" in refused(TOKEN, SessionTokens(SECRET, 60, lambda: NOW + 60))


@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_a_token_with_any_bit_flipped_is_refused(bit: int) -> None:
    forged = bytearray(TOKEN.encode())
    forged[bit // 8] ^= 1 << bit % 8
    assert "not known" in refused(forged.decode("latin-1"))


@given(st.integers(0, len(TOKEN) - 1))
def test_a_part_of_a_token_is_refused(length: int) -> None:
    refused(TOKEN[:length])
    refused(TOKEN[length + 1 :])


@given(st.text(max_size=200))
def test_anything_else_is_refused(text: str) -> None:
    refused(text)
    refused(f"{VERSION}.{text}")
    refused(TOKEN + text if text else "")


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_site_and_origin_survive_and_are_told_apart(site: str, origin: str) -> None:
    token, claims = TOKENS.issue(site, origin)
    assert TOKENS.verify(token) == claims == TokenClaims(site, origin, int(NOW) + 60)
    assert (token == TOKEN) == ((site, origin) == (CLAIMS.site, CLAIMS.origin))


def test_parts_of_two_tokens_make_none() -> None:
    other, _ = TOKENS.issue("tide", "https://tide.example")
    refused(TOKEN.rpartition(".")[0] + "." + other.rpartition(".")[2])


def test_a_token_of_another_secret_is_refused() -> None:
    refused(SessionTokens(b"another secret that somebody has..", 60, lambda: NOW).issue("gazette", CLAIMS.origin)[0])


def test_a_later_version_is_refused_even_where_it_is_signed_with_the_same_secret() -> None:
    assert "another version" in refused(TOKENS._signer.sign("s2." + TOKEN.split(".")[1]).decode())
