"""What went wrong, as HTTP says it: one shape for every error, which OpenAI's clients read too.

`{"error": {"message", "type", "code", "param", "request_id"}}`; `code` is stable, `message` is one sentence for people.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from retrieval.errors import Busy, IndexUnavailable, OnRecordError, UnknownArticle, UsageError

BUSY_RETRY_AFTER = 5.0  # seconds that a full house asks to wait

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Problem(Exception):
    """A request that cannot be done, with the status and the code that say why."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param, self.retry_after = status, code, param, retry_after


def problem_of(error: Exception) -> Problem:
    """What an error of the library means to whoever asked."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnknownArticle):
        return Problem(404, "not_found", str(error))
    if isinstance(error, Busy):
        return Problem(503, "busy", str(error), retry_after=BUSY_RETRY_AFTER)
    if isinstance(error, UsageError):
        return Problem(422, "invalid_request", str(error))
    if isinstance(error, IndexUnavailable):
        return Problem(503, "index_unavailable", "The articles cannot be searched right now.", retry_after=30)
    return Problem(500, "internal", "Something went wrong here.")


def body_of(problem: Problem, request_id: str) -> dict[str, Any]:
    """The error as JSON carries it."""
    kind = _KINDS.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error")
    return {
        "error": {
            "message": str(problem),
            "type": kind,
            "code": problem.code,
            "param": problem.param,
            "request_id": request_id,
        }
    }


def answer_problems(app: FastAPI) -> None:
    """Turn every error into its response, in this one place."""

    def respond(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error)
        headers: Mapping[str, str] = (
            {} if problem.retry_after is None else {"Retry-After": str(round(problem.retry_after))}
        )
        return JSONResponse(body_of(problem, request.state.id), problem.status, headers)

    def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"][1:]))
        return respond(request, Problem(422, "invalid_request", f"{where or 'The body'}: {first['msg']}.", param=where))

    def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        codes = {404: "not_found", 405: "method_not_allowed"}
        return respond(request, Problem(error.status_code, codes.get(error.status_code, "refused"), str(error.detail)))

    for kind in (Problem, OnRecordError):
        app.add_exception_handler(kind, respond)
    app.add_exception_handler(Exception, respond)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
