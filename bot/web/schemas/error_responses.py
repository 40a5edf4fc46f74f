"""Errors as HTTP responses, all of one shape, which OpenAI's clients read too.

`{"error": {"message", "type", "code", "param", "request_id"}}`; `code` is stable, `message` is one sentence for people.
"""

import logging
from dataclasses import dataclass
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from retrieval.errors import (
    Busy,
    IndexUnavailable,
    OnRecordError,
    ShuttingDown,
    StorageError,
    UnknownArticle,
    UsageError,
)

RETRY_SECONDS = 5.0  # to wait when the server is busy or stopping
STORAGE_RETRY_SECONDS = 30.0  # to wait when nothing can be stored

_CODE_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 431: "too_large"}
_DESCRIPTIONS = {
    401: "`unauthorized`: the token or key is missing, unknown or expired.",
    403: "`forbidden`: the origin does not belong to the site, or a reader asks for what needs a key.",
    404: "`not_found` or `unknown_conversation`.",
    405: "`method_not_allowed`.",
    413: "`too_large`.",
    431: "`too_large`: URL and headers.",
    422: "`invalid_request`; `param` names the field.",
    429: "`rate_limited`; `Retry-After` says for how many seconds.",
    503: "`busy`, `index_unavailable`, `storage_unavailable` or `stopping`; `Retry-After` says when to try again.",
}
_TYPE_BY_STATUS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """An error; `code` is stable, `message` is for people."""

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
    """The OpenAPI descriptions of the errors that a route may answer with."""
    return {status: {"model": ErrorBody, "description": _DESCRIPTIONS[status]} for status in statuses}


class ApiError(Exception):
    """A request that fails, with the HTTP status and the stable code of the reason."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param, self.retry_after = status, code, param, retry_after


def to_api_error(error: Exception) -> ApiError:
    """Translate any exception to the error that the client sees."""
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
    if isinstance(error, StorageError):
        message = "Conversations and feedback cannot be stored right now; try again later."
        return ApiError(503, "storage_unavailable", message, retry_after=STORAGE_RETRY_SECONDS)
    return ApiError(500, "internal", "Something went wrong here.")


def error_body(error: ApiError, request_id: str) -> dict[str, Any]:
    """The JSON body of an error."""
    error_type = _TYPE_BY_STATUS.get(error.status, "server_error" if error.status >= 500 else "invalid_request_error")
    return {
        "error": {
            "message": str(error),
            "type": error_type,
            "code": error.code,
            "param": error.param,
            "request_id": request_id,
        }
    }


def register_error_handlers(app: FastAPI) -> None:
    """Register the handlers that turn every exception into its response."""

    def respond(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, StorageError):
            _log.error("Request %s failed: %s", request.state.id, error)
        api_error = to_api_error(error)
        headers = {"X-Request-Id": request.state.id}  # an unexpected error bypasses RequestIdMiddleware
        if api_error.retry_after is not None:
            headers["Retry-After"] = str(ceil(api_error.retry_after))
        if api_error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(error_body(api_error, request.state.id), api_error.status, headers)

    def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        names = [str(name) for name in first["loc"][1:] if "[" not in str(name)]  # pydantic names validators as well
        field = "" if first["type"] == "json_invalid" else ".".join(names)
        message = f"{field or 'The body'}: {first['msg'].removeprefix('Value error, ')}."
        return respond(request, ApiError(422, "invalid_request", message, param=field or None))

    def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        status = (
            422 if error.status_code == 400 else error.status_code
        )  # FastAPI answers 400 to a body that is not UTF-8
        code = _CODE_BY_STATUS.get(status, "invalid_request")
        response = respond(request, ApiError(status, code, f"{error.detail.rstrip('.')}."))
        response.headers.update(error.headers or {})  # Allow, of a 405
        return response

    for error_class in (ApiError, OnRecordError):
        app.add_exception_handler(error_class, respond)
    app.add_exception_handler(Exception, respond)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
