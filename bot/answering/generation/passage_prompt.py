"""Select passages for a model's prompt and format them: numbered, described, fenced, as many as fit."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.verification.evidence import Quotes
from bot.formatting import format_date
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.prompt_injection import without_orders
from retrieval.text.sentences import sentence_spans

MAX_PASSAGES = 20  # where the model's context holds as many
MAX_SPEAKERS = 6  # named for each passage
FENCE = "-----"
# At the least: English, and scripts that most tokenizers cut into smaller pieces.
ASCII_CHARS_PER_TOKEN, OTHER_CHARS_PER_TOKEN = 3.5, 1.5
_FENCE_LIKE = re.compile(r"-{3,}")
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=[^\s\d*•–#>|-])")  # small models end a sentence at a line break


def select_passages(found: SearchResult, most: int = MAX_PASSAGES) -> list[Hit]:
    """Select the passages of the prompt, in the order of the hits: those that the reader takes for answers first.

    What gives orders in them is blanked out, so that a model neither reads it nor is verified against it.
    """
    return [
        replace(hit, passage=replace(hit.passage, text=without_orders(hit.passage.text))) for hit in found.hits[:most]
    ]


def fit_to_context(passages: Sequence[str], tokens: int) -> list[str]:
    """Keep the first passages whose estimated tokens fit; the first one always."""
    kept, used = list[str](), 0
    for text in passages:
        used += estimated_tokens(text)
        if kept and used > tokens:
            break
        kept.append(text)
    return kept


def format_passages(passages: Sequence[Hit], quotes: Quotes, *, number_sentences: bool = True) -> list[str]:
    """Format each passage: number, outlet, headline, date, speakers quoted, and the fenced text.

    Fence marks are removed from the text, so that no article ends its own fence.
    """
    texts = [
        _with_sentence_numbers(number, hit.passage.text) if number_sentences else hit.passage.text
        for number, hit in enumerate(passages, start=1)
    ]
    return [
        _format_passage(number, hit, text, quotes)
        for number, (hit, text) in enumerate(zip(passages, texts, strict=True), start=1)
    ]


def estimated_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few."""
    ascii_chars = sum(char.isascii() for char in text)
    return round(ascii_chars / ASCII_CHARS_PER_TOKEN + (len(text) - ascii_chars) / OTHER_CHARS_PER_TOKEN)


def _with_sentence_numbers(number: int, text: str) -> str:
    """Put a number before each sentence of a passage, such as [2.3]."""
    shown, at = "", 0
    for sentence, (start, end) in enumerate(sentence_spans(text), start=1):
        shown += f"{text[at:start]}[{number}.{sentence}] {text[start:end]}"
        at = end
    return shown + text[at:]


def _format_passage(number: int, hit: Hit, text: str, quotes: Quotes) -> str:
    passage = hit.passage
    quoted = {
        quote.quote.speaker: None
        for quote in quotes(passage.article)
        if passage.start <= quote.quote.start < passage.end and quote.quote.speaker and quote.quote.is_said
    }
    facts = [hit.outlet, hit.title, format_date(hit.published)]
    if quoted:
        facts.append(f"quotes {', '.join(list(quoted)[:MAX_SPEAKERS])}")
    head = f"[{number}] {'; '.join(fact for fact in facts if fact)}"
    return f"{_without_fences(head)}\n{FENCE}\n{_WRAPPED.sub(' ', _without_fences(text))}\n{FENCE}"


def _without_fences(text: str) -> str:
    return _FENCE_LIKE.sub(" ", text)
