"""Split a question of several parts, so that each is answered or said to be missing."""

import re

from retrieval.text.terms import content_terms

MAX_PARTS = 3
MIN_WORDS = 2  # of a part; `and why?` belongs to what stands before it

# A new clause that asks: after a question mark, or `and` before an interrogative.
_NEXT_PART = re.compile(
    r"\?\s+(?:and\s+|but\s+)?(?=\S)|,?\s+and\s+(?=(?:who|whom|whose|what|when|where|why|how|which)\b)"
    r"|,\s+and\s+(?=(?:did|does|is|are|was|were|will|has|have)\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|its|their|theirs|hers|this|that|these|those|there|one|ones)\b", re.IGNORECASE
)


def question_parts(question: str) -> list[str]:
    """Return the parts of a question in order, the question itself where it has only one.

    `Who won, and who came last?` has the parts `Who won` and `who came last?`.
    """
    parts = [part.strip() for part in _NEXT_PART.split(question) if part.strip()]
    if not 1 < len(parts) <= MAX_PARTS or not parts[-1].endswith("?"):
        return [question]
    return parts if all(len(part.split()) >= MIN_WORDS for part in parts) else [question]


def stands_alone(part: str) -> bool:
    """Whether a part can be understood without the one before it: it has no pronoun, and more than one content term."""
    return len(content_terms(part)) >= MIN_WORDS and not _PRONOUN.search(part)
