"""The survey's memory: what was read right earlier and is wrong now, forwards and backwards."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from crnn.config import preset
from crnn.data.synth import lesson
from crnn.debug.runs import training_set
from crnn.debug.survey import SurveyBook


def _passes(**texts: str) -> Any:
    """Passes that read sample 0 as `a` and sample 1 as `b`."""
    ctc = SimpleNamespace(feasible_N=np.array([True, True]), loss_N=np.array([1.0, 2.0]))
    return [SimpleNamespace(ids=(0, 1), ctc=ctc, texts=(texts["a"], texts["b"]))]


def test_a_reading_broke_where_an_earlier_one_was_right_wherever_one_stands() -> None:
    words = lesson()
    book = SurveyBook(training_set(preset("lesson"), words))
    a, b = words.texts[:2]

    def broke(step: int, **texts: str) -> list[int]:
        book.learn(_passes(**texts), step)
        found = book.snapshot().broke_M
        assert found is not None
        assert (found[2:] == -1).all()
        return found[:2].tolist()  # type: ignore[no-any-return]

    assert broke(1, a="", b="x") == [-1, -1]
    assert broke(2, a=a, b="x") == [-1, -1]
    assert broke(3, a="", b=b) == [2, -1]
    assert broke(7, a="y", b="y") == [2, 3]
    assert broke(8, a=a, b="y") == [-1, 3]
    assert broke(9, a="y", b="y") == [8, 3]
    # Back at step 3, nothing of what comes later is known; at step 1 nothing was right before.
    assert broke(3, a="", b=b) == [2, -1]
    assert broke(1, a="", b="x") == [-1, -1]
