"""The writer's lock, within one process."""

import os
import threading
import time
from pathlib import Path

import pytest

from retrieval.errors import IndexBusy
from retrieval.index.integrity.write_lock import is_write_locked, lock_holder, write_lock


def test_the_lock_is_held_inside_and_free_after(tmp_path: Path) -> None:
    assert not is_write_locked(tmp_path)
    with write_lock(tmp_path):
        assert is_write_locked(tmp_path)
    assert not is_write_locked(tmp_path)


def test_asking_whether_it_is_held_does_not_take_it(tmp_path: Path) -> None:
    is_write_locked(tmp_path)
    with write_lock(tmp_path, wait=0):
        assert is_write_locked(tmp_path)


def test_a_second_writer_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with (
        write_lock(tmp_path),
        pytest.raises(IndexBusy, match=f"Process {os.getpid()}") as refused,
        write_lock(tmp_path, wait=0),
    ):
        pytest.fail("two writers at once")
    assert refused.value.retryable


def test_a_refused_writer_takes_nothing_from_the_first(tmp_path: Path) -> None:
    with write_lock(tmp_path):
        with pytest.raises(IndexBusy), write_lock(tmp_path, wait=0):
            pytest.fail("two writers at once")
        assert is_write_locked(tmp_path)
        assert str(os.getpid()) in lock_holder(tmp_path)


def test_who_waits_is_told_once_who_holds_it_and_goes_on_when_it_is_free(tmp_path: Path) -> None:
    told, inside = list[str](), threading.Event()

    def first() -> None:
        with write_lock(tmp_path):
            inside.set()
            time.sleep(0.5)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with write_lock(tmp_path, wait=20, on_wait=told.append):
        assert is_write_locked(tmp_path)
    thread.join()
    assert len(told) == 1
    assert str(os.getpid()) in told[0]


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="oops"), write_lock(tmp_path):
        raise ValueError("oops")
    assert not is_write_locked(tmp_path)


@pytest.mark.parametrize("content", [None, "", "{}", "not json", "[]"])
def test_an_unreadable_note_about_the_holder_names_nobody(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "writer.json").write_text(content)
    assert lock_holder(tmp_path) == "Another process"
