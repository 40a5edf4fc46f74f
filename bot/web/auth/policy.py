"""Who may use a server, decided once from its settings; a server that would accept everybody does not start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.app.build import App
from bot.app.data_folder import KEYS, records_place
from bot.app.shared_counts import shared_storage
from bot.web.auth.api_keys import ApiKeyStore
from bot.web.auth.rate_limits import NO_LIMIT, Limit, LimitKind, RateLimits, parse_limits
from bot.web.auth.session_tokens import SessionTokens, signing_secret
from bot.web.auth.sites import Site, read_sites
from bot.web.middleware.client_address import is_loopback
from bot.web.middleware.proxies import Network, parse_networks
from retrieval.errors import UsageError

# The rate limits where the settings name none; an open server on loopback has no limits by address and day.
ADDRESS_LIMIT, SITE_LIMIT, KEY_LIMIT, DAY_LIMIT = "30/minute", "600/minute", "600/minute", "20000/day"
SESSION_LIMIT = "60/minute"  # many readers share the one address of an office


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """The sites, keys, limits and proxies of a server.

    `is_open`: the server listens on loopback only, and there were neither sites nor keys when it started.
    """

    sites: Mapping[str, Site]
    keys: ApiKeyStore
    tokens: SessionTokens
    limits: RateLimits
    proxies: Sequence[Network]
    is_open: bool

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(origin for site in self.sites.values() for origin in site.origins)


def access_policy(app: App, host: str) -> AccessPolicy:
    """The policy of a server that listens on `host`. Raises UsageError when everybody could use it."""
    settings = app.settings
    sites, keys, proxies = (
        read_sites(settings.sites_file),
        ApiKeyStore(records_place(settings, KEYS)),
        parse_networks(settings.trusted_proxies),
    )
    is_open = not sites and not keys.all()
    if is_open and not is_loopback(host):
        raise _open_access_error(f"On {host!r} anybody who reaches this machine could ask")
    if is_open and proxies:
        raise _open_access_error("Behind a proxy (ONRECORD_TRUSTED_PROXIES) anybody who reaches it could ask")
    limits = RateLimits(_limits_by_kind(app, is_open=is_open), shared_storage(settings))
    secret = signing_secret(records_place(settings, "secret"), settings.token_secret.get_secret_value())
    tokens = SessionTokens(secret, settings.token_lifetime_minutes * 60)
    return AccessPolicy(sites, keys, tokens, limits, proxies, is_open)


def _open_access_error(reason: str) -> UsageError:
    return UsageError(
        f"{reason}; name the sites that may (ONRECORD_SITES_FILE), or make a key with 'onrecord keys add NAME'. "
        "On 127.0.0.1 without a proxy neither is needed."
    )


def _limits_by_kind(app: App, *, is_open: bool) -> Mapping[LimitKind, Sequence[Limit]]:
    settings, open_limit = app.settings, NO_LIMIT if is_open else ""
    return {
        "address": parse_limits(
            "ONRECORD_RATE_LIMIT_PER_ADDRESS", settings.rate_limit_per_address or open_limit or ADDRESS_LIMIT
        ),
        "site": parse_limits("ONRECORD_RATE_LIMIT_PER_SITE", settings.rate_limit_per_site or SITE_LIMIT),
        "key": parse_limits("ONRECORD_RATE_LIMIT_PER_KEY", settings.rate_limit_per_key or KEY_LIMIT),
        "day": parse_limits("ONRECORD_RATE_LIMIT_TOTAL", settings.rate_limit_total or open_limit or DAY_LIMIT),
        "session": parse_limits("", SESSION_LIMIT),
    }
