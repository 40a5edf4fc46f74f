"""The attribution of words to a source, as spans of an article's text."""

from dataclasses import dataclass, field

from retrieval.quotes.attribution.token_features import Floats
from retrieval.text.sentences import Span


@dataclass(frozen=True, slots=True)
class EncodedCue:
    """A cue as the network read it: its first and last token, and the encoded tokens around it from `start` on."""

    first: int
    last: int
    start: int
    encoded: Floats = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words attributed to a source, all as characters of the text.

    `source` is the phrase that says who, `cue` the one that says that somebody speaks, such as `told reporters`;
    it is None where a quotation simply goes on. `content` is what is said, `certainty` the network's, 0 to 1.
    `is_verbatim` marks words that are the source's own although they stand in no quotation marks, as in an interview.
    `encoded_cue` is None where the network did not find the words.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    certainty: float = 1.0
    encoded_cue: EncodedCue | None = None
    is_verbatim: bool = False
