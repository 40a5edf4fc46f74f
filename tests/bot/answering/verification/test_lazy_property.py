"""A lazy property is worked out once, and no instance waits for another."""

import threading

from bot.answering.verification.lexical.lazy_property import lazy_property


class Slow:
    def __init__(self, others: threading.Barrier) -> None:
        self.others, self.times = others, 0

    @lazy_property
    def value(self) -> int:
        self.others.wait(5)  # nobody gets past it alone
        self.times += 1
        return 7


def test_it_is_worked_out_once() -> None:
    slow = Slow(threading.Barrier(1))
    assert (slow.value, slow.value, slow.times) == (7, 7, 1)


def test_no_instance_waits_for_another() -> None:
    both = threading.Barrier(2)
    one, other = Slow(both), Slow(both)
    thread = threading.Thread(target=lambda: one.value)
    thread.start()
    assert other.value == 7
    thread.join(5)
    assert one.times == 1
