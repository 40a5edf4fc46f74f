"""How near the sentences of an article are to what it is about."""

from collections.abc import Callable, Sequence

import numpy as np

from retrieval.models.minilm.encoder import side_by_side

Embed = Callable[[str], Sequence[float]]


def nearness(question: str, headline: str, sentences: Sequence[str], embed: Embed) -> list[float]:
    """For each sentence the sum of its cosines with the article's middle, its headline and the question, -3 to 3.

    `embed` gives unit vectors; the middle is the mean of those of the sentences, of which there is at least one. Raises
    what `embed` raises.
    """
    vectors = np.array(side_by_side(embed, [question, headline, *sentences]), dtype=np.float32)
    middle = vectors[2:].mean(axis=0)
    aim = vectors[0] + vectors[1] + middle / (np.linalg.norm(middle) or 1.0)
    sums: list[float] = (vectors[2:] @ aim).tolist()
    return sums
