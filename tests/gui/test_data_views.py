"""DATA and AUGMENTATION: counts that are the set's own, faults that say why, training's arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from crnn.arrays import F32
from crnn.config import preset
from crnn.data.census import census
from crnn.data.dataset import MemoryDataset, Sample, TrainingSet
from crnn.data.meeting import meet
from crnn.debug.messages import Frame, Seek
from crnn.text.hangul import min_frames
from gui.data_body import Figure, Line, Row
from gui.data_figures import bars
from gui.look import Look, load_fonts
from gui.selection import Selection
from gui.views.augmentation import AugmentationView
from gui.views.data import DataView
from tests.gui.runs import fake_frame

TEXTS = ("대구", "ㄱㅏ", "漢字", "대구광역시 수성구 범어동", "가", "", "값없이") + ("서울",) * 5


def _met(augment: str = "none") -> TrainingSet:
    config = preset("lesson")
    draw = np.random.default_rng(3)
    samples = [
        Sample(f"w{n}", text, draw.integers(0, 255, (32, 60), np.uint8))
        for n, text in enumerate(TEXTS)
    ]
    return meet(
        MemoryDataset("words", samples), spec=config.input, alphabet=config.alphabet,
        stride=config.stride, seed=7, batch_size=3, augment=augment,  # type: ignore[arg-type]
    )  # fmt: skip


def _frame(data: TrainingSet, step: int = 0) -> Frame:
    frame = fake_frame(step=step, head=step)
    config = replace(frame.run.config, augment=data.augment)
    return replace(frame, run=replace(frame.run, data=data, config=config))


@pytest.fixture
def view(qtbot: QtBot) -> DataView:
    load_fonts()
    made = DataView(Look())
    qtbot.addWidget(made)
    made.resize(288, 600)
    made.show()
    made.show_frame(_frame(_met()))
    qtbot.waitUntil(lambda: made.census is not None, timeout=20_000)
    return made


def _said(view: DataView) -> str:
    return "\n".join(part.text for part in view.body.parts if isinstance(part, Line))


def test_a_census_counts_every_label_and_picture() -> None:
    data = _met()
    found = census(data)
    assert found is not None
    fitting = [text for text in TEXTS if text and text != "漢字"]
    classes = Counter(k for text in fitting for k in data.alphabet.encode(text).tolist())
    needed = Counter(min_frames(data.alphabet.encode(text)) for text in fitting)
    assert found.labels.classes == classes
    assert found.labels.needed == needed
    assert found.labels.foreign == {"漢": 1, "字": 1}
    assert found.labels.ambiguous == {"ㄱㅏ": "가"}
    assert found.lengths == Counter(map(len, TEXTS))
    assert (found.widths, found.frames) == ({60: 12}, {15: 12})
    assert census(data, lambda: False) is None


def test_the_view_shows_coverage_lengths_and_what_does_not_fit(view: DataView) -> None:
    rows = {part.key: part.fact for part in view.body.parts if isinstance(part, Row)}
    assert rows == {"not_in_alphabet": "1", "too_long": "1", "empty_text": "1"}
    assert view.census is not None
    assert dict(view.letters["initial"].letters)["ㅅ"] == 5 + 3
    assert dict(view.letters["final"].letters)["ㅅ"] == 0
    counts = [count for grid in view.letters.values() for _, count in grid.letters]
    assert len(counts) == 162
    assert counts.count(0) == len(view.census.labels.unseen)
    assert "漢 1  字 1" in _said(view)
    assert "ㄱㅏ reads 가" in _said(view)
    histogram = next(
        part for part in view.body.parts
        if isinstance(part, Figure) and part.figure is view.lengths
    )  # fmt: skip
    width = view.body.width() - 24
    assert view.tip(histogram, QPoint(width * 2 // 14 + 1, 5), width) == "2 characters: 8 labels"


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (0, "4 letters need 4 of 15 timesteps"),
        (1, "ambiguous: its letters read 가"),
        (2, "'漢' (U+6F22) in '漢字' is not in the jamo alphabet"),
        (3, "timesteps; a picture 60 wide has 15"),
        (5, "the label is empty"),
    ],
)
def test_the_sample_on_screen_says_why_it_does_not_fit(
    view: DataView, sample: int, why: str
) -> None:
    view.show_selection(Selection(sample=sample))
    assert why in _said(view)


def test_a_foreign_character_is_spelled_by_its_code_point(view: DataView) -> None:
    view.show_selection(Selection(sample=2))
    assert [symbol.letters for symbol in view.spelling.symbols] == [("U+6F22",), ("U+5B57",)]
    assert not any(symbol.is_known for symbol in view.spelling.symbols)


def test_what_no_font_draws_is_named(qtbot: QtBot) -> None:
    """NanumGothic has 君 and 漢; U+10CD0 is a letter that no shipped font has."""
    load_fonts()
    assert Look().legible("漢 君 뵊 \U00010cd0") == "漢 君 뵊 U+10CD0"


def test_picking_a_fault_selects_its_next_sample(qtbot: QtBot, view: DataView) -> None:
    with qtbot.waitSignal(view.selected) as caught:
        view.pick("too_long")
    assert caught.args == [Selection(sample=3)]


def test_a_hidden_view_stops_counting(qtbot: QtBot) -> None:
    made = DataView(Look())
    qtbot.addWidget(made)
    made.show()
    made.show_frame(_frame(_met()))
    job = made._job
    assert job is not None
    made.hide()
    assert not job.is_wanted
    assert made._job is None


def test_bars_count_everything_in_so_many_bins() -> None:
    made = bars({3: 1, 4: 2, 40: 5}, 8)
    assert len(made.counts) <= 8
    assert sum(made.counts) == 8
    assert made.counts[made.bin_of(40)] == 5
    assert bars({}, 8).counts == (0,)


# ---- augmentation ----


@pytest.fixture
def preview(qtbot: QtBot) -> AugmentationView:
    load_fonts()
    made = AugmentationView(Look())
    qtbot.addWidget(made)
    made.resize(288, 600)
    made.show()
    return made


def _wait_for(qtbot: QtBot, view: AugmentationView, cell: int) -> F32:
    """What a cell shows, once it is made."""
    qtbot.waitUntil(lambda: view.shown_in(cell) is not None, timeout=20_000)
    shown = view.shown_in(cell)
    assert shown is not None
    return shown.x_HW


def test_the_grid_shows_the_very_arrays_of_the_batches(
    qtbot: QtBot, preview: AugmentationView
) -> None:
    data = _met("strong")
    preview.show_frame(_frame(data))
    preview.show_selection(Selection(sample=4))
    _wait_for(qtbot, preview, 4)
    for cell in range(1, 5):
        shown = preview.shown_in(cell)
        assert shown is not None
        batch = data.batch(shown.step)
        row = batch.x_NCHW[batch.ids.index(4), 0]
        width = shown.x_HW.shape[1]
        assert shown.x_HW.tobytes() == np.ascontiguousarray(row[:, :width]).tobytes()
        assert shown.step // data.steps_per_epoch == cell - 1


def test_another_strength_is_only_looked_at(qtbot: QtBot, preview: AugmentationView) -> None:
    data = _met("light")
    preview.show_frame(_frame(data))
    preview.show_selection(Selection(sample=0))
    light = _wait_for(qtbot, preview, 1)
    preview.strength.choose("strong")
    strong = _wait_for(qtbot, preview, 1)
    assert not np.array_equal(light, strong)
    expected = replace(data, augment="strong").varied(0, data.step_of(0, 0))
    assert strong.tobytes() == expected.tobytes()
    assert data.augment == "light"
    preview.strength.choose("none")
    assert "Nothing is changed" in preview.note()
    assert preview.variants.plain().tobytes() == data.prepared(0).tobytes()


def test_a_recorded_cell_leads_to_its_step_and_one_to_come_nowhere(
    qtbot: QtBot, preview: AugmentationView
) -> None:
    data = _met("light")
    last = 3 * data.steps_per_epoch - 1
    preview.show_frame(_frame(data, last))
    preview.show_selection(Selection(sample=0))
    preview.move_on(-9)
    _wait_for(qtbot, preview, 4)
    with qtbot.waitSignal(preview.commanded) as caught:
        preview.go_to(2)
    assert caught.args == [Seek(data.step_of(0, 1))]
    with qtbot.assertNotEmitted(preview.commanded):
        preview.go_to(4)


def test_a_sample_that_is_never_trained_on_says_why(preview: AugmentationView) -> None:
    preview.show_frame(_frame(_met("light")))
    preview.show_selection(Selection(sample=3))
    assert "Training never shows this sample." in preview.empty_text()
    assert "timesteps" in preview.empty_text()
    preview.grab()
