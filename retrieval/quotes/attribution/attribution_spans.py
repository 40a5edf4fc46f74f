"""Find the attributions of a text: the network's readings of cues, as spans of characters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np

from retrieval.quotes.attribution.attribution import Attribution, EncodedCue
from retrieval.quotes.attribution.interviews import read_interview
from retrieval.quotes.attribution.network import REACH, NetworkWeights, read_cues
from retrieval.quotes.attribution.quotation_marks import OPENING_MARKS
from retrieval.quotes.attribution.quote_assignment import (
    CUE_THRESHOLD,
    QUOTATION_CUE_THRESHOLD,
    AttributionDraft,
    assign_quotations,
    draft_attribution,
)
from retrieval.quotes.attribution.signed_quotes import (
    chain_starts,
    continued_quotations,
    is_no_speech,
    signed_quotations,
)
from retrieval.quotes.attribution.token_features import TokenFeatures
from retrieval.text.sentences import Span

MAX_CUES = 5_000  # of an article; 100,000 characters of news have 460 at most
_MAX_GAP = 2  # tokens; a shorter gap in the content is filled
_MIN_PIECE = 3  # tokens; a shorter piece of content is dropped where there is a longer one
_LONGEST_WORD = 500  # characters by which a span is widened to whole words
_MIN_SENTENCE_SHARE = 0.4  # of a further sentence must be content, for its part to be kept
_FINAL_PRONOUN = re.compile(r"\s(he|she|they)$")
_CUE_WITH_ADDRESSEE = re.compile(
    r"\b(?:told|tells?|telling|warn(?:ed|s|ing)|assur(?:ed|es|ing)|inform(?:ed|s)|remind(?:ed|s|ing))$"
)
_ADDRESSEE = re.compile(r"(?:[\w’'.&-]+\s+){1,6}?(?=that\b)|(?:[\w’'.&-]+\s?){1,6}?:\s*(?=[“\"«‘])")
_START_OF_ADDRESSEE = re.compile(r"\s?[\w.&]{0,40}\s?")  # `CNN` of `told CNN’s Ann Lee that ...`
_NAME = r"[A-Z][\w’'.-]{0,40}(?:\s[A-Z][\w’'.-]{0,40}){0,4}"
# `(speaking) to CNN's Ann Lee, Reus`: what depends on a preposition is no subject.
_SUBJECT_AFTER_ADDRESSEE = re.compile(rf"\b(?:to|with|by|from)\s{_NAME},\s(?P<subject>{_NAME})")
_LONGEST_ADDRESSEE = 120  # characters before a source in which its preposition is looked for
# `Speaking at the council, Ambassador Roe`, `under President Pell, the ministry`: what stands before the comma is no
# subject.
_PARTICIPIAL_PHRASE = re.compile(r"[A-Z][a-z]+ing\s[a-z]+\s[^,\n]{1,100},\s(?=\w)")
_BEFORE_SUBJECT = re.compile(r"\b(?:[Uu]nder|[Ff]or|[Oo]f|[Ww]ith|[Ii]n|[Oo]n|[Aa]t|[Aa]bout)\s(?:[\w-]+\s){0,2}$")
_TOPIC_PHRASE = re.compile(r"[^,\n]{1,80},\s(?=\w)")
_RELATIVE_CLAUSE = re.compile(r"(?:which|whose)\s")
# `(the lock was shut), which she denies`: what the article adds about what is said is none of it.
_FINAL_RELATIVE = re.compile(
    r",\s(?:which|though|although)(?:\s(?:he|she|they|it)\s(?:(?:has|have|had|later|now)\s)?[a-z]+(?:\sit)?)?\.?$"
)
_LONGEST_RELATIVE = 60
_NEXT_CLAUSE, _LONGEST_JOINT = re.compile(r",\s(?:but|though|although)\s$"), 12
_PRONOUN = re.compile(r"(?:he|she|they|it)\b")
_FINAL_CONJUNCTION = re.compile(r"(?<=[\s,;])(?:and|but|or|as|while)$")
_LONGEST_CONJUNCTION = 5
_SENTENCE_END = re.compile(r"(?: [a-z’'-]+){1,2}(?=[.!?](?:\s|$))")  # a sentence's last words belong to the content
_INTERJECTED = 3  # characters at most between the content and `he has said` after a comma
_REST_OF_SENTENCE = re.compile(r",\s(?P<rest>[^.!?“”\"\n]+(?:\n(?!\n)[^.!?“”\"\n]+)*)(?=[.!?](?:\s|$))")
_CLAUSE_END = re.compile(r"[.!?](?:\s|$)")
_LONGEST_CLAUSE, _NEAR_CUES = 600, 8  # characters before its cue; attributions around it, which may be within it
_UNDIVIDED = re.compile(r"(?P<clause>(?:(?!\n\n)[^,;:“”\"—–])+),\s")
_WITHIN_WORD = re.compile(r"[^\W_]-?$")
_CUE_MARKS = ":―—–[("  # marks that introduce words or sign them
_PUNCTUATION = " \n\t\xa0,;:—–-"


def find_attributions(
    net: NetworkWeights, text: str, tokens: TokenFeatures, quotations: Sequence[Span]
) -> list[Attribution]:
    """The attributions of a text, in the order of its cues; `quotations` are its spans in quotation marks."""
    readings = islice(read_cues(net, tokens, threshold=QUOTATION_CUE_THRESHOLD), MAX_CUES)
    drafts = [draft_attribution(reading, tokens) for reading in readings]
    by_signature, chains = signed_quotations(text, quotations), chain_starts(text, quotations)
    assign_quotations(drafts, tokens, chains, by_signature)
    drafts = [draft for draft in drafts if text[tokens.starts[draft.first] - 1] != "-"]  # `so-called`
    kept = [draft for draft in drafts if draft.quotations or draft.certainty > CUE_THRESHOLD]
    kept = [draft for draft in kept if not _is_bullet(text, tokens, draft)]
    chained: dict[int, list[Span]] = {}  # the quotations of each chain, by the number of its first
    for number, first in chains.items():
        chained.setdefault(first, []).append(quotations[number - 1])
    made = _with_whole_clauses(
        text, tokens, [one for draft in kept if (one := _attribution(draft, text, tokens, chained))]
    )
    made = [
        _without_next_clause(text, item, made[max(0, at - _NEAR_CUES) : at + _NEAR_CUES])
        for at, item in enumerate(made)
    ]
    interview = read_interview(text)
    found = [item for item in _without_addressees(text, made) if not interview.excludes(item)]
    found = [item for item in (*found, *by_signature.values()) if not is_no_speech(text, item)] + [*interview.answers]
    return [*found, *continued_quotations(text, found, quotations)]


def _attribution(
    draft: AttributionDraft, text: str, tokens: TokenFeatures, chained: Mapping[int, Sequence[Span]]
) -> Attribution | None:
    """The draft's spans, with the `chained` quotations that it owns; None where nothing is left for its content."""
    excluded = set(range(draft.first, draft.last + 1)) | set(range(*(draft.source or (0, 0))))
    pieces = _pieces((np.flatnonzero(draft.content) + draft.base).tolist(), excluded)
    pieces = [part for piece in pieces for part in _within_sentences(piece, tokens, excluded)]
    longest = max((end - start for start, end in pieces), default=0)
    kept = [_span(text, tokens, piece) for piece in pieces if piece[1] - piece[0] >= min(_MIN_PIECE, longest)]
    # The window may end within a quotation; the content holds all of it.
    whole = [quotation for first in draft.quotations for quotation in chained[first]]
    content = tuple(
        span for span in (_trimmed(text, span) for span in _merged([*kept, *whole])) if span[1] - span[0] > 1
    )
    if not content:
        return None
    cue = _span(text, tokens, (draft.first, draft.last + 1))
    content = (_without_addressee(text, cue, content[0]), *content[1:])
    source = _subject_only(text, _span(text, tokens, draft.source), cue) if draft.source else None
    if source and (rest := _after_interjection(text, source, cue, content)):
        content = (*content, rest)
    encoded_cue = EncodedCue(draft.first, draft.last, max(0, draft.first - REACH), draft.encoded)
    return Attribution(source, cue, content, draft.certainty, encoded_cue)


def _with_whole_clauses(text: str, tokens: TokenFeatures, made: Sequence[Attribution]) -> list[Attribution]:
    """The attributions, those of a final `, aides said.` with all of the clause before it for their content.

    It is about whatever the clause tells: in `Pell will say that it rains, aides said` what Pell will do, not rain.
    What the clause's own cue is about ends before it.
    """
    clauses = {number: clause for number, item in enumerate(made) if (clause := _clause_before(text, tokens, item))}
    found = list(made)
    for number, (start, end) in clauses.items():
        found[number] = replace(made[number], content=((start, end),))
        for inner in range(max(0, number - _NEAR_CUES), min(len(made), number + _NEAR_CUES)):
            item = made[inner]
            if inner not in clauses and item.cue and start <= item.cue[0] < end < item.content[-1][1]:
                content = tuple((begin, min(end, close)) for begin, close in item.content if begin < end)
                found[inner] = replace(item, content=content) if content else item
    return found


def _without_next_clause(text: str, item: Attribution, near: Sequence[Attribution]) -> Attribution:
    """An attribution whose reported words end where somebody speaks anew: `(it rains), but she insists it does not`."""
    start, end = item.content[-1]
    if item.cue is None or item.cue[1] > start or text[start] in OPENING_MARKS:
        return item
    sources = [other.source[0] for other in near if other.source and start < other.source[0] < end]
    joined = (
        _NEXT_CLAUSE.search(text, max(start, at - _LONGEST_JOINT), at) for at in sources if _PRONOUN.match(text, at)
    )
    cut = min((found.start() for found in joined if found), default=end)
    return replace(item, content=(*item.content[:-1], (start, cut))) if start < cut < end else item


def _clause_before(text: str, tokens: TokenFeatures, item: Attribution) -> Span | None:
    """The clause that a cue and its source at the end of a sentence follow; None where marks divide it."""
    if item.source is None or item.cue is None or len(item.content) > 1:
        return None
    first, last = min(item.source[0], item.cue[0]), max(item.source[1], item.cue[1])
    at = int(np.searchsorted(tokens.starts, item.cue[0]))
    if not (_CLAUSE_END.match(text, last) and item.content[0][1] < first and tokens.sentences[at]):
        return None
    start = int(tokens.starts[np.searchsorted(tokens.sentences, tokens.sentences[at])])
    clause = _UNDIVIDED.match(text, start, first) if first - start <= _LONGEST_CLAUSE else None
    return (start, clause.end("clause")) if clause and clause.end() == first and start <= item.content[0][0] else None


def _is_bullet(text: str, tokens: TokenFeatures, draft: AttributionDraft) -> bool:
    """Whether a cue is a mark that introduces no words, such as a bullet or an apostrophe."""
    cue = text[tokens.starts[draft.first] : tokens.ends[draft.last]]
    return not any(char.isalnum() or char in _CUE_MARKS for char in cue)


def _after_interjection(text: str, source: Span, cue: Span, content: Sequence[Span]) -> Span | None:
    """The rest of the sentence after `, he has said,` where the content found ends before it; None of other cues."""
    start, end = min(source[0], cue[0]), max(source[1], cue[1])
    is_adjacent = max(source[0], cue[0]) - min(source[1], cue[1]) <= 1 and 0 <= start - content[-1][1] <= _INTERJECTED
    if not is_adjacent or text[content[-1][1] : start].strip() != ",":
        return None
    rest = _REST_OF_SENTENCE.match(text, end)
    return rest.span("rest") if rest else None


def _pieces(content: Sequence[int], excluded: set[int]) -> list[tuple[int, int]]:
    """Runs of content tokens, small gaps filled, but none that holds a token of the source or the cue."""
    pieces: list[tuple[int, int]] = []
    for at in content:
        if pieces and at - pieces[-1][1] <= _MAX_GAP and not excluded & set(range(pieces[-1][1], at)):
            pieces[-1] = (pieces[-1][0], at + 1)
        else:
            pieces.append((at, at + 1))
    return pieces


def _within_sentences(piece: tuple[int, int], tokens: TokenFeatures, excluded: set[int]) -> Iterator[tuple[int, int]]:
    """A piece without the ends that reach a little way into another sentence."""
    numbers = tokens.sentences[piece[0] : piece[1]]
    cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    parts = [(piece[0] + one, piece[0] + other) for one, other in pairwise(cuts)]
    kept = [part for part in parts if len(parts) == 1 or _sentence_share(part, tokens, excluded) >= _MIN_SENTENCE_SHARE]
    yield from _joined(kept)


def _joined(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _sentence_share(part: tuple[int, int], tokens: TokenFeatures, excluded: set[int]) -> float:
    """The share of its sentence that a part is, the source and the cue not counted."""
    number = tokens.sentences[part[0]]
    first, last = np.searchsorted(tokens.sentences, [number, number + 1]) if number else part
    length = int(last - first) - sum(bool(first <= token < last) for token in excluded)
    return (part[1] - part[0]) / max(length, 1)


def _span(text: str, tokens: TokenFeatures, piece: tuple[int, int]) -> Span:
    """The characters of some tokens, widened to whole words."""
    start, end = int(tokens.starts[piece[0]]), int(tokens.ends[piece[1] - 1])
    lowest, highest = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while start > lowest and text[start].isalnum() and (before := _WITHIN_WORD.search(text, max(0, start - 2), start)):
        start = before.start()  # `a 71-year-(old pilot)`
    while end < highest and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _without_addressee(text: str, cue: Span, content: Span) -> Span:
    """`told the council that ...` begins with `that`."""
    may_be_adjacent = cue[1] <= content[0] and _START_OF_ADDRESSEE.fullmatch(text, cue[1], content[0])
    is_adjacent = may_be_adjacent and _CUE_WITH_ADDRESSEE.search(text, *cue)
    addressee = _ADDRESSEE.match(text, *content) if is_adjacent else None
    return (addressee.end(), content[1]) if addressee else content


def _without_addressees(text: str, made: Sequence[Attribution]) -> Iterator[Attribution]:
    """The attributions but for those of `Lee: “…”` in `told Ann Lee: “…”`, whose words have their source already."""
    told = {item.content: item.cue for item in made if item.cue and _CUE_WITH_ADDRESSEE.search(text, *item.cue)}
    for item in made:
        cue = told.get(item.content)
        if not (cue and item.source and cue[1] <= item.source[0] < item.content[0][0]):
            yield item


def _subject_only(text: str, source: Span, cue: Span) -> Span | None:
    """`Jeddah he` is `he`, `with Ann Lee, Reus` is `Reus`; a clause on a thing, `which Reus found`, is no source."""
    last = _FINAL_PRONOUN.search(text, *source)
    if last:
        return last.span(1)
    if _RELATIVE_CLAUSE.match(text, *source):
        return None
    if 0 <= cue[0] - source[1] <= 1:
        for found in _SUBJECT_AFTER_ADDRESSEE.finditer(text, max(0, source[0] - _LONGEST_ADDRESSEE), source[1]):
            if found.end() == source[1] and found.start("subject") > source[0]:
                return found.span("subject")
    return _without_topic(text, source, cue)


def _without_topic(text: str, source: Span, cue: Span) -> Span:
    """A source before its cue without the participial or prepositional phrase that begins its clause."""
    topic = _PARTICIPIAL_PHRASE.match(text, *source)
    if source[1] <= cue[0] and _BEFORE_SUBJECT.search(text, max(0, source[0] - _LONGEST_ADDRESSEE), source[0]):
        topic = topic or _TOPIC_PHRASE.match(text, *source)
    return (topic.end(), source[1]) if topic and topic.end() < source[1] else source


def _trimmed(text: str, span: Span) -> Span:
    """A span without punctuation around it and a conjunction at its end, but with the sentence's last words."""
    start, end = span
    while start < end and text[start] in _PUNCTUATION + ".":
        start += 1
    while end > start and text[end - 1] in _PUNCTUATION:
        end -= 1
    conjunction = _FINAL_CONJUNCTION.search(text, max(start + 1, end - _LONGEST_CONJUNCTION), end)
    if conjunction:
        end = conjunction.start()
        while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
            end -= 1
        return start, end
    rest = _SENTENCE_END.match(text, end)
    end = rest.end() if rest and text[end - 1].isalnum() else end
    relative = _FINAL_RELATIVE.search(text, max(start, end - _LONGEST_RELATIVE), end)
    return start, relative.start() if relative and text[start] not in OPENING_MARKS else end


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that overlap or touch as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
