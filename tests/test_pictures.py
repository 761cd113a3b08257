"""Pictures bent, coded and ruled by our own few lines; and which of two tones is ink."""

from __future__ import annotations

import io
from typing import get_args

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from crnn.arrays import F32, F64, U8
from crnn.config import preset
from crnn.data.augment import augmented
from crnn.data.jpeg import as_jpeg
from crnn.data.mesh import warped
from crnn.data.paper import rule
from crnn.data.prepare import prepare
from crnn.data.written import Manner, WrittenDataset, draw_text

SPEC = preset("word").input
WORD_HW = draw_text("대구광역시", 1, 3)


def coded(gray_HW: U8, quality: int) -> U8:
    held = io.BytesIO()
    Image.fromarray(gray_HW).save(held, "JPEG", quality=quality)
    with Image.open(held) as decoded:
        return np.array(decoded, np.uint8)


@pytest.mark.parametrize("quality", [10, 35, 50, 90])
@pytest.mark.parametrize("cut", [(64, 96), (51, 97), (3, 5)])
def test_jpeg_without_a_file_is_jpeg(quality: int, cut: tuple[int, int]) -> None:
    gray_HW = np.ascontiguousarray(WORD_HW[: cut[0], : cut[1]])
    ours_HW = as_jpeg(gray_HW.astype(np.float32), quality)
    theirs_HW = coded(gray_HW, quality).astype(np.float32)
    lost = np.abs(theirs_HW - gray_HW).mean()
    assert ours_HW.shape == gray_HW.shape
    # Theirs rounds in whole numbers, so that some cosines come out a step apart.
    assert np.abs(np.rint(ours_HW) - theirs_HW).mean() < 0.3 * lost
    assert lost > 0.5


def knots(long: float = 0, down: float = 0, of_HW: U8 = WORD_HW) -> F64:
    height, width = of_HW.shape
    x, y = np.meshgrid(np.linspace(0, width, 6), np.linspace(0, height, 3))
    return np.stack((x + long, y + down))


def test_a_straight_mesh_changes_nothing_and_a_moved_one_moves() -> None:
    assert np.abs(warped(WORD_HW, knots(), 0) - WORD_HW).max() < 0.01
    moved_HW = warped(WORD_HW, knots(3, -2), 200)
    assert np.abs(moved_HW[2:, :-3] - WORD_HW[:-2, 3:]).max() < 0.01
    assert (moved_HW[0] == 200).all()
    assert (moved_HW[:, -2:] == 200).all()
    far_HW = warped(WORD_HW, knots(1e6, -1e6), 77)
    assert (far_HW == 77).all()


def test_a_place_between_pixels_is_mixed_from_the_four_round_it() -> None:
    half_HW = warped(WORD_HW, knots(0.5, 0.5), 0)[:-1, :-1]
    four = [WORD_HW[y : y - 1 or None, x : x - 1 or None] for y in (0, 1) for x in (0, 1)]
    assert np.abs(half_HW - np.mean(four, axis=0)).max() < 0.01


def test_a_bent_mesh_is_bent_as_pillow_bends_it() -> None:
    """Their cells begin at whole pixels, so the picture is cut to a size that parts evenly."""
    gray_HW = np.ascontiguousarray(WORD_HW[:60, :100])
    bend = knots(of_HW=gray_HW) + np.random.default_rng(1).normal(0, 2, (2, 3, 6))
    corners = (bend[:, :-1, :-1], bend[:, 1:, :-1], bend[:, 1:, 1:], bend[:, :-1, 1:])
    quads = np.concatenate(corners).reshape(8, -1).T.tolist()
    boxes = [(x, y, x + 20, y + 30) for y in (0, 30) for x in range(0, 100, 20)]
    theirs = Image.fromarray(gray_HW).transform(
        (100, 60),
        Image.Transform.MESH,
        list(zip(boxes, quads, strict=True)),
        Image.Resampling.BILINEAR,
        fillcolor=200,
    )
    ours_HW = warped(gray_HW, bend, 200)[2:-2, 2:-2]
    assert np.abs(ours_HW - np.asarray(theirs, np.float32)[2:-2, 2:-2]).mean() < 1


def test_a_rule_is_as_thick_dark_and_tilted_as_asked() -> None:
    level_HW = np.full((40, 101), 250, np.float32)
    rule(level_HW, 20, 0.1, 1.0, 60)
    assert (level_HW.min(axis=0) == 60).all()
    assert level_HW[:, 0].argmin() == 15
    assert level_HW[:, -1].argmin() == 25
    assert ((250 - level_HW).sum(axis=0) / 190).mean() == pytest.approx(2, abs=0.1)
    beside_HW = np.full((40, 101), 250, np.float32)
    rule(beside_HW.T, 90, 0, 1.0, 60)
    assert (beside_HW[:, 90] == 60).all()
    rule(level_HW, 400, 0, 1.0, 0)
    assert level_HW.min() == 60


# ---- which of two tones is ink ----


def word(tone: int = 30, paper: int = 235, width: int = 4) -> Image.Image:
    page = Image.new("L", (170, 64), paper)
    pen = ImageDraw.Draw(page)
    for x in range(12, 150, 36):
        pen.line((x, 14, x + 20, 12), fill=tone, width=width)
        pen.line((x + 18, 12, x + 6, 50), fill=tone, width=width)
        pen.ellipse((x + 10, 32, x + 28, 52), outline=tone, width=width)
    return page


def shaded(gray_HW: U8, deep: float) -> U8:
    """The edge of a shadow across the word."""
    height, width = gray_HW.shape
    y, x = np.mgrid[:height, :width]
    light = 1 - deep * np.clip((x - 0.6 * width + 0.8 * y) / 12 + 0.5, 0, 1)
    return np.array(gray_HW * light, np.uint8)


def ruled(gray_HW: U8) -> U8:
    level_HW = gray_HW.astype(np.float32)
    for place in (1.0, 62.0):
        rule(level_HW, place, 0.01, 1.0, 70)
    rule(level_HW.T, 2.0, 0.0, 1.5, 70)
    return level_HW.astype(np.uint8)


def is_darker_where_ink(gray_HW: U8, x_HW: F32) -> bool:
    small = Image.fromarray(gray_HW).resize(x_HW.shape[::-1], Image.Resampling.BOX)
    return float(np.corrcoef(x_HW.ravel(), np.asarray(small, np.float32).ravel())[0, 1]) < 0


@pytest.mark.parametrize(
    "gray_HW",
    [
        pytest.param(np.asarray(word()), id="plain"),
        pytest.param(shaded(np.asarray(word(190, 240, 3)), 0.3), id="faint in deep shade"),
        pytest.param(shaded(np.asarray(word(170, 215, 2)), 0.25), id="pencil in shade"),
        pytest.param(np.asarray(word(width=9).filter(ImageFilter.GaussianBlur(1))), id="bold"),
        pytest.param(np.asarray(word(width=6))[11:54, 10:160], id="cut tight"),
        pytest.param(ruled(np.asarray(word())), id="table"),
        pytest.param(ruled(shaded(np.asarray(word(150, 230)), 0.25)), id="table in shade"),
        pytest.param(np.full((64, 96), 90, np.uint8) + np.asarray(word(0, 60))[:, :96], id="grey"),
    ],
)
def test_ink_is_found_whether_it_is_darker_or_brighter_than_paper(gray_HW: U8) -> None:
    gray_HW = np.ascontiguousarray(gray_HW)
    x_HW = prepare(gray_HW, SPEC)
    assert is_darker_where_ink(gray_HW, x_HW)
    np.testing.assert_allclose(prepare(255 - gray_HW, SPEC), x_HW, atol=1e-4)


@pytest.mark.parametrize("manner", get_args(Manner))
def test_drawn_words_are_taken_for_dark_ink_however_they_are_augmented(manner: Manner) -> None:
    """By their brightness alone 1 in 150 of them was turned over."""
    words = WrittenDataset(150, 21, manner)
    wrong = 0
    for index in range(len(words)):
        gray_HW = augmented(words.sample(index).gray_HW, SPEC, "strong", 1, 2, index)
        x_HW = prepare(gray_HW, SPEC)
        wrong += not is_darker_where_ink(gray_HW, x_HW)
        wrong += bool(np.abs(prepare(255 - gray_HW, SPEC) - x_HW).max() > 1e-3)
    assert wrong == 0
