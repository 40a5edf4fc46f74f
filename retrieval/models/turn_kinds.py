"""The kinds of turns in a conversation, apart from what tells them, so that naming one loads no network."""

from typing import Final, Literal, get_args

TalkKind = Literal["greeting", "thanks", "praise", "complaint", "goodbye", "help", "identity", "chat"]
ArchiveKind = Literal["latest", "articles_by", "authorship", "count", "about", "summary"]
TurnKind = Literal["question", "comparison"] | TalkKind | ArchiveKind
"""What a turn is.

A question about what the articles say, one that compares what two people say, a turn that is no question, or a question
about the archive itself, the summary of one of its articles among them.
"""

QUESTION: Final = "question"
COMPARISON: Final = "comparison"
TALK_KINDS: tuple[TalkKind, ...] = get_args(TalkKind)
ARCHIVE_KINDS: tuple[ArchiveKind, ...] = get_args(ArchiveKind)
TURN_KINDS: tuple[TurnKind, ...] = (QUESTION, COMPARISON, *TALK_KINDS, *ARCHIVE_KINDS)
