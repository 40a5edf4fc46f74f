"""Tell statements from lines that state nothing by their form, and find the list that a line is of."""

import re

from retrieval.text.sentences import Span, sentence_spans

MAX_LIST = 600  # characters of the lines of a list that are given together
MIN_INTRODUCTION = 60  # characters of a sentence without a mark that introduces a list

# The end of a sentence that states something; a question does only where somebody is quoted with it.
_STATED = re.compile(r"[.!…][\"'’”»)\]]*$|\?[\"’”»]+\)?$")
_ROW = re.compile(r"[^:;]+: [^;]+(?:; [^:;]+: [^;]+)+")  # `Candidate: Ida Brandvold; Votes: 4,210`


def is_statement(text: str) -> bool:
    """Whether a text has the form of a statement or a row: headlines, captions, list items and questions have not."""
    return bool(_STATED.search(text) or _ROW.fullmatch(text)) and text != text.upper()


def is_row(text: str) -> bool:
    """Whether a text is a row of a table: `Candidate: Ida Brandvold; Votes: 4,210`."""
    return bool(_ROW.fullmatch(text))


def list_span(text: str, own: Span) -> Span:
    """The lines of the list that a line is of, with the sentence that introduces it, up to MAX_LIST characters.

    It is the line itself where that is a statement or of no list.

    A list goes on for as long as its lines are no statements, or statements on a line of their own where the colon
    before them is what answers.
    """
    opening = None if is_statement(text[slice(*own)]) else _opening(text, own)
    if opening is None:
        return own
    start, end = opening[0], own[1]
    stop = min(len(text), start + 2 * MAX_LIST)  # so that no line is cut that may be told
    lines = [span for span in sentence_spans(text, end, stop) if span[0] >= end]
    of_statements = opening[1] == end and bool(lines) and is_statement(text[slice(*lines[0])])
    for line, following in zip(lines, [*lines, (stop, stop)][1:], strict=True):
        told = text[slice(*line)]
        is_item = is_statement(told) == of_statements and "\n" in text[end : line[0]]
        if of_statements:  # a paragraph of several sentences is no item, but may be what a colon points at
            is_item = is_item and (line == lines[0] or following[0] == stop or "\n" in text[line[1] : following[0]])
        if not is_item or told.endswith(":") or line[1] - start > MAX_LIST:
            break
        end = line[1]
    return start, end


def _opening(text: str, line: Span) -> Span | None:
    """The sentence that introduces the list that a line is of, which may be the line itself; None where there is none.

    One without a colon is the first line after a statement or the second, below a heading.
    """
    before = [span for span in sentence_spans(text, max(0, line[0] - MAX_LIST), line[1]) if span[0] <= line[0]]
    statements = [at for at, span in enumerate(before) if is_statement(text[slice(*span)])]
    begins = bool(statements) or line[0] <= MAX_LIST
    after = before[max(statements, default=-1) + 1 :]
    return next(
        (
            span
            for at, span in enumerate(after)
            if text[slice(*span)].endswith(":") or (begins and at < 2 and _introduces(text, span))
        ),
        None,
    )


def _introduces(text: str, span: Span) -> bool:
    """Whether a sentence introduces a list without a mark: it is long, and before lines that state nothing."""
    line = text[slice(*span)]
    if is_statement(line) or len(line) < MIN_INTRODUCTION:
        return False
    after = [one for one in sentence_spans(text, span[1], min(len(text), span[1] + MAX_LIST)) if one[0] >= span[1]][:2]
    return len(after) == 2 and not any(is_statement(text[slice(*one)]) for one in after)
