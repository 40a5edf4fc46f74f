"""Keys of servers: shown once, kept as a hash, good from the moment they are made until they are revoked."""

import json
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.auth.api_keys import KEY_PREFIX, ApiKeyStore
from retrieval.catalog.database.records import Place
from retrieval.errors import UsageError
from retrieval.index.store import Store
from tests.support.command_line import Onrecord
from tests.support.guarded_server import ORIGIN, LetIn, ask, bearer, refusal, token, write_sites


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_a_key_is_known_by_its_name(place: Place) -> None:
    keys = ApiKeyStore(place)
    one, two = keys.add("archive"), keys.add("desk-2")
    assert (keys.authenticate(one), keys.authenticate(two), keys.authenticate("")) == ("archive", "desk-2", "")
    assert one != two and len(one) >= len(KEY_PREFIX) + 43


def test_the_key_itself_is_nowhere_in_the_folder(tmp_path: Path) -> None:
    key = ApiKeyStore(tmp_path / "keys.db").add("archive")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept and key.removeprefix(KEY_PREFIX).encode() not in kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_the_file(tmp_path: Path) -> None:
    ApiKeyStore(tmp_path / "keys.db").add("archive")
    assert stat.S_IMODE((tmp_path / "keys.db").stat().st_mode) == 0o600


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert (
        ApiKeyStore(tmp_path / "keys.db").all() == []
        and ApiKeyStore(tmp_path / "keys.db").authenticate("anything") == ""
    )
    assert not list(tmp_path.iterdir())


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_key_with_any_letter_changed_is_nobody_s(tmp_path: Path, data: st.DataObject) -> None:
    keys = ApiKeyStore(tmp_path / f"{uuid4().hex}.db")
    key = keys.add("archive")
    place, letter = data.draw(st.integers(0, len(key) - 1)), data.draw(st.characters(max_codepoint=0x7F))
    forged = key[:place] + letter + key[place + 1 :]
    assert keys.authenticate(forged) == ("archive" if forged == key else "")


@pytest.mark.parametrize("name", ["", "Two Words", "../up", "a" * 41, "-x", "ä"])
def test_a_name_that_is_none_is_refused(place: Place, name: str) -> None:
    with pytest.raises(UsageError, match="is no key's name"):
        ApiKeyStore(place).add(name)


def test_a_name_is_given_once(place: Place) -> None:
    key = ApiKeyStore(place).add("archive")
    with pytest.raises(UsageError, match="There is a key archive already"):
        ApiKeyStore(place).add("archive")
    assert ApiKeyStore(place).authenticate(key) == "archive"


def test_the_day_of_use_is_written(place: Place) -> None:
    keys = ApiKeyStore(place)
    key = keys.add("archive")
    assert (keys.all()[0].created, keys.all()[0].used) == (today(), "")
    keys.authenticate(key)
    assert keys.all()[0].used == today()


def test_a_running_server_notices_what_is_made_and_revoked(let_in: LetIn, store: Store) -> None:
    client = let_in("0.0.0.0", sites_file=write_sites(store.folder))
    key = ApiKeyStore(store.folder / "keys.db").add("archive")
    assert ask(client, **bearer(key)).status_code == 200
    ApiKeyStore(store.folder / "keys.db").revoke("archive")
    assert refusal(ask(client, **bearer(key))) == (401, "unauthorized")
    assert refusal(ask(client, **bearer(KEY_PREFIX + "x" * 43))) == (401, "unauthorized")


def test_a_key_and_a_site_of_one_name_share_no_conversations(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder))
    key = bearer(ApiKeyStore(store.folder / "keys.db").add("gazette"))
    said = ask(client, **bearer(token(client), ORIGIN)).json()["conversation_id"]
    answer = client.post("/v1/ask", json={"question": "Since when?", "conversation_id": said}, headers=key)
    assert refusal(answer) == (404, "unknown_conversation")


def test_the_commands(onrecord: Onrecord) -> None:
    made = onrecord("keys", "add", "archive")
    assert made.returncode == 0 and made.stdout.startswith(KEY_PREFIX) and "shown once" in made.stderr
    listed = json.loads(onrecord("keys", "list", "--json").stdout)
    assert listed == {"name": "archive", "created": today(), "used": ""}
    assert "archive: made" in onrecord("keys", "list").stdout
    assert onrecord("keys", "revoke", "archive").returncode == 0
    assert onrecord("keys", "list").stdout == ""
    assert onrecord("keys", "revoke", "archive").returncode == 2


def test_the_server_does_not_start_where_anybody_could_ask(onrecord: Onrecord) -> None:
    refused = onrecord("serve", "--host", "0.0.0.0")
    assert refused.returncode == 2 and "onrecord keys add" in refused.stderr
