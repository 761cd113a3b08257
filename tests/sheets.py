"""Pages of handwriting with known word boxes: one hand, turned, ruled, shaded, grainy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crnn.arrays import F32, U8
from crnn.data.hands import hand
from crnn.data.pen import ink
from crnn.data.writing import write
from crnn.rng import rng

TEXT = (
    "한국 사람들은 글씨를 예쁘게 쓰려고",
    "아침마다 조용히 연습합니다",
    "어제는 비가 오고 바람이 불어서",
    "우산을 들고 학교에 갔다",
)
"""No word of one syllable: where those stand, boxes cannot tell a wide hand from two words."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`boxes` (x, y, w, h) of the words' ink, line by line."""

    gray_HW: U8
    boxes: list[Box]
    words: list[str]


def sheet(
    seed: int,
    *,
    lines: tuple[str, ...] = TEXT,
    em: float = 46,
    gap: float = 0.9,
    turn: float = 0.0,
    tone: tuple[int, int] = (40, 235),
    shade: float = 0.0,
    grain: float = 0.0,
    rules: bool = False,
) -> Sheet:
    """A page. `gap`: between words, in syllable heights; `turn`: degrees; `tone`: of ink and paper;
    `shade`: light lost towards one corner; `grain`: standard deviation in grey levels."""
    ink_HW, words = _written(seed, lines, em, gap)
    label_HW = np.zeros(ink_HW.shape, np.int32)
    for n, part in enumerate(words, start=1):
        label_HW[part > 0.3] = n
    if rules:
        _rule(ink_HW, em)
    boxes, ink_HW = _turned(ink_HW, label_HW, turn)
    height, width = ink_HW.shape
    dark, bright = tone
    chance = rng(seed, 0, "sheet")
    y, x = np.mgrid[0:height, 0:width]
    light = 1 - shade * (x / width + y / height) / 2
    level = (bright + (dark - bright) * ink_HW) * light
    level = level + grain * chance.standard_normal(level.shape)
    gray_HW = np.clip(np.rint(level), 0, 255).astype(np.uint8)
    return Sheet(gray_HW, boxes, [word for line in lines for word in line.split()])


def _written(seed: int, lines: tuple[str, ...], em: float, gap: float) -> tuple[F32, list[F32]]:
    """The ink of the page, and that of each word alone."""
    chance = rng(seed, 0, "hand")
    writer = hand(seed, 0)
    placed, y, wide = [], em, 0
    for line in lines:
        x = em * (1 + 0.3 * chance.random())
        for word in line.split():
            drawn = ink(write(word, writer, chance), em, (0, 0, 0, 0))
            drop = round(y + em * (0.5 + 0.04 * chance.standard_normal()) - drawn.shape[0] / 2)
            placed.append((drop, round(x), drawn))
            x += drawn.shape[1] + em * gap * (1 + 0.12 * chance.standard_normal())
        wide, y = max(wide, round(x)), y + 1.75 * em
    page = np.zeros((round(y + em), wide + round(em)), np.float32)
    parts = []
    for top, left, drawn in placed:
        part = np.zeros_like(page)
        part[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        parts.append(part)
        page = np.maximum(page, part)
    return page, parts


def _rule(ink_HW: F32, em: float) -> None:
    """Lines under each line of writing, and a frame's two sides."""
    for y in np.arange(0.9 * em, ink_HW.shape[0] - 3, 1.75 * em):
        ink_HW[round(y) : round(y) + 2] = np.maximum(ink_HW[round(y) : round(y) + 2], 0.6)
    for x in (3, ink_HW.shape[1] - 6):
        ink_HW[:, x : x + 2] = 0.6


def _turned(ink_HW: F32, label_HW: NDArray[np.int32], turn: float) -> tuple[list[Box], F32]:
    ink_image = Image.fromarray(ink_HW).rotate(turn, Image.Resampling.BILINEAR, expand=True)
    labels = np.asarray(Image.fromarray(label_HW).rotate(turn, expand=True))
    boxes = []
    for n in range(1, int(labels.max()) + 1):
        rows, columns = np.nonzero(labels == n)
        x, y = int(columns.min()), int(rows.min())
        boxes.append((x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y))
    return boxes, np.asarray(ink_image)
