"""Split a sentence into clauses."""

import re

from retrieval.quotes.attribution.quotation_marks import quotation_spans

_JOINT = re.compile(
    r"[,;:]\s|\s[–—-]\s|[()—]|"
    r"\s(?:because|since|after|before|while|although|though|but|whereas|which|who|whose|so that|leading to|due to|"
    r"despite|following|thanks to|in order to|and)\s"
)


def clauses(text: str) -> list[str]:
    """Split outside quotations, at commas and at words that join clauses."""
    held = quotation_spans(text)
    cuts = [match for match in _JOINT.finditer(text) if not any(start <= match.start() < end for start, end in held)]
    begins = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(text)]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
