"""A breaker opens, waits and tries again."""

from threading import Thread

import pytest

from retrieval.models.endpoints.circuit_breaker import CircuitBreaker, ProcessCounts


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, cool_down=10, counts=ProcessCounts(clock))


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.record_failure()


def test_it_opens_after_failures_in_a_row_only(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.record_success()
    fail(breaker, 2)
    assert breaker.allow_request()
    breaker.record_failure()
    assert not breaker.allow_request()


def test_after_the_cool_down_one_request_tries(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 9.9
    assert not breaker.allow_request()
    clock.now += 0.1
    assert breaker.allow_request()
    assert not breaker.allow_request()


def test_a_trial_that_succeeds_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    assert breaker.allow_request()
    breaker.record_success()
    assert breaker.allow_request() and breaker.allow_request()


def test_a_trial_that_fails_opens_it_again(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    assert breaker.allow_request()
    breaker.record_failure()
    clock.now += 9.9
    assert not breaker.allow_request()
    clock.now += 0.1
    assert breaker.allow_request()


def test_a_trial_that_nobody_hears_of_again_is_given_up(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    assert breaker.allow_request()
    clock.now += 10
    assert breaker.allow_request()


def test_of_many_threads_one_tries(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    allowed = list[bool]()
    threads = [Thread(target=lambda: allowed.append(breaker.allow_request())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 1
