"""Where an endpoint is."""

import pytest

from retrieval.errors import UsageError
from retrieval.models.endpoints.address import OPENAI_BASE_URL, SettingNames, parse_address


@pytest.mark.parametrize(
    ("given", "meant"),
    {
        "http://localhost:11434": "http://localhost:11434/v1",
        "http://localhost:11434/": "http://localhost:11434/v1",
        "http://localhost:11434/v1": "http://localhost:11434/v1",
        " http://localhost:11434/v1/ ": "http://localhost:11434/v1",
        "https://openrouter.ai/api/v1": "https://openrouter.ai/api/v1",
        "https://example.org/v1beta/openai/": "https://example.org/v1beta/openai",
        "": OPENAI_BASE_URL,
    }.items(),
)
def test_a_host_alone_means_its_v1(given: str, meant: str) -> None:
    assert parse_address(given).url == meant


@pytest.mark.parametrize("given", ["localhost:11434", "/v1", "ftp://example.org", "http://", "http://a/v1?key=sk-1"])
def test_what_is_no_address_is_refused_with_the_name_of_the_setting(given: str) -> None:
    with pytest.raises(UsageError, match=r"OTHER_URL is '.*', not an address like http") as refused:
        parse_address(given, setting_names=SettingNames(base_url="OTHER_URL"))
    assert "sk-1" not in str(refused.value)


def test_the_key_is_sent_and_never_shown() -> None:
    place = parse_address("http://localhost", " sk-secret\n")
    assert place.authorization == "Bearer sk-secret"
    assert "sk-secret" not in f"{place} {place!r}"
    assert place.redact("no such key: sk-secret") == "no such key: [key]"


def test_a_name_and_password_in_the_address_are_sent_and_never_shown() -> None:
    place = parse_address("https://ann:s%20cret@example.org/llm")
    assert (place.url, place.authorization) == ("https://example.org/llm", "Basic YW5uOnMgY3JldA==")
    assert "cret" not in f"{place} {place!r} {place.redact('s cret YW5uOnMgY3JldA==')}"


def test_without_a_key_nothing_is_sent() -> None:
    assert parse_address("http://localhost").authorization == ""


@pytest.mark.parametrize("key", ["sk-secret “", "sk secret", "sk-\nsecret", "sk-secret\x00"])
def test_a_key_that_was_copied_badly_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(UsageError, match="OPENAI_API_KEY holds characters") as refused:
        parse_address("http://localhost", key)
    assert "secret" not in str(refused.value)
