"""Handwritten-style words, drawn from the shipped faces: data for the first minutes.

The one idea: a word is a function of its address (seed, index), so the set needs no files and any
word can be drawn alone. The same face never draws a syllable twice alike: size, place, turn, slant,
stroke weight, ink and paper vary mildly. This is practice material, not real handwriting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

import assets
from crnn.arrays import U8, frozen
from crnn.data.cache import ArrayCache
from crnn.data.dataset import Fault, Sample, fingerprint
from crnn.data.words import LESSON, SEED, WORDS
from crnn.errors import DatasetError
from crnn.rng import rng

FACES = {
    "CrnnPen": 79,
    "Gaegu": 75,
    "HiMelody": 76,
    "GamjaFlower": 72,
    "PoorStory": 69,
    "EastSeaDokdo": 83,
    "CrnnBrush": 72,
    "Dongle": 88,
}
"""Face -> font size in px at which its syllables stand about 58 px high."""

_EMBEDDED = tuple(FACES)[:6]
"""The faces the built-in sets were made with: recordings depend on their pixels."""

_PLAIN = tuple(face for face in _EMBEDDED if face != "EastSeaDokdo")
"""The hands in which nobody takes 요 for 묘: those a newcomer sees first."""

_TILE = 128
"""Side of the square that one syllable is drawn and turned in; room for any turn of it."""
_LEFT, _BASELINE = 28, 88
_CENTRE = (64.0, 64.0)

_CACHE_BYTES = 128 * 2**20


class SynthDataset:
    """`count` words; word i is texts[i % len(texts)], in a face and manner drawn at (seed, i)."""

    def __init__(
        self,
        count: int,
        seed: int,
        texts: Sequence[str] | None = None,
        faces: Sequence[str] | None = None,
        name: str = "handwritten-style words",
        source: str = "",
    ) -> None:
        self.name = name
        self.source = source
        self.seed = seed
        self._faces = tuple(faces or _EMBEDDED)
        for face in self._faces:
            if face not in FACES:
                raise DatasetError(f"there is no face {face}; choose from {', '.join(FACES)}")
        words = tuple(texts) if texts is not None else _mixed(WORDS, seed)
        self.texts = tuple(words[index % len(words)] for index in range(count))
        self.faults: tuple[Fault, ...] = ()
        self._cache: ArrayCache[int, U8] = ArrayCache(_CACHE_BYTES)

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.sample(index) for index in range(len(self)))

    def __len__(self) -> int:
        return len(self.texts)

    def sample(self, index: int) -> Sample:
        """Raises DatasetError where the face has no glyph for a character of the text."""
        text = self.texts[index]
        return Sample(f"word-{index:05d}", text, self._cache.get(index, lambda: self._draw(index)))

    def _draw(self, index: int) -> U8:
        chance = rng(self.seed, index, "synth")
        face = self._faces[int(chance.integers(len(self._faces)))]
        return draw_word(self.texts[index], face, chance)


def _mixed(words: tuple[str, ...], seed: int) -> tuple[str, ...]:
    order = rng(seed, 0, "synth-texts").permutation(len(words))
    return tuple(words[position] for position in order.tolist())


def embedded() -> SynthDataset:
    """The set that is there without any data of the user's: 2,000 words."""
    return SynthDataset(2000, seed=1, name="embedded words", source="embedded")


def lesson() -> SynthDataset:
    """The 64 words of the first lesson, 1 to 6 syllables."""
    return SynthDataset(
        len(LESSON), seed=2, texts=LESSON, faces=_PLAIN, name="first lesson", source="lesson"
    )


def seed_words() -> SynthDataset:
    """32 words of 2 and 3 syllables that fit preset seed's 8 timesteps in compatibility jamo."""
    return SynthDataset(
        len(SEED), seed=3, texts=SEED, faces=_PLAIN, name="seed words", source="words32"
    )


def draw_word(text: str, face: str, chance: np.random.Generator) -> U8:
    """gray_HW of `text` by one hand: bright paper, cropped to the ink with a small margin.

    Raises DatasetError naming the character that `face` has no glyph for.
    """
    ink = _weighted(_written(text, face, chance), chance)
    box = ink.getbbox()
    if box is None:
        raise DatasetError(f"{text!r} has nothing to draw; give a text that is not blank")
    left, top, right, bottom = chance.integers(3, 9, 4).tolist()
    ink = ink.crop((box[0] - left, box[1] - top, box[2] + right, box[3] + bottom))
    return _on_paper(ink, chance)


@lru_cache(maxsize=16)
def _font(face: str) -> ImageFont.FreeTypeFont:
    file = assets.path("fonts", f"{face}.woff2")
    return ImageFont.truetype(str(file), FACES[face], layout_engine=ImageFont.Layout.BASIC)


def _written(text: str, face: str, chance: np.random.Generator) -> Image.Image:
    """The syllables one after the other, ink 255; each a little other in size, place and turn."""
    slant = float(chance.normal(0, 0.07))
    stretch = float(chance.uniform(0.92, 1.08))
    tracking = float(chance.uniform(0.94, 1.08))
    slope = float(chance.normal(0, 0.012))
    page = Image.new("L", (_TILE + math.ceil(len(text) * _TILE), 2 * _TILE))
    x = 0.0
    for character in text:
        size = float(chance.normal(1, 0.05))
        turn = float(chance.normal(0, 0.035))
        shift_x, shift_y = chance.normal(0, (1.2, 2.0)).tolist()
        tile = _turned(_glyph(character, face), stretch * size, size, slant, turn)
        at = (round(x + shift_x) + 8, round(shift_y - slope * x) + _TILE // 2)
        held = page.crop((*at, at[0] + _TILE, at[1] + _TILE))
        page.paste(ImageChops.lighter(held, tile), at)
        x += _font(face).getlength(character) * stretch * tracking * size
    return page


def _glyph(character: str, face: str) -> Image.Image:
    """One character on a tile. The cut faces draw nothing for a character they do not have."""
    tile = Image.new("L", (_TILE, _TILE))
    ImageDraw.Draw(tile).text((_LEFT, _BASELINE), character, 255, _font(face), anchor="ls")
    if tile.getbbox() is None and not character.isspace():
        raise DatasetError(
            f"face {face} has no glyph for {character!r} (U+{ord(character):04X}); "
            "use KS X 1001 syllables, jamo or ASCII"
        )
    return tile


def _turned(
    tile: Image.Image, scale_x: float, scale_y: float, slant: float, turn: float
) -> Image.Image:
    """`tile` scaled, sheared and turned about its centre; Pillow wants the map from new to old."""
    cos, sin = math.cos(turn), math.sin(turn)
    shear = np.array([[1, -slant], [0, 1]])
    forward = np.array([[cos, sin], [-sin, cos]]) @ shear @ np.diag([scale_x, scale_y])
    back = np.linalg.inv(forward)
    x, y = np.array(_CENTRE) - back @ np.array(_CENTRE)
    (a, b), (c, d) = back.tolist()
    size = (_TILE, _TILE)
    method = Image.Transform.AFFINE
    return tile.transform(size, method, (a, b, float(x), c, d, float(y)), Image.Resampling.BILINEAR)


def _weighted(ink: Image.Image, chance: np.random.Generator) -> Image.Image:
    """A thinner or thicker pen: blur, then cut the blurred edge nearer to the core or farther."""
    box = ink.getbbox()
    if box is None:
        return ink
    near = ink.crop((box[0] - 8, box[1] - 8, box[2] + 8, box[3] + 8))
    level = float(chance.uniform(70, 135))
    soft = float(chance.uniform(1.6, 3.0))
    curve = [round(min(255.0, max(0.0, 128 + (v - level) * soft))) for v in range(256)]
    curve[0] = 0
    return near.filter(ImageFilter.GaussianBlur(1.3)).point(curve)


def _on_paper(ink: Image.Image, chance: np.random.Generator) -> U8:
    """Ink to grey levels: dark ink, tinted paper, a slight blur and grain."""
    paper = float(chance.uniform(215, 252))
    dark = float(chance.uniform(15, 95))
    blurred = ink.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.2, 0.9))))
    ink_HW = np.asarray(blurred, np.float32) / np.float32(255)
    grain_HW = chance.standard_normal(ink_HW.shape, np.float32)
    grey_HW = paper + (dark - paper) * ink_HW + float(chance.uniform(1, 5)) * grain_HW
    return frozen(np.clip(np.rint(grey_HW), 0, 255).astype(np.uint8))
