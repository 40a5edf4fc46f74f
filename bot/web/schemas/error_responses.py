"""What went wrong, as HTTP says it: one shape for every error, which OpenAI's clients read too.

`{"error": {"message", "type", "code", "param", "request_id"}}`; `code` is stable, `message` is one sentence for people.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from retrieval.errors import Busy, IndexUnavailable, OnRecordError, ShuttingDown, UnknownArticle, UsageError

RETRY_SECONDS = 5.0  # seconds that a full house, and one that closes, asks to wait

_CODE_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 431: "too_large"}
_DESCRIPTIONS = {
    401: "`unauthorized`: no token or key, or one that is not known or no longer.",
    403: "`forbidden`: the origin is none of the site's.",
    404: "`not_found` or `unknown_conversation`.",
    405: "`method_not_allowed`.",
    413: "`too_large`.",
    431: "`too_large`: the address and the headers.",
    422: "`invalid_request`; `param` names the field.",
    429: "`rate_limited`; `Retry-After` says for how many seconds.",
    503: "`busy`, `index_unavailable` or `stopping`; `Retry-After` says when to try again.",
}
_TYPE_BY_STATUS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """What went wrong; `code` is stable, `message` is for people."""

    message: str
    type: str
    code: str
    param: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of every error."""

    error: ErrorDetail


def error_schemas(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI names the errors that a request may end with."""
    return {status: {"model": ErrorBody, "description": _DESCRIPTIONS[status]} for status in statuses}


class ApiError(Exception):
    """A request that cannot be done, with the status and the code that say why."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param, self.retry_after = status, code, param, retry_after


def to_api_error(error: Exception) -> ApiError:
    """What an error of the library means to whoever asked."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, UnknownArticle):
        return ApiError(404, "not_found", str(error))
    if isinstance(error, Busy):
        return ApiError(503, "busy", str(error), retry_after=RETRY_SECONDS)
    if isinstance(error, ShuttingDown):
        return ApiError(503, "stopping", str(error), retry_after=RETRY_SECONDS)
    if isinstance(error, UsageError):
        return ApiError(422, "invalid_request", str(error))
    if isinstance(error, IndexUnavailable):
        return ApiError(503, "index_unavailable", "The articles cannot be searched right now.", retry_after=30)
    return ApiError(500, "internal", "Something went wrong here.")


def error_body(problem: ApiError, request_id: str) -> dict[str, Any]:
    """The error as JSON carries it."""
    kind = _TYPE_BY_STATUS.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error")
    return {
        "error": {
            "message": str(problem),
            "type": kind,
            "code": problem.code,
            "param": problem.param,
            "request_id": request_id,
        }
    }


def register_error_handlers(app: FastAPI) -> None:
    """Turn every error into its response, in this one place."""

    def respond(request: Request, error: Exception) -> JSONResponse:
        problem = to_api_error(error)
        headers = {"X-Request-Id": request.state.id}  # an unexpected error passes by whatever else would set it
        if problem.retry_after is not None:
            headers["Retry-After"] = str(ceil(problem.retry_after))
        if problem.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(error_body(problem, request.state.id), problem.status, headers)

    def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = "" if first["type"] == "json_invalid" else ".".join(map(str, first["loc"][1:]))
        said = f"{where or 'The body'}: {first['msg']}."
        return respond(request, ApiError(422, "invalid_request", said, param=where or None))

    def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        status = 422 if error.status_code == 400 else error.status_code  # a body that is not UTF-8
        code = _CODE_BY_STATUS.get(status, "invalid_request")
        response = respond(request, ApiError(status, code, f"{error.detail.rstrip('.')}."))
        response.headers.update(error.headers or {})  # Allow, of a method that is not allowed
        return response

    for kind in (ApiError, OnRecordError):
        app.add_exception_handler(kind, respond)
    app.add_exception_handler(Exception, respond)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
