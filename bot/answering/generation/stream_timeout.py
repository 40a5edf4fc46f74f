"""What a model writes, piece by piece, and never waited for longer than allowed."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, cast

from retrieval.endpoints.cancellation import Cancellation
from retrieval.endpoints.event_loop import loop_thread
from retrieval.errors import Cancelled, ModelError, ModelUnreachable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessageChunk


def stream_with_timeout(
    model: "BaseChatModel",
    prompt: "LanguageModelInput",
    left: Callable[[], float | None],
    options: Mapping[str, Any] | None = None,
    cancellation: Cancellation | None = None,
) -> "Generator[AIMessageChunk]":
    """The model's chunks; `left` are the seconds that the next one may take, None for any.

    Closing the iterator cancels the request. Raises ModelError, Cancelled.
    """
    chunks = cast("AsyncGenerator[AIMessageChunk]", model.astream(prompt, **(options or {})))
    try:
        yield from loop_thread().iterate(chunks, left, cancellation)
    except (ModelError, Cancelled):
        raise
    except TimeoutError as exc:
        raise ModelUnreachable("The model wrote no sentence in time.") from exc
    except Exception as exc:  # other providers' models raise errors of their own
        raise ModelUnreachable(f"The model failed: {type(exc).__name__}.") from exc
