"""Choose the sentences that carry an article: what a summary consists of, and what is new on a topic."""

from collections.abc import Callable, Sequence
from statistics import median

from bot.answering.reading.lists import is_statement
from bot.answering.reading.read_sentences import ReadSentence
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable, StorageError

Embed = Callable[[str], Sequence[float]]

# Weights of a sentence's signals, tuned on the summaries that readers ask for (evals `asked`, slices 1 to 7): near the
# middle of the article, its headline and the question; at its top, the first sentence that is as near as most; taken
# for an answer by the reader.
NEARNESS_WEIGHT, LEAD_WEIGHT, READER_WEIGHT = 0.5, 0.6, 0.08
MAX_LOGIT = 8.0  # either way: a reader that is very sure must not outweigh the rest
MAX_LENGTH = 500  # characters of a sentence


def key_sentences(question: str, read: Sequence[ReadSentence], embed: Embed, count: int) -> list[ReadSentence]:
    """Return the `count` sentences that carry an article, in its order; `read` is the article, read for the question.

    Headings, captions and questions are left out. Without the embedding model the reader and the place decide.
    """
    whole = [one for one in read if is_statement(one.text) and len(one.text) <= MAX_LENGTH]
    if not whole:
        return []
    nearness = _nearness(question, whole, embed)
    middle = median(nearness)
    top = next(at for at, near in enumerate(nearness) if near >= middle)  # notes may stand before it
    scores = [
        NEARNESS_WEIGHT * near
        + (LEAD_WEIGHT / (1 + at - top) if at >= top else 0.0)
        + READER_WEIGHT * max(-MAX_LOGIT, min(one.logit, MAX_LOGIT))
        for at, (one, near) in enumerate(zip(whole, nearness, strict=True))
    ]
    best = sorted(range(len(whole)), key=lambda at: -scores[at])[:count]
    return [whole[at] for at in sorted(best)]


def _nearness(question: str, sentences: Sequence[ReadSentence], embed: Embed) -> list[float]:
    """How near each sentence is to what its article is about; 0 for all without the embedding model."""
    from retrieval.models.minilm.nearness import nearness  # late, as all that loads the network's libraries

    headline = sentences[0].article.title or question
    try:
        return nearness(question, headline, [one.text for one in sentences], embed)
    except (EmbeddingUnavailable, IndexUnavailable, StorageError):
        return [0.0] * len(sentences)
