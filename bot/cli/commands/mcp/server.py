"""The MCP server: the tools of `tools.py` over stdin and stdout, or over HTTP with the keys of `onrecord keys`."""

import asyncio
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any, ParamSpec

from mcp.server import MCPServer
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl

from bot.app.build import App
from bot.cli.commands.mcp.tools import ArchiveTools
from bot.cli.output import terminal
from bot.web.auth.policy import AccessPolicy, access_policy
from bot.web.schemas.error_responses import ApiError
from retrieval.errors import OnRecordError

P = ParamSpec("P")

INSTRUCTIONS = (
    "An archive of news articles. `ask` answers a question with cited sentences, or says that the articles do not "
    "answer it; `search` gives passages; `quotes` what somebody said; `check_quote` whether words stand verbatim in "
    "an article and who said them. Give the deep link of what you cite."
)


def run_stdio(app: App) -> None:
    """Serve one client over stdin and stdout until it goes away."""
    make_server(app).run("stdio")


def run_http(app: App, host: str, port: int) -> None:
    """Serve streamable HTTP at `/mcp`. Raises UsageError when everybody could use the server."""
    policy = access_policy(app, host)
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    terminal.warn(f"listening on {url}/mcp")
    # Without keys the library answers requests to localhost alone, against pages that resolve their name to it.
    hosts = None if policy.is_open else TransportSecuritySettings(enable_dns_rebinding_protection=False)
    make_server(app, policy, url).run("streamable-http", host=host, port=port, transport_security=hosts)


def make_server(app: App, policy: AccessPolicy | None = None, url: str = "") -> MCPServer:
    """The server over an opened index; with a `policy` other than an open one, requests need a key."""
    keys = policy if policy and not policy.is_open else None
    server: MCPServer = MCPServer(
        "onrecord",
        title="OnRecord",
        instructions=INSTRUCTIONS,
        version=version("onrecord"),
        token_verifier=KeyVerifier(keys) if keys else None,
        auth=AuthSettings(issuer_url=AnyHttpUrl(url), resource_server_url=None) if keys else None,
        log_level="WARNING",
    )
    tools = ArchiveTools(app, is_remote=policy is not None)
    for tool in (tools.ask, tools.search, tools.quotes, tools.article, tools.latest, tools.check_quote):
        server.add_tool(_guarded(tool, keys))
    return server


class KeyVerifier:
    """Accepts the keys that `onrecord keys add` made, those added or revoked meanwhile too."""

    def __init__(self, policy: AccessPolicy) -> None:
        self._keys = policy.keys

    async def verify_token(self, token: str) -> AccessToken | None:
        """The name of a key's holder, None for a key that is not known."""
        name = await asyncio.to_thread(self._keys.authenticate, token)
        return AccessToken(token=token, client_id=name, scopes=[]) if name else None


def _guarded(tool: Callable[P, dict[str, Any]], keys: AccessPolicy | None) -> Callable[P, dict[str, Any]]:
    """A tool that counts against the limits of its caller's key, and says in a sentence what went wrong."""

    @wraps(tool)
    def call(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        try:
            if keys and (token := get_access_token()):
                keys.limits.count_request(("key", token.client_id), ("day", ""))
            return tool(*args, **kwargs)
        except (OnRecordError, ApiError) as exc:
            raise ToolError(str(exc)) from exc

    return call
