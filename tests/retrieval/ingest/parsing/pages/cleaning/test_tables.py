"""A table becomes one line a row, each figure with the header of its column."""

import pytest

from retrieval.ingest.parsing.pages.article_extraction import fragment_paragraphs


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            "<tr><th>Year</th><th>Passengers</th></tr><tr><td>2024</td><td>41,200</td></tr>",
            ["Year: 2024; Passengers: 41,200"],
        ),
        (
            "<thead><tr><td>Year</td><td>Fare</td></tr></thead><tr><td rowspan=2>2024</td><td>£3</td></tr>"
            "<tr><td>£4</td></tr>",
            ["Year: 2024; Fare: £3", "Year: 2024; Fare: £4"],
        ),
        (
            "<tr><th>Year</th><th colspan=2>Fares</th></tr><tr><td>2024</td><td>£3</td><td>£5</td></tr>",
            ["Year: 2024; Fares: £3; Fares: £5"],
        ),
        (
            "<tr><td>Year</td><td>Fare</td></tr><tr><td>2024</td><td>£3</td></tr><tr><td>2025</td><td>£4</td></tr>",
            ["Year: 2024; Fare: £3", "Year: 2025; Fare: £4"],
        ),
        (
            "<tr><th>Length</th><td>40 metres</td></tr><tr><th>Built</th><td>1911</td></tr>",
            ["Length: 40 metres", "Built: 1911"],
        ),
        ("<caption>Fares</caption><tr><td>Child</td><td>£1</td></tr>", ["Fares", "Child: £1"]),
    ],
)  # fmt: skip
def test_a_row_becomes_a_line(rows: str, lines: list[str]) -> None:
    found = fragment_paragraphs(f"<p>The fares go up in May, the board said.</p><table>{rows}</table>")
    assert [text for text, _ in found][1:] == lines
