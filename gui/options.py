"""Options: what the command line says about the window. Plain Python, neither Qt nor NumPy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VIEWS = (
    "image", "features", "rnn", "softmax", "ctc", "samples", "model", "inspect", "source",
    "breakpoints", "data", "augmentation", "draw", "time", "console",
)  # fmt: skip
LAYOUTS = ("learn", "debug", "teach", "compare")


@dataclass(frozen=True)
class Options:
    """One field a flag of `python main.py`; None and -1 mean not given."""

    run: Path | None = None
    checkpoint: Path | None = None
    data: str | None = None
    preset: str | None = None
    seed: int | None = None
    lang: str | None = None
    theme: str | None = None
    layout: str | None = None
    view: str | None = None
    sample: int = -1
    t: int = -1
    screenshot: Path | None = None
    steps: int = 0
    size: tuple[int, int] | None = None


def parse(argv: Sequence[str], commands: Sequence[str]) -> Options:
    """Read the window's arguments. Ends the process with status 2 where one is wrong."""
    words = vars(_parser(commands).parse_args(argv))
    words.update(words.pop("select") or {})
    return Options(**words)


def _parser(commands: Sequence[str]) -> argparse.ArgumentParser:
    listed = ", ".join(commands)
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Watch a NumPy CRNN + CTC learn to read Korean handwriting.",
        epilog=f"Without a window: python main.py COMMAND --help, with COMMAND one of {listed}."
        if listed
        else None,
        allow_abbrev=False,
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--run",
        type=Path,
        metavar="DIR",
        help="record into this directory, or open a recorded or exported run",
    )
    start.add_argument("--checkpoint", type=Path, metavar="FILE", help="train on from this file")
    parser.add_argument("--data", metavar="DIR", help="a folder, a manifest.jsonl, a picture")
    parser.add_argument("--preset", choices=("seed", "word", "line"))
    parser.add_argument("--seed", type=_natural, metavar="N")
    parser.add_argument("--lang", choices=("ko", "en"))
    parser.add_argument("--theme", choices=("light", "dark", "auto"))
    parser.add_argument("--layout", choices=LAYOUTS)
    parser.add_argument("--view", choices=VIEWS, help="show this view alone in its place")
    parser.add_argument("--select", type=_selection, metavar="t=21,sample=3")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="draw the window and exit")
    parser.add_argument("--steps", type=_natural, default=0, metavar="N", help="train so far first")
    parser.add_argument("--size", type=_size, metavar="WxH")
    return parser


def _natural(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= number < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return number


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1920x1080")
    return int(match[1]), int(match[2])


def _selection(text: str) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        if name not in ("t", "sample"):
            raise argparse.ArgumentTypeError(f"{part!r}: only t=… and sample=… can be selected")
        chosen[name] = _natural(value)
    return chosen
