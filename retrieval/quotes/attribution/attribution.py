"""The attribution of words to a source, as spans of an article's text."""

from dataclasses import dataclass

from retrieval.text.sentences import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words attributed to a source, all as characters of the text.

    `source` is the phrase that says who, `cue` the one that says that somebody speaks, such as `told reporters`;
    it is None where a quotation simply goes on. `content` is what is said, `certainty` the network's, 0 to 1.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    certainty: float = 1.0
