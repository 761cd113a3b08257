"""Colours by role and the data scales, dark and light: the only file that names a colour.

Roles: bg0..bg3 and canvas are surfaces, t1..t3 text, acc the one accent. Colour otherwise means
data or trouble. Zero of every scale equals the canvas, so quiet data looks quiet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Lut = NDArray[np.uint32]


def _ramp(stops: str, n: int = 256) -> Lut:
    """n colours 0xFFRRGGBB, linear in sRGB between the hex stops."""
    rgb = np.array([[int(s[i : i + 2], 16) for i in (0, 2, 4)] for s in stops.split()], float)
    at = np.linspace(0, len(rgb) - 1, n)
    channels = [np.interp(at, np.arange(len(rgb)), rgb[:, c]).round() for c in range(3)]
    r, g, b = (channel.astype(np.uint32) for channel in channels)
    lut: Lut = np.uint32(0xFF000000) | (r << np.uint32(16)) | (g << np.uint32(8)) | b
    lut.setflags(write=False)
    return lut


@dataclass(frozen=True)
class Theme:
    """Every colour of one theme as #rrggbb, and its look-up tables (RGB32, 256 entries).

    signed: -1..1, blue minus, orange plus. positive: its upper half, for what cannot be negative.
    probability: 0..1. ink: paper to foreground. blank: canvas to the blank grey.
    curves: of watches, one after the other; none is a role's, so none says good or bad.
    """

    name: str
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    canvas: str
    line: str
    line2: str
    t1: str
    t2: str
    t3: str
    acc: str
    accfill: str
    accbg: str
    past: str
    pastbg: str
    onpast: str
    live: str
    rec: str
    err: str
    warn: str
    ok: str
    blank: str
    path: str
    pathhalo: str
    cursor: str
    halo: str
    halo_alpha: float
    curves: tuple[str, ...]
    signed_stops: str
    probability_stops: str
    signed: Lut = field(init=False)
    positive: Lut = field(init=False)
    probability: Lut = field(init=False)
    ink: Lut = field(init=False)
    grey: Lut = field(init=False)

    def __post_init__(self) -> None:
        stops = self.signed_stops.split()
        tables = {
            "signed": self.signed_stops,
            "positive": " ".join(stops[len(stops) // 2 :]),
            "probability": self.probability_stops,
            "ink": f"{self.canvas[1:]} {self.t1[1:]}",
            "grey": f"{self.canvas[1:]} {self.blank[1:]}",
        }
        for name, text in tables.items():
            object.__setattr__(self, name, _ramp(text))


DARK = Theme(
    name="dark",
    bg0="#0C0E11", bg1="#15181D", bg2="#1B1F25", bg3="#262B33", canvas="#0E1116",
    line="#282D35", line2="#3B424D", t1="#E7EAEF", t2="#ABB2BD", t3="#8D96A3",
    acc="#A5A0FF", accfill="#5B56D0", accbg="#25264A",
    past="#F2B84B", pastbg="#3A2D12", onpast="#1B1405",
    live="#3CC98F", rec="#FF6B66", err="#FF7A75", warn="#E8C547", ok="#8299AD", blank="#8D95A1",
    path="#FF74B8", pathhalo="#0E1116", cursor="#FFFFFF", halo="#000000", halo_alpha=0.65,
    curves=("#62C7CE", "#F08A4B", "#6AA9F0", "#B5C35A", "#D58AD0", "#C4A484"),
    signed_stops="7FBDF7 3B86DB 1D4679 0E1116 7E3714 E57530 FFBE8C",
    probability_stops="0E1116 12303A 175A60 2E9488 86D9B8 F2FFF4",
)  # fmt: skip

LIGHT = Theme(
    name="light",
    bg0="#D9DDE3", bg1="#FFFFFF", bg2="#F3F4F7", bg3="#E6E9EE", canvas="#FAFBFC",
    line="#DDE1E6", line2="#B6BDC8", t1="#14171C", t2="#454D59", t3="#5C6470",
    acc="#4A44C6", accfill="#5B56D0", accbg="#E6E5FB",
    past="#8A5A00", pastbg="#FFEBC2", onpast="#FFFFFF",
    live="#0A7350", rec="#BE1537", err="#BE1537", warn="#7D6000", ok="#566B7E", blank="#656D79",
    path="#B80F6E", pathhalo="#FFFFFF", cursor="#14171C", halo="#FFFFFF", halo_alpha=0.80,
    curves=("#0E7C86", "#B4530F", "#2463B0", "#66740C", "#97408F", "#7A5C3A"),
    signed_stops="0B3F85 2F78CC 9FC4EA FAFBFC F2B98F D2600F 7E3200",
    probability_stops="FAFBFC D3ECE6 8CCDC0 33968F 0D5F66 04262E",
)  # fmt: skip

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}
