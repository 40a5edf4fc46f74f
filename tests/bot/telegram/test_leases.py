"""A lease belongs to one machine until it expires or is given back; others wait for it."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.telegram.storage import leases as leases_module
from bot.telegram.storage import shared_updates
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.leases import Leases
from bot.telegram.storage.shared_updates import SharedUpdates
from bot.telegram.storage.telegram_database import telegram_records
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.records import Records
from tests.support.postgresql import PostgreSQLServer


@pytest.fixture
def records(postgresql: PostgreSQLServer) -> Iterator[Records]:
    database = Database(postgresql.new_database())
    yield telegram_records(database)
    database.close()


def test_a_lease_is_one_machine_s_until_it_is_given_back(records: Records) -> None:
    one, two = Leases(records), Leases(records)
    assert one.acquire("chat/1/0") and one.acquire("chat/1/0") and not two.acquire("chat/1/0")
    assert two.acquire("chat/2/0")
    assert list(one.renew(["chat/1/0", "chat/2/0"])) == ["chat/1/0"]
    two.release("chat/1/0")
    assert not two.acquire("chat/1/0")
    one.release("chat/1/0")
    assert two.acquire("chat/1/0") and not one.renew(["chat/1/0"])


def test_a_lease_without_a_word_from_its_machine_expires(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Leases(records), Leases(records)
    monkeypatch.setattr(leases_module, "LEASE_SECONDS", -1.0)
    assert one.acquire("chat/1/0")
    monkeypatch.undo()
    assert two.acquire("chat/1/0") and not one.acquire("chat/1/0")


def test_updates_of_one_chat_take_turns_in_their_order(records: Records) -> None:
    journal = DeliveryJournal(records)
    for number in (1, 2):
        assert journal.receive(number, "{}", "chat/1/0") and not journal.receive(number, "{}", "chat/1/0")
    done = list[int]()

    async def process(machine: SharedUpdates, number: int) -> None:
        async with machine.turn_of("chat/1/0", number) as is_due:
            assert is_due
            await asyncio.sleep(0.05)
            done.append(number)
            await asyncio.to_thread(journal.finish, number)

    async def on_two_machines() -> None:
        await asyncio.gather(process(SharedUpdates(journal), 2), process(SharedUpdates(journal), 1))

    asyncio.run(on_two_machines())
    assert done == [1, 2]


def test_an_update_that_another_machine_has_done_is_not_due(records: Records) -> None:
    journal = DeliveryJournal(records)
    journal.receive(1, "{}", "chat/1/0")
    journal.finish(1)

    async def is_due() -> bool:
        async with SharedUpdates(journal).turn_of("chat/1/0", 1) as due:
            return due

    assert not asyncio.run(is_due())


def test_work_is_cancelled_when_its_lease_is_lost(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_updates, "RENEW_SECONDS", 0.05)
    machine = SharedUpdates(DeliveryJournal(records))

    async def nothing() -> None:
        return

    async def work() -> bool:
        renewing = asyncio.create_task(machine.run(nothing))
        async with machine.hold("chat/1/0"):
            task = asyncio.create_task(asyncio.sleep(20))
            with machine.ending_with("chat/1/0", task):
                await asyncio.wait([task], timeout=0.3)
                assert not task.done()
                Leases(records).acquire("other")
                records.run(leases_module.leases.update().values(holder="another machine"))
                await asyncio.wait([task], timeout=10)
        renewing.cancel()
        return task.cancelled()

    assert asyncio.run(work())


def test_an_answer_is_stopped_on_whatever_machine_makes_it(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_updates, "RENEW_SECONDS", 0.05)
    busy, asked = SharedUpdates(DeliveryJournal(records)), SharedUpdates(DeliveryJournal(records))
    stopped = list[str]()
    busy.on_cancelled = stopped.append

    async def nothing() -> None:
        return

    async def work() -> None:
        renewing = asyncio.create_task(busy.run(nothing))
        assert not asked.cancel("chat/1/0", "telegram/1/0")
        async with busy.hold("chat/1/0"):
            assert await asyncio.to_thread(asked.cancel, "chat/1/0", "telegram/1/0")
            while not stopped:
                await asyncio.sleep(0.05)
        renewing.cancel()

    asyncio.run(asyncio.wait_for(work(), 20))
    assert stopped[0] == "telegram/1/0"


def test_what_a_machine_left_is_abandoned_when_its_lease_has_expired(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.storage.journal.GRACE_SECONDS", -10.0)
    journal, gone = DeliveryJournal(records), Leases(records)
    journal.receive(1, '{"update_id": 1}', "chat/1/0")
    gone.acquire("chat/1/0")
    assert journal.abandoned("me") == [] and journal.abandoned(gone.machine) == [(1, b'{"update_id": 1}')]
    gone.release("chat/1/0")
    assert journal.abandoned("me") == [(1, b'{"update_id": 1}')]
