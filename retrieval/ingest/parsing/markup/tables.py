"""Write each row of a table as one line with the headers of its columns, so that a figure keeps its meaning."""

from collections.abc import Iterator, Sequence


def row_lines(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines: `Year: 2024; Passengers: 41,200`. Empty cells and rows are left out."""
    for row in rows:
        if line := _row_line(headers, row):
            yield line


def _row_line(headers: Sequence[str], row: Sequence[str]) -> str:
    filled = [(headers[at] if at < len(headers) else "", cell) for at, cell in enumerate(row) if cell]
    if len(filled) == 1:
        return filled[0][1]
    if len(filled) == 2 and not any(header for header, _ in filled):
        return f"{filled[0][1].rstrip(':')}: {filled[1][1]}"
    return "; ".join(f"{header.rstrip(':')}: {cell}" if header and header != cell else cell for header, cell in filled)
