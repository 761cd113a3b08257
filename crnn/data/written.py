"""The synthesiser's data set: as many words as asked for, by thousands of hands.

A sample is a function of (seed, index): its text, the hand, the paper. Most are written by the
stroke writer, the rest drawn from the shipped faces. Nothing is drawn before it is asked for, not
even to judge it: a picture is as wide as its word needs in preset `word`, by construction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal, overload

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import assets
from crnn.arrays import F32, U8
from crnn.data.augment import bent
from crnn.data.cache import ArrayCache
from crnn.data.dataset import Fault, MemoryDataset, Sample, fingerprint
from crnn.data.hands import Hand, hand, wild_hand
from crnn.data.paper import blurred, on_paper
from crnn.data.pen import ink
from crnn.data.prepare import InputSpec
from crnn.data.real_hands import real_hand
from crnn.data.real_paper import Box, box, enlarged, on_real_paper
from crnn.data.real_writing import write_real
from crnn.data.synth import FACES
from crnn.data.vocabulary import syllables, text_at, text_of_sheet
from crnn.data.writing import write
from crnn.errors import DatasetError
from crnn.rng import rng
from crnn.text.hangul import Alphabet
from crnn.text.jamo import is_syllable, spell

HANDS = 10_000
"""Writers of one seed."""
FACE_SHARE = 0.2
"""Share of the words drawn from the shipped faces."""
UNSEEN = "GamjaFlower"
"""The face no word is drawn from, so that reading it says something."""
FACES_SEEN = tuple(face for face in FACES if face != UNSEEN)
Manner = Literal["synth", "wild", "loose", "face", "real"]
"""synth: hands, and faces among them. wild: the same with wild hands. loose: as wild, cut out with
more paper round the word, as people draw boxes. face: the unseen face. real: hands, boxes, inks and
papers as people's are, with more rare syllables."""
LOOSE = 0.3
"""Of the word's height: the most paper on one side that "loose" adds."""
TINY = 0.08
"""Share of the "real" words seen from so far away that they are 18 to 25 pixels high."""
MAX_COUNT = 10**9

_SMOOTH = Image.Resampling.BILINEAR
_STRIDE, _HEIGHT, _WIDEST = 4, 32, 512
"""The network a picture is made to fit: preset `word`."""
_CACHE_BYTES = 128 * 2**20
_TEXTS_HELD = 100_000
_PROBED = 16
"""Samples whose pixels go into the fingerprint; the others follow from the same recipe."""


class WrittenDataset:
    """`count` words of `seed`. Raises DatasetError where there cannot be so many."""

    def __init__(self, count: int, seed: int = 1, manner: Manner = "synth") -> None:
        if not 1 <= count <= MAX_COUNT or not 0 <= seed < 2**63:
            raise DatasetError(
                f"{manner}:{count}:{seed} cannot be; give a count from 1 to {MAX_COUNT:,} and a "
                "seed from 0 to 2^63 - 1"
            )
        self.name = f"{count:,} written words"
        self.source = f"{manner}:{count}:{seed}"
        self.seed = seed
        self.manner = manner
        self.texts: Sequence[str] = _Texts(
            count, seed, text_of_sheet if manner == "real" else text_at
        )
        self.faults: tuple[Fault, ...] = ()
        self._cache: ArrayCache[int, U8] = ArrayCache(_CACHE_BYTES)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the source and the first samples: all follow from one recipe."""
        recipe = Sample(self.source, "", np.zeros((0, 0), np.uint8))
        probed = (self.sample(index) for index in range(min(_PROBED, len(self))))
        return fingerprint((recipe, *probed))

    def __len__(self) -> int:
        return len(self.texts)

    def sample(self, index: int) -> Sample:
        """Pure; cached under a budget."""
        text = self.texts[index]
        drawn = self._cache.get(index, lambda: draw_text(text, self.seed, index, self.manner))
        return Sample(f"written-{index:07d}", text, drawn)

    def fits(self, spec: InputSpec, alphabet: Alphabet, stride: int) -> bool:
        """Whether every sample is usable there by construction, so that none need be looked at."""
        return (
            spec.shape == "height"
            and spec.max_width * _HEIGHT >= _WIDEST * spec.height
            and stride * _HEIGHT <= _STRIDE * spec.height
            and alphabet.kind == "jamo"
        )


class _Texts(Sequence[str]):
    """The texts, each made when it is asked for; so many are then held, for they are short."""

    def __init__(self, count: int, seed: int, text_of: Callable[[int, int], str]) -> None:
        self._indices = range(count)
        self._seed = seed
        self._text_of = text_of
        self._made: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(map(self._at, self._indices[index]))
        return self._at(self._indices[index])

    def _at(self, k: int) -> str:
        text = self._made.get(k)
        if text is None:
            text = self._text_of(self._seed, k)
            if len(self._made) < _TEXTS_HELD:
                self._made[k] = text
        return text


def draw_text(text: str, seed: int, index: int, manner: Manner = "synth") -> U8:
    """gray_HW of `text`, about 36 to 90 rows; hand, pen, paper and all the rest at (seed, index).

    Raises DatasetError naming a character that cannot be written.
    """
    if manner == "real":
        return _real(text, seed, index)
    chance = rng(seed, index, "written")
    if manner == "face" or chance.random() < FACE_SHARE:
        ink_HW = _drawn(text, (UNSEEN,) if manner == "face" else FACES_SEEN, chance)
    else:
        writer = wild_hand if manner in ("wild", "loose") else hand
        ink_HW = _by_hand(text, writer(seed, int(chance.integers(HANDS))), chance)
    if manner == "loose":
        sides = LOOSE * len(ink_HW) * chance.random((2, 2)) * chance.random()
        ink_HW = np.pad(ink_HW, sides.astype(int))
    return on_paper(_fitted(ink_HW, text), chance)


def _real(text: str, seed: int, index: int) -> U8:
    """gray_HW of `text` as `draw_text` gives it in the manner "real"."""
    chance = rng(seed, index, "real")
    is_tiny = chance.random() < TINY
    em = float(chance.uniform(16, 22) if is_tiny else chance.uniform(28, 56))
    cut = box(chance)
    if chance.random() < FACE_SHARE and _faces_have(text):
        ink_HW = _printed(text, em, cut, chance)
    else:
        writer = real_hand(seed, int(chance.integers(HANDS)))
        ink_HW = ink(write_real(text, writer, chance), em, _margin(cut, em))
    gray_HW = on_real_paper(_fitted(ink_HW, text), chance)
    return enlarged(gray_HW, 2) if is_tiny else gray_HW


def _margin(cut: Box, em: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(em * side) for side in cut)
    return left, top, right, bottom


@lru_cache(maxsize=1)
def _in_faces() -> frozenset[str]:
    return frozenset(syllables())


def _faces_have(text: str) -> bool:
    return all(c in _in_faces() or not is_syllable(c) for c in text)


def by_writers(text: str, count: int, seed: int, manner: Manner = "synth") -> MemoryDataset:
    """`text` written once by each of the first `count` writers of `seed`, to see them side by side.

    In the manner "face" there are no writers: it is taken as "synth". Raises DatasetError naming a
    character that cannot be written.
    """
    samples = []
    for writer in range(count):
        chance = rng(seed, writer, "one text")
        if manner == "real":
            path = write_real(text, real_hand(seed, writer), chance)
            ink_HW = ink(path, 48.0, _margin(box(chance), 48.0))
            gray_HW = on_real_paper(_fitted(ink_HW, text), chance)
        else:
            writer_of = wild_hand if manner in ("wild", "loose") else hand
            ink_HW = _by_hand(text, writer_of(seed, writer), chance)
            gray_HW = on_paper(_fitted(ink_HW, text), chance)
        samples.append(Sample(f"writer-{writer:05d}", text, gray_HW))
    return MemoryDataset(f"{text} by {count:,} writers", samples)


def _by_hand(text: str, writer: Hand, chance: np.random.Generator) -> F32:
    """ink_HW of `text` with a margin, or cut off at an edge."""
    margin = chance.integers(-1, 9, 4).tolist()
    em = float(chance.uniform(36, 54))
    return ink(write(text, writer, chance), em, (margin[0], margin[1], margin[2], margin[3]))


def _fitted(ink_HW: F32, text: str) -> F32:
    """Paper beside the ink where the timesteps would not do, above and below it where too long."""
    height, width = ink_HW.shape
    letters = spell(text)
    repeats = sum(a == b for a, b in pairwise(letters))
    columns = _STRIDE * (len(letters) + repeats)
    wide = max(width, math.ceil(columns * height / _HEIGHT))
    tall = max(height, math.ceil(wide * _HEIGHT / _WIDEST))
    if (tall, wide) == (height, width):
        return ink_HW
    page_HW = np.zeros((tall, wide), np.float32)
    top, left = (tall - height) // 2, (wide - width) // 2
    page_HW[top : top + height, left : left + width] = ink_HW
    return page_HW


@lru_cache(maxsize=16)
def _font(face: str) -> ImageFont.FreeTypeFont:
    """The face in its one size: unpacking it takes longer than to draw ten words."""
    file = assets.path("fonts", f"{face}.woff2")
    return ImageFont.truetype(str(file), FACES[face], layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _glyph(face: str, character: str) -> tuple[Image.Image, int, int, float]:
    """Its ink, where that begins from the pen's place on the base line, and the way to the next."""
    font, size = _font(face), FACES[face]
    x, y = size // 2, 3 * size // 2
    tile = Image.new("L", (5 * size // 2, 5 * size // 2))
    ImageDraw.Draw(tile).text((x, y), character, 255, font, anchor="ls")
    edges = tile.getbbox() or (x, y, x + 1, y + 1)
    return tile.crop(edges), edges[0] - x, edges[1] - y, font.getlength(character)


def _drawn(text: str, faces: Sequence[str], chance: np.random.Generator) -> F32:
    """ink_HW of `text` in one of `faces`: letters jitter, then the whole is bent and weighed."""
    page, edges = _in_type(text, faces, 0.03, chance)
    left, top, right, bottom = chance.integers(3, 9, 4).tolist()
    word = page.crop((edges[0] - left, edges[1] - top, edges[2] + right, edges[3] + bottom))
    return _weighed(bent(np.asarray(word), chance, 0.8, 0), float(chance.uniform(60, 135)))


def _printed(text: str, em: float, cut: Box, chance: np.random.Generator) -> F32:
    """ink_HW of `text` in one of the seen faces, bent much, cut out as `cut` says, `em` high."""
    page, edges = _in_type(text, FACES_SEEN, 0.06, chance)
    room = (edges[3] - edges[1]) // 4
    word = page.crop((edges[0] - room, edges[1] - room, edges[2] + room, edges[3] + room))
    word_HW = bent(np.asarray(word), chance, 1.5, 0)
    word = Image.fromarray(_weighed(word_HW, float(chance.uniform(60, 140))))
    inside = Image.fromarray(word_HW > 60).getbbox() or (0, 0, *word.size)
    high = inside[3] - inside[1]
    left, top, right, bottom = _margin(cut, high)
    word = word.crop((inside[0] - left, inside[1] - top, inside[2] + right, inside[3] + bottom))
    scale = min(1.0, em / high)
    size = max(2, round(scale * word.width)), max(2, round(scale * word.height))
    return np.asarray(word.resize(size, _SMOOTH))


def _in_type(
    text: str, faces: Sequence[str], jitter: float, chance: np.random.Generator
) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A page with `text` in one of `faces`, and the edges of its ink."""
    face = faces[int(chance.integers(len(faces)))]
    scale = (0.62, 0.7, 0.78, 0.86)[int(chance.integers(4))]
    base = FACES[face] * scale
    room = int(1.6 * base)
    page = Image.new("L", (room + math.ceil(len(text) * base * 1.3), 2 * room))
    tracking = float(chance.uniform(0.92, 1.12))
    x = 0.5 * base
    for character, shift, size in zip(
        text, chance.normal(0, jitter, len(text)), chance.integers(-1, 2, len(text)), strict=True
    ):
        tile, left, top, advance = _glyph(face, character)
        by = scale * (1 + 0.06 * int(size))
        tile = tile.resize((_times(tile.width, by), _times(tile.height, by)), _SMOOTH)
        page.paste(255, (round(x + by * left), round((1.35 + shift) * base + by * top)), tile)
        x += by * advance * tracking
    edges = page.getbbox()
    if edges is None:
        raise DatasetError(f"{text!r} has nothing to draw in face {face}; give another text")
    return page, edges


def _weighed(level_HW: F32, level: float) -> F32:
    """ink_HW of a drawn word, 0 to 255: the higher `level`, the thinner the pen."""
    ink_HW = blurred(level_HW, 0.9)
    ink_HW *= np.float32(1 / 110)
    ink_HW += np.float32(0.5 - level / 110)
    np.maximum(ink_HW, 0, out=ink_HW)
    return np.minimum(ink_HW, 1, out=ink_HW)


def _times(size: int, by: float) -> int:
    return max(1, round(size * by))
