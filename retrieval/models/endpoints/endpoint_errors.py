"""Translate an endpoint's error answers and httpx's exceptions into model errors, each one sentence with a remedy."""

import json
import ssl
from typing import Any

import httpx

from retrieval.errors import ModelError, ModelOverloaded, ModelRefused, ModelUnreachable
from retrieval.models.endpoints.address import Address

MAX_QUOTED_CHARACTERS = 200  # characters of the endpoint's own message
RETRYABLE_STATUSES = (408, 409, 425, 429)  # besides 5xx: the same request may succeed later
_STATUS_BY_ERROR_TYPE = {  # for errors reported inside an answer whose own status is 200
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
}


def status_error(
    address: Address, status: int, text: str, *, path: str, retry_after: float | None = None
) -> ModelError:
    """The error for an answer with an error status; `text` is its body."""
    message, names = _server_message(address, text), address.setting_names
    because = f"{status}: {message}" if message else str(status)
    if (status == 429 and "insufficient_quota" in text) or status == 402:
        return ModelRefused(f"{address} has no credit left for this key ({because}); top it up or change it.")
    if status in RETRYABLE_STATUSES or status >= 500:
        state = "takes no more requests for now" if status == 429 else "fails on its side"
        return ModelOverloaded(f"{address} {state} ({because}); try again later.", retry_after=retry_after)
    if status == 401:
        remedy = "refuses the key" if address.authorization else "wants a key"
        return ModelRefused(f"{address} {remedy} ({because}); set {names.api_key} to a valid one.")
    if status == 403:
        return ModelRefused(f"{address} forbids this ({because}); see what {names.api_key} is allowed.")
    if status == 404 and "model" in message.lower():
        return ModelRefused(f"{address} does not have the model ({because}); correct {names.model}.")
    if status in (404, 405) or status < 400:
        return ModelRefused(
            f"{address} has nothing at {path} ({because}); correct {names.base_url}, which usually ends in /v1."
        )
    return ModelRefused(f"{address} refuses the request ({because}); see whether {names.model} is right for it.")


def payload_error(address: Address, payload: Any, *, path: str) -> ModelError:
    """The error that the JSON of an answer with a success status contains, or consists of."""
    error = payload.get("error") if isinstance(payload, dict) else None
    details = error if isinstance(error, dict) else payload if isinstance(payload, dict) else {}
    code, text = str(details.get("code")), json.dumps(payload)
    status = (
        int(code)
        if code.isdecimal()
        else _STATUS_BY_ERROR_TYPE.get(code) or _STATUS_BY_ERROR_TYPE.get(str(details.get("type")), 0)
    )
    if 400 <= status < 600:
        return status_error(address, status, text, path=path)
    return ModelOverloaded(
        f"{address} reports an error ({_server_message(address, text) or 'unnamed'}); try again later."
    )


def not_json_error(address: Address, content: bytes) -> ModelError:
    """The error for a body that is not JSON: a web page from a proxy or login portal, or a truncated answer."""
    if content.lstrip()[:1] == b"<":
        return ModelRefused(
            f"{address} answers with a web page instead of JSON; correct {address.setting_names.base_url}."
        )
    return broken_answer_error(address)


def broken_answer_error(address: Address) -> ModelError:
    """The error for an answer that is truncated or malformed."""
    return ModelUnreachable(f"{address} broke off its answer or garbled it; try again.")


def transport_error(address: Address, error: Exception, seconds: float) -> ModelError:
    """The error for a request that failed in httpx or timed out; `seconds` is the time limit it had."""
    names = address.setting_names
    if is_certificate_error(error):
        return ModelRefused(
            f"{address} has a certificate that is not trusted here; point SSL_CERT_FILE at its authority's."
        )
    if isinstance(error, httpx.ProxyError):
        return ModelUnreachable(f"{address} cannot be reached through the proxy; correct HTTP_PROXY and HTTPS_PROXY.")
    if isinstance(error, httpx.ConnectTimeout):
        return ModelUnreachable(f"{address} does not take the connection; start it or correct {names.base_url}.")
    if isinstance(error, httpx.ConnectError | httpx.InvalidURL):
        return ModelUnreachable(f"{address} cannot be reached; start it or correct {names.base_url}.")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return ModelUnreachable(
            f"{address} gave no whole answer in {seconds:g} seconds; raise {names.timeout} or take a faster model."
        )
    return broken_answer_error(address)


def _server_message(address: Address, text: str) -> str:
    """The endpoint's message from its JSON, on one line, without credentials; empty if the body is not JSON."""
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    for key in ("error", "message", "detail"):
        if isinstance(value, dict):
            value = value.get(key) or value
    if not isinstance(value, str):
        return ""
    message = " ".join(address.redact(value).split()).rstrip(".")
    return message if len(message) <= MAX_QUOTED_CHARACTERS else f"{message[:MAX_QUOTED_CHARACTERS]}…"


def is_certificate_error(error: BaseException | None) -> bool:
    """Whether an untrusted certificate is the error or a cause of it."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
