"""The collector of circular references: seldom at work, as usual afterwards."""

from __future__ import annotations

import gc

import pytest

from bot.collecting import SELDOM, seldom_collecting


def test_at_work_it_looks_seldom_and_not_at_what_was_loaded_before() -> None:
    usual = gc.get_threshold()
    loaded = len(gc.get_objects())
    with seldom_collecting():
        assert gc.get_threshold() == SELDOM
        assert len(gc.get_objects()) < loaded / 10
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0


def test_it_is_as_usual_after_a_failure_too() -> None:
    usual = gc.get_threshold()
    with pytest.raises(KeyError), seldom_collecting():
        raise KeyError
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)


def test_circles_made_at_work_are_still_found() -> None:
    class Circle:
        def __init__(self) -> None:
            self.itself = self

    with seldom_collecting():
        Circle()
        assert gc.collect() >= 1
