"""Layouts: which panels and docks a preset shows, and how large its type is. Data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

PANELS = ("image", "features", "rnn", "softmax", "ctc")


@dataclass(frozen=True)
class Layout:
    """Names of the docks and centre panels shown, and the type scale."""

    docks: tuple[str, ...]
    panels: tuple[str, ...]
    scale: float = 1.0


LAYOUTS = {
    "learn": Layout(("samples", "inspect", "time"), ("image", "softmax", "ctc")),
    "debug": Layout(("samples", "model", "inspect", "source", "breakpoints", "time"), PANELS),
    "compare": Layout(("inspect", "time"), PANELS),
    "teach": Layout(("samples", "time"), ("image", "features", "softmax", "ctc"), scale=1.35),
}


@dataclass(frozen=True)
class Sizes:
    """Pixels of the side columns and of TIME; `is_wide`: as in the larger mock-up."""

    left: int
    right: int
    time: int
    is_wide: bool


def sizes(width: int, scale: float = 1.0) -> Sizes:
    """The mock-ups' sizes: 1600 px and wider, or below; both grow with the type."""
    is_wide = width >= 1600 * scale
    left, right, time = (248, 384, 140) if is_wide else (188, 288, 112)
    return Sizes(round(left * scale), round(right * scale), round(time * scale), is_wide)
