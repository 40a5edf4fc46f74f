"""Replace tables of data by one paragraph a row, and tables that only lay out a page by plain containers."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.tables import row_lines
from retrieval.ingest.parsing.pages.cleaning.elements import TABLE_ROW, drop, linked_length, remove_dropped, text_of

_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
_CELLS = ("td", "th")
_MAX_CELL_LENGTH = 400  # characters; a table with a longer cell and no headers lays out a page
_FIGURE = re.compile(r"\d")
_MIN_ROWS = 3  # of a table whose headers are recognised by what they lack
_MAX_SPAN = 50  # columns or rows that one cell may take
_ALL_LINKS = 0.9  # share of a table's characters; one with more is a list of links
_MIN_LINK_TABLE_LENGTH = 200  # characters
_MAX_LINKED_SHARE = 0.8  # of a table's characters; one with more leads away from the article
_MAX_LINKED_SHARE_OF_LONG, _LONG_TABLE_LENGTH = 0.5, 1_000

Grid = list[list[str]]


def lay_out_tables(page: HtmlElement) -> None:
    """Replace each table, the innermost first."""
    for table in reversed(list(page.iter("table"))):
        rows = list(_rows(table))
        if _is_layout(table, rows):
            for part in list(table.iter(*_PARTS)):  # tables within have been replaced before
                part.tag = "div"
        elif _is_of_links(table):
            drop(table)
        else:
            _write_rows(table, rows)
    remove_dropped(page)


def _rows(table: HtmlElement) -> Iterator[list[HtmlElement]]:
    return ([cell for cell in row if cell.tag in _CELLS] for row in table.iter("tr"))


def _is_layout(table: HtmlElement, rows: list[list[HtmlElement]]) -> bool:
    cells = [cell for row in rows for cell in row]
    if table.get("role") in ("presentation", "none") or len(cells) <= 1:
        return True
    if any(cell.tag == "th" for cell in cells):
        return False
    return any(len(text_of(cell)) > _MAX_CELL_LENGTH or len(cell.findall(".//p")) > 1 for cell in cells)


def _is_of_links(table: HtmlElement) -> bool:
    length, linked = len(text_of(table)), linked_length(table)
    most = _MAX_LINKED_SHARE if length < _LONG_TABLE_LENGTH else _MAX_LINKED_SHARE_OF_LONG
    return linked >= _ALL_LINKS * length or (length >= _MIN_LINK_TABLE_LENGTH and linked > most * length)


def _write_rows(table: HtmlElement, rows: list[list[HtmlElement]]) -> None:
    caption, grid = table.find(".//caption"), _grid(rows)
    has_headers = table.find("./thead/tr") is not None or _is_header_row(rows[0], grid)
    lines = [text_of(caption)] if caption is not None else []
    lines += row_lines(grid[0] if has_headers else [], grid[1:] if has_headers else grid)
    table.clear(keep_tail=True)
    table.tag = "div"
    for line in filter(None, lines):
        paragraph = table.makeelement("p", {TABLE_ROW: ""})
        paragraph.text = line
        table.append(paragraph)


def _is_header_row(first: list[HtmlElement], grid: Grid) -> bool:
    """Whether the first row names the columns: by its elements, or as the only one of three or more without figures."""
    if len(first) > 1 and all(cell.tag == "th" for cell in first):
        return True
    has_figures = [any(map(_FIGURE.search, row)) for row in grid]
    return len(grid) >= _MIN_ROWS and all(grid[0]) and not has_figures[0] and all(has_figures[1:])


def _grid(rows: list[list[HtmlElement]]) -> Grid:
    """The texts of the cells by column; one that spans rows is in each, a header that spans columns as well."""
    grid, spanning = Grid(), dict[int, tuple[int, str]]()  # by column: in how many rows below a text still stands
    for row in rows:
        filled = {column: text for column, (_, text) in spanning.items()}
        spanning = {column: (left - 1, text) for column, (left, text) in spanning.items() if left > 1}
        column = 0
        for cell in row:
            while column in filled:
                column += 1
            text, width, height = text_of(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for at in range(column, column + width):
                filled[at] = text if at == column or not grid else ""
                if height > 1:
                    spanning[at] = (height - 1, filled[at])
        grid.append([filled.get(at, "") for at in range(max(filled, default=-1) + 1)])
    return grid


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name) or "1"
    return min(int(value), _MAX_SPAN) if value.isdecimal() and value != "0" else 1
