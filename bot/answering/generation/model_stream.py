"""Stream a model's text with a time limit, count the tokens that it costs, and see whether it was cut."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from bot.answering.generation.passage_prompt import estimated_tokens
from bot.models.token_ledger import TokenUsage
from retrieval.errors import Cancelled, ModelError, ModelUnreachable
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.event_loop import shared_loop_thread

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessageChunk

# How providers call the end of an answer that is complete; `length` or `max_tokens` and the like say that it was cut.
COMPLETE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete"})
_FINISH_KEYS = ("finish_reason", "stop_reason", "stopReason", "done_reason")  # of the last chunk's metadata


def stream_with_timeout(
    model: "BaseChatModel",
    prompt: "LanguageModelInput",
    seconds_left: Callable[[], float | None],
    options: Mapping[str, Any] | None = None,
    cancellation: Cancellation | None = None,
) -> "Generator[list[AIMessageChunk]]":
    """Yield the model's chunks, those that have come in the meantime together.

    `seconds_left` is asked before each wait how long it may take, None for no limit.

    Closing the generator cancels the request. Raises ModelError, Cancelled.
    """
    chunks = cast("AsyncGenerator[AIMessageChunk]", model.astream(prompt, **(options or {})))
    try:
        yield from shared_loop_thread().iterate_ready(chunks, seconds_left, cancellation)
    except (ModelError, Cancelled):
        raise
    except TimeoutError as exc:
        raise ModelUnreachable("The model wrote no sentence in time.") from exc
    except Exception as exc:  # other providers' models raise errors of their own
        raise ModelUnreachable(f"The model failed: {type(exc).__name__}.") from exc


class TokenMeter:
    """Counts the tokens of one request: as the server reports them, by estimate where it reports none.

    `is_cut` is whether the text ended before the model was done: at a token limit, or without an end.
    """

    def __init__(self, prompt: str) -> None:
        self._prompt, self._written, self._reported = prompt, "", TokenUsage()
        self.is_cut = True

    def text_of(self, chunks: "Sequence[AIMessageChunk]") -> str:
        """Count chunks and return their text."""
        return "".join(map(self._count, chunks))

    def _count(self, chunk: "AIMessageChunk") -> str:
        for reason in filter(None, map(chunk.response_metadata.get, _FINISH_KEYS)):
            self.is_cut = str(reason).lower() not in COMPLETE
        if usage := chunk.usage_metadata:
            self._reported += TokenUsage(usage["input_tokens"], usage["output_tokens"])
        text = chunk.content if isinstance(chunk.content, str) else str(chunk.text)
        self._written += text
        return text

    def usage(self) -> TokenUsage:
        """The tokens counted so far."""
        if self._reported.total:
            return self._reported
        return TokenUsage(*map(estimated_tokens, (self._prompt, self._written)))
