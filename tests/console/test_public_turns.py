"""Few pages of residents are made at once, and nobody waits for somebody who waits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import pytest

from douse.console.public import turns


def test_few_are_at_it_at_once() -> None:
    lock, here, most = Lock(), 0, 0

    def page(_: int) -> None:
        nonlocal here, most
        with turns.turn():
            with lock:
                here += 1
                most = max(most, here)
            Event().wait(0.002)
            with lock:
                here -= 1

    with ThreadPoolExecutor(16) as people:
        list(people.map(page, range(64)))
    assert most == turns.MOST


def test_who_only_waits_lets_others_pass() -> None:
    everybody = Barrier(3 * turns.MOST)

    def page(_: int) -> None:
        with turns.turn(), turns.aside():
            everybody.wait(timeout=10)  # breaks where one of them cannot come

    with ThreadPoolExecutor(3 * turns.MOST) as people:
        list(people.map(page, range(3 * turns.MOST)))


def test_a_turn_is_given_back_when_a_page_fails() -> None:
    for _ in range(turns.MOST + 1):
        with pytest.raises(ValueError, match="x"), turns.turn(), turns.aside():
            raise ValueError("x")
    with turns.aside():  # without a turn there is none to give back
        pass
    with turns.turn():
        pass
