"""Names of a sentence are looked for in all that the articles say, as people of a country and by initials too."""

import pytest

from bot.answering.verification.names import unknown_name


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Iranian envoys met in Oslo.", "Iran sent envoys to Oslo."),
        ("The German builder left.", "A builder from Germany left."),
        ("The agency ECB waited.", "The European Central Bank waited."),
        ("The Democrats agreed.", "A Democrat from the north agreed."),
        ("Mayor Brandt opened it.", "Ilse Brandt opened it."),
        ("Yesterday nobody came.", "People stayed away."),
        ("It opened on Sept. 1.", "It opened on 1 September."),
    ],
)
def test_a_name_that_is_known_is_found(text: str, known: str) -> None:
    assert unknown_name(text, [known]) == ""


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("Envoys met in Bergen.", "Envoys met in Oslo.", "Bergen"),
        ("The builder Strandbau met Tomas Velde.", "Strandbau met Tomas Ferrow.", "Velde"),
        ("It opened in October.", "It opened in September.", "October"),
    ],
)
def test_a_name_that_is_not_known_is_told(text: str, known: str, unknown: str) -> None:
    assert unknown_name(text, [known]) == unknown
