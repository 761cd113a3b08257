"""Shipped fonts, judged by what they draw: a character map may point at empty glyphs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import ImageFont

import assets
from crnn.data.synth import FACES

KS_SYLLABLES = [
    bytes((lead, trail)).decode("euc_kr")
    for lead in range(0xB0, 0xC9)
    for trail in range(0xA1, 0xFF)
]
JAMO = [chr(code) for code in range(0x3131, 0x3164)]

SCREEN = (
    "NanumSquareR.ttf",
    "NanumSquareB.ttf",
    "NanumGothic.ttf",
    "Inter-Regular.otf",
    "Inter-SemiBold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Medium.ttf",
)


def font(file: str) -> ImageFont.FreeTypeFont:
    path = str(assets.path("fonts", file))
    return ImageFont.truetype(path, 24, layout_engine=ImageFont.Layout.BASIC)


def drawn(face: ImageFont.FreeTypeFont, character: str) -> bytes:
    return bytes(face.getmask(character))


def empty(face: ImageFont.FreeTypeFont, characters: list[str]) -> list[str]:
    return [c for c in characters if not any(drawn(face, c))]


@pytest.mark.parametrize("name", FACES)
def test_every_hand_draws_the_syllables_of_ks_x_1001_and_the_jamo(name: str) -> None:
    some = np.random.default_rng(len(name)).choice(KS_SYLLABLES, 200, replace=False).tolist()
    assert len(KS_SYLLABLES) == 2350
    assert empty(font(f"{name}.woff2"), some + JAMO) == []


@pytest.mark.parametrize("name", FACES)
def test_every_hand_draws_ascii(name: str) -> None:
    lacking = "`" if name == "Gaegu" else ""
    ascii_marks = [chr(code) for code in range(0x21, 0x7F)]
    assert empty(font(f"{name}.woff2"), ascii_marks) == list(lacking)


def test_the_font_of_data_texts_draws_syllables_that_others_leave_empty() -> None:
    assert empty(font("NanumGothic.ttf"), list("뵊갂") + JAMO) == []
    assert empty(font("NanumSquareR.ttf"), list("뵊갂")) == list("뵊갂")


@pytest.mark.parametrize("file", [name for name in SCREEN if not name.startswith("Nanum")])
def test_the_latin_fonts_draw_numbers_greek_and_signs(file: str) -> None:
    face = font(file)
    boxed = drawn(face, "\uffff")
    missing = [c for c in "0123456789αβγδσΣ−×≤≥≈√∞→←·…±" if drawn(face, c) == boxed]
    assert missing == []


def test_every_font_has_a_licence_text_with_its_copyright() -> None:
    folder = assets.path("fonts", "LICENSES")
    files = [p for p in assets.path("fonts").iterdir() if p.suffix in (".ttf", ".otf", ".woff2")]
    assert {p.name for p in files} == {*SCREEN, *(f"{name}.woff2" for name in FACES)}
    for path in files:
        family = re.sub(r"^(NanumSquare)[RB]$", r"\1", path.stem.partition("-")[0])
        text = (folder / f"{family}.txt").read_text("utf-8")
        assert text.startswith("Copyright"), family
        assert "SIL OPEN FONT LICENSE Version 1.1" in text


def test_a_cut_face_does_not_carry_a_reserved_name() -> None:
    assert font("CrnnPen.woff2").getname() == ("Crnn Pen", "Regular")


def test_the_fonts_stay_small() -> None:
    total_bytes = sum(p.stat().st_size for p in assets.path("fonts").rglob("*") if p.is_file())
    assert total_bytes < 10 * 2**20
