"""Whom a server lets in, decided once from its settings; a server that would let in everybody does not start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.app.build import App
from bot.web.auth.api_keys import ApiKeyStore
from bot.web.auth.rate_limits import Kind, Limit, RateLimits, rules_of
from bot.web.auth.secret import secret_of
from bot.web.auth.session_tokens import SessionTokens
from bot.web.auth.sites import Site, read_sites
from bot.web.middleware.client_address import is_loopback
from bot.web.middleware.proxies import Network, networks_of
from retrieval.errors import UsageError

# What readers and servers may ask where the settings say nothing; whoever has the machine to himself is not counted.
ADDRESS, SITE, KEY, DAY = "30/minute", "600/minute", "600/minute", "20000/day"
SESSION = "60/minute"  # an office behind one address opens the widget that often


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`is_open`: the server listens on loopback alone, and there were neither sites nor keys when it started."""

    sites: Mapping[str, Site]
    keys: ApiKeyStore
    tokens: SessionTokens
    limits: RateLimits
    proxies: Sequence[Network]
    is_open: bool

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(origin for site in self.sites.values() for origin in site.origins)


def policy_of(app: App, host: str) -> AccessPolicy:
    """The policy of a server that listens on `host`. Raises UsageError where anybody could ask it."""
    settings = app.settings
    sites, keys, proxies = (
        read_sites(settings.sites_file),
        ApiKeyStore(settings.data),
        networks_of(settings.trusted_proxies),
    )
    is_open = not sites and not keys.all()
    if is_open and not is_loopback(host):
        raise _unguarded(f"On {host!r} anybody who reaches this machine could ask")
    if is_open and proxies:
        raise _unguarded("Behind a proxy (ONRECORD_TRUSTED_PROXIES) anybody who reaches it could ask")
    limits = RateLimits(_rules(app, is_open=is_open), settings.rate_limit_storage_url.get_secret_value())
    tokens = SessionTokens(
        secret_of(settings.data, settings.token_secret.get_secret_value()), settings.token_lifetime_minutes * 60
    )
    return AccessPolicy(sites, keys, tokens, limits, proxies, is_open)


def _unguarded(danger: str) -> UsageError:
    return UsageError(
        f"{danger}; name the sites that may (ONRECORD_SITES_FILE), or make a key with 'onrecord keys add NAME'. "
        "On 127.0.0.1 without a proxy neither is needed."
    )


def _rules(app: App, *, is_open: bool) -> Mapping[Kind, Sequence[Limit]]:
    written, alone = app.settings, "none" if is_open else ""
    return {
        "address": rules_of("ONRECORD_RATE_LIMIT_PER_ADDRESS", written.rate_limit_per_address or alone or ADDRESS),
        "site": rules_of("ONRECORD_RATE_LIMIT_PER_SITE", written.rate_limit_per_site or SITE),
        "key": rules_of("ONRECORD_RATE_LIMIT_PER_KEY", written.rate_limit_per_key or KEY),
        "day": rules_of("ONRECORD_RATE_LIMIT_PER_DAY", written.rate_limit_per_day or alone or DAY),
        "session": rules_of("", SESSION),
    }
