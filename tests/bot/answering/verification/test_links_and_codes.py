"""Addresses, markup and codes that no article has are recognised."""

import pytest

from bot.answering.verification.links_and_codes import has_link, unknown_code


@pytest.mark.parametrize(
    "text", ["See https://a.example/x.", "![a](b)", "<img src=x>", "[more](/there)", "www.a.example"]
)
def test_an_address_or_a_picture_is_a_link(text: str) -> None:
    assert has_link(text)


def test_codes_and_hosts_must_be_the_articles() -> None:
    assert unknown_code("The flight XK-4410B was late.", "Flight XK-4410B came late.") == ""
    assert unknown_code("The flight XK-4410B was late.", "The flight came late.") == "XK-4410B"
    assert unknown_code("More at shady.example/a1.", "The flight came late.").startswith("shady.example")
