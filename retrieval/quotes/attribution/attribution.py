"""One attribution: a source, a cue and what is said."""

from dataclasses import dataclass

from retrieval.text.sentences import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """One source, one cue and what is said; `cue` is None where a quotation simply goes on."""

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    certainty: float = 1.0
