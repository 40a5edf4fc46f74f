"""Calls and credits after the last paragraph go; paragraphs that only begin like them stay."""

import pytest

from retrieval.ingest.parsing.pages.farewells import without_farewell

LAST = ("The board will meet again in May.", False)


@pytest.mark.parametrize(
    "text",
    [
        "Follow Mara on Mastodon at @mara",
        "Mara Lind is the harbour correspondent. She lives in Eastness.",
        "Contact the reporter at mara@post.example.",
        "Copyright 2026 Harbour Post",
        "Photo: Coast Pictures",
        "Sign up for our newsletter, every weekday at seven.",
        "There is more where that came from. Sign up for The Tide to get it delivered to your inbox.",
        "While you are here: every Tuesday we tell what happened. You can sign up here for the weekly newsletter.",
        "If you value our reporting, please consider giving five pounds a month.",
        "Wenn Sie unseren Journalismus schätzen, helfen Sie uns mit fünf Euro.",
    ],
)
def test_a_farewell_is_removed(text: str) -> None:
    assert without_farewell([LAST, (text, False), ("More stories", True)], ("Mara Lind",)) == [LAST]


@pytest.mark.parametrize(
    "text",
    [
        "Contact with the ferry was lost at twenty to ten, the coastguard said.",
        "Copyright law was last changed in 1988, and the minister promised a bill.",
        "More from the county is not to be had, said Mara Lind, who has asked.",
        "Sign up for the lifeboat crew and you are paid nothing, said the coxswain.",
        "If we want a pier, you and our children will pay for it for a year.",
        "“Follow us on the quay,” she told the reporters.",
    ],
)
def test_a_paragraph_of_the_article_stays(text: str) -> None:
    assert without_farewell([LAST, (text, False)], ("Mara Lind",)) == [LAST, (text, False)]
