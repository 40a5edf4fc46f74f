"""A LangChain chat model behind an OpenAI-compatible endpoint."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from bot.models.chat_completion import CHAT_COMPLETIONS_PATH, CompletionParser
from retrieval.errors import ModelError
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.models.endpoints.event_loop import shared_loop_thread
from retrieval.models.endpoints.retry import Deadline

TIMEOUT_SECONDS = 60.0  # for an answer, retries included
FINISHED = "stop"  # the finish reason of a server that says that it is done, but not why
LINGER_SECONDS = 1.0  # for usage and `[DONE]` once the answer is complete; the connection can then be used again


class ChatModel(BaseChatModel):
    """Answers messages; options of `.bind(response_format=..., temperature=...)` go into the request unchanged.

    `seconds` is the time limit of an answer, retries included. Raises ModelError.
    """

    endpoint: Endpoint
    model: str
    seconds: float = TIMEOUT_SECONDS

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "base_url": self.endpoint.address.url}

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self.endpoint.aclose()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return shared_loop_thread().run(self._agenerate(messages, stop, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        return shared_loop_thread().iterate(
            self._stream_chunks(self._request_body(messages, stop, kwargs, stream=True))
        )

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        chunks = [
            chunk async for chunk in self._stream_chunks(self._request_body(messages, stop, kwargs, stream=False))
        ]
        return generate_from_stream(iter(chunks))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self._stream_chunks(self._request_body(messages, stop, kwargs, stream=True))) as chunks:
            async for chunk in chunks:
                yield chunk

    def _request_body(
        self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any], *, stream: bool
    ) -> dict[str, Any]:
        body = options | {"model": self.model, "messages": convert_to_openai_messages(messages), "stream": stream}
        if stop:
            body["stop"] = stop
        if stream:
            body["stream_options"] = {"include_usage": True}
        return body

    async def _stream_chunks(self, body: dict[str, Any]) -> AsyncGenerator[ChatGenerationChunk, None]:
        deadline = Deadline(self.seconds)
        attempts = self.endpoint.retry.run(lambda: self._attempt(body, deadline), deadline)
        async with aclosing(attempts) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _attempt(self, body: dict[str, Any], deadline: Deadline) -> AsyncGenerator[ChatGenerationChunk, None]:
        completion = CompletionParser(self.endpoint.address)
        async with aclosing(self.endpoint.post(CHAT_COMPLETIONS_PATH, body, deadline)) as parts:
            try:
                async for part in parts:
                    for text in completion.feed(part):
                        yield _text_chunk(text)
                    if completion.is_complete:
                        deadline.shorten(LINGER_SECONDS)
            except ModelError:
                if not completion.is_complete:
                    raise
        if rest := completion.end():
            yield _text_chunk(rest)
        yield _final_chunk(completion)


def _text_chunk(text: str) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text))


def _final_chunk(completion: CompletionParser) -> ChatGenerationChunk:
    message = AIMessageChunk(content="", usage_metadata=completion.usage, chunk_position="last")
    return ChatGenerationChunk(
        message=message,
        generation_info={"finish_reason": completion.finish_reason or FINISHED, "model_name": completion.model},
    )
