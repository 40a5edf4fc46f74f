"""The secret that tokens are signed with: the operator's own, or one made once and kept in the data folder."""

import os
import secrets
from pathlib import Path

from retrieval.errors import IndexUnavailable, UsageError

SHORTEST = 32  # characters of the operator's own, and bytes of one that is made


def secret_of(folder: Path, own: str = "") -> bytes:
    """The operator's secret where there is one, else the folder's. Raises UsageError, IndexUnavailable."""
    if own:
        if len(own) < SHORTEST:
            raise UsageError(f"ONRECORD_TOKEN_SECRET has {len(own)} characters; {SHORTEST} random ones are the least.")
        return own.encode()
    path = folder / "secret"
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as exc:
        raise IndexUnavailable(f"The secret in {path} cannot be read or made: {exc}.") from exc
    if len(secret) != SHORTEST:
        raise UsageError(f"{path} is not a secret of OnRecord's; delete it, and a new one is made.")
    return secret


def _make(path: Path) -> None:
    """Whole or not at all, so that two processes that start together agree on one; nobody else can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
        file.write(secrets.token_bytes(SHORTEST))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was first
    finally:
        draft.unlink()
