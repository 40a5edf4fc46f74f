"""Some questions are told by their form, whatever they are about."""

import pytest

from bot.answering.archive.request import kind_by_form


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is new about the Lowick tunnel?", "latest"),
        ("What's the latest news on Rosa Lind?", "latest"),
        ("what’s new with the ferries", "latest"),
        ("Who was Rosa Lind?", "summary"),
        ("Who is the captain of the ferry?", None),
        ("Who was Rosa Lind married to?", None),
        ("What happened on 3 May?", "latest"),
        ("What happened to the ferry on 3 May?", None),
        ("What is new?", None),
        ("What is the new ferry called?", None),
        ("Tell me about the decline of the ferries.", "summary"),
        ("Could you tell me about Lowick?", "summary"),
        ("What did Lind tell me about Lowick?", None),
    ],
)
def test_a_form_tells_the_kind(question: str, kind: str | None) -> None:
    assert kind_by_form(question) == kind
