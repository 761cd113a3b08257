"""Words on a page: pieces against a flood fill, boxes of written pages, and recognize."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crnn import checkpoint
from crnn.arrays import I64, U8, Bool
from crnn.commands import recognize
from crnn.page.finding import Found, find_words
from crnn.page.pieces import pieces
from crnn.page.words import threshold
from crnn.reading_page import words_of
from crnn.train import initial_state
from tests import tiny
from tests.sheets import TEXT, Box, Sheet, sheet

GOOD = 0.5
"""Share that a found box and the true one have of their union at least."""


def _flooded(mask_HW: Bool) -> I64:
    label_HW = np.full(mask_HW.shape, -1, np.int64)
    for n, start in enumerate(
        (y, x) for y, x in np.argwhere(mask_HW).tolist() if label_HW[y, x] < 0
    ):
        todo = [start]
        while todo:
            y, x = todo.pop()
            if mask_HW[y, x] and label_HW[y, x] < 0:
                label_HW[y, x] = n
                rows = range(max(0, y - 1), min(mask_HW.shape[0], y + 2))
                columns = range(max(0, x - 1), min(mask_HW.shape[1], x + 2))
                todo += [(a, b) for a in rows for b in columns]
    return label_HW


def test_pieces_are_those_of_a_flood_fill() -> None:
    chance = np.random.default_rng(0)
    for _ in range(20):
        mask_HW = chance.random(chance.integers(1, 24, 2)) < 0.4
        found, expected = pieces(mask_HW), _flooded(mask_HW)
        np.testing.assert_array_equal(found.label_map(mask_HW.shape), expected)
        for n in range(len(found)):
            y, x = np.nonzero(expected == n)
            box = (found.x[n], found.y[n], found.right[n], found.bottom[n])
            assert box == (x.min(), y.min(), x.max() + 1, y.max() + 1)
            assert found.area[n] == len(y)


def _overlap(a: Box, b: Box) -> float:
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0, across) * max(0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def _matched(page: Sheet, found: list[Found]) -> list[int]:
    """For each true word that was found, the place of its box among those found."""
    boxes = [(word.x, word.y, word.w, word.h) for word in found]
    best = [max((_overlap(true, box), k) for k, box in enumerate(boxes)) for true in page.boxes]
    return [k for share, k in best if share >= GOOD]


@pytest.mark.parametrize(
    "trouble",
    [
        {},
        {"turn": 3.0},
        {"turn": -4.0},
        {"shade": 0.6},
        {"grain": 12.0},
        {"rules": True, "turn": 2.0},
        {"tone": (230, 40)},
        {"tone": (150, 215), "grain": 6.0, "shade": 0.3},
        {"em": 24.0},
        {"rules": True, "turn": -2.5, "shade": 0.5, "grain": 8.0, "tone": (110, 225)},
    ],
    ids=["plain", "turned", "turned back", "shade", "grain", "ruled", "chalk", "pencil", "small",
         "all at once"],
)  # fmt: skip
def test_words_of_written_pages_are_found_in_order(trouble: dict[str, object]) -> None:
    n_true = n_found = n_hit = 0
    for seed in (0, 1, 3):
        page = sheet(seed, **trouble)  # type: ignore[arg-type]
        found = find_words(page.gray_HW)
        hits = _matched(page, found)
        assert hits == sorted(hits)
        n_true, n_found, n_hit = n_true + len(page.boxes), n_found + len(found), n_hit + len(hits)
    assert n_hit / n_true >= 0.95
    assert n_hit / n_found >= 0.95


def test_lines_are_numbered_from_the_top() -> None:
    found = find_words(sheet(0, turn=2).gray_HW)
    counts = [sum(word.line == line for word in found) for line in range(len(TEXT))]
    assert counts == [len(line.split()) for line in TEXT]


def test_a_hand_that_sets_syllables_far_apart_is_told_by_its_own_gaps() -> None:
    near, far = np.array([0.1, 0.2, 0.15, 0.7, 0.1, 0.8]), np.array([0.6, 0.5, 0.7, 1.9, 0.6, 2.0])
    assert 0.2 < threshold(near) < 0.7
    assert 0.7 < threshold(far) < 1.9
    assert threshold(np.array([0.5, 0.6, 0.55, 0.6])) > 0.6, "all alike: one word"


def _plain(shape: tuple[int, int], tone: int) -> U8:
    return np.full(shape, tone, np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (200, 2), (64, 64)])
def test_paper_alone_has_no_words_and_is_read_as_one_picture(shape: tuple[int, int]) -> None:
    gray_HW = _plain(shape, 200)
    assert find_words(gray_HW) == []
    (whole,) = words_of(gray_HW)
    assert (whole.x, whole.y, whole.h, whole.w) == (0, 0, *shape)


def test_what_is_not_the_words_own_ink_is_paper_in_its_picture() -> None:
    page = sheet(0, rules=True)
    rule = page.gray_HW[round(0.9 * 46) - 4 : round(0.9 * 46) + 4].min(axis=0)
    assert np.percentile(rule, 50) < 140, "the rule is there"
    for word in find_words(page.gray_HW)[:5]:
        # No row of the word's own picture is dark from side to side.
        assert (word.gray_HW < 150).mean(axis=1).max() < 0.9


def test_recognize_reads_the_words_of_a_page_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tiny.config()
    checkpoint.save(tmp_path / "tiny.safetensors", initial_state(config), config)
    page = sheet(0)
    Image.fromarray(page.gray_HW).save(tmp_path / "page.png")
    words = ["--checkpoint", str(tmp_path / "tiny.safetensors"), str(tmp_path / "page.png")]
    assert recognize.main([*words, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["results"]
    assert len(found["boxes"]) == len(page.words)
    rows = [line.split(" ") for line in found["text"].split("\n")]
    assert [len(row) for row in rows] == [len(line.split()) for line in TEXT]
    assert [text for row in rows for text in row] == [box["text"] for box in found["boxes"]]
    product = np.prod([box["confidence"] for box in found["boxes"]])
    assert found["confidence"] == pytest.approx(product)


def test_a_word_too_long_for_the_network_is_read_smaller_and_a_whole_picture_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tiny.config()
    checkpoint.save(tmp_path / "tiny.safetensors", initial_state(config), config)
    gray_HW = _plain((40, 1400), 230)
    gray_HW[8:32:2, 10:1390] = 30
    Image.fromarray(gray_HW).save(tmp_path / "long.png")
    words = ["--checkpoint", str(tmp_path / "tiny.safetensors"), str(tmp_path / "long.png")]
    assert recognize.main(words) == 0
    assert recognize.main([*words, "--whole"]) == 1
    assert "columns wide" in capsys.readouterr().err
