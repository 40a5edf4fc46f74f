"""Put sentences that failed verification to the model again: what is objected to each, and what comes back."""

import re
from collections.abc import Sequence

from bot.answering.generation.parsing.sentence_stream import SentenceStream
from bot.answering.messages import DraftSentence
from bot.answering.verification.verify import DroppedSentence, Reason

OBJECTIONS: dict[Reason, str] = {
    "figure": "it has a figure that the passages do not have, or give to something else",
    "name": "it has a name or day that the passages do not have, or puts one in the place of another",
    "speaker": "the passages give these words to somebody else",
    "quotation": "the words between quotation marks stand in no passage word for word",
    "wording": "it is almost a passage's sentence, but a word that was changed may change what it says",
    "unsupported": "the sentences cited do not say this, or say it less surely or as somebody's statement",
    "unknown number": "there is no passage of the number cited",
    "headless": "an answer cannot begin with it; name who or what it is about",
}
"""Links, orders and codes are not among them: they are dropped for good."""

_NUMBERED = re.compile(r"\W*(\d{1,2})[.):]\s+(.*)")


def repairable(dropped: Sequence[DroppedSentence]) -> list[DroppedSentence]:
    """Those of the dropped sentences that may be repaired, each once."""
    return list(dict.fromkeys(one for one in dropped if one.reason in OBJECTIONS))


def listed_objections(failed: Sequence[DroppedSentence]) -> str:
    """The sentences, numbered from 1, each with the objection."""
    return "\n".join(
        f"{at}. {one.text} (objection: {OBJECTIONS[one.reason]})" for at, one in enumerate(failed, start=1)
    )


def parse_repaired(
    reply: str, failed: Sequence[DroppedSentence]
) -> list[tuple[DroppedSentence | None, list[DraftSentence]]]:
    """What the model wrote, line by line, each with the sentence that it replaces; None where its number is unknown."""
    found = list[tuple[DroppedSentence | None, list[DraftSentence]]]()
    for line in reply.splitlines():
        numbered = _NUMBERED.match(line)
        number, text = (int(numbered[1]), numbered[2]) if numbered else (0, line)
        parser = SentenceStream()
        if sentences := [*parser.feed(text), *parser.end()]:
            found.append((failed[number - 1] if 0 < number <= len(failed) else None, sentences))
    return found
