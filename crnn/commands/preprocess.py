"""preprocess: AI Hub's handwriting, unpacked or in its zips, into data folders to train on.

Reads 605 (large handwriting), 023, 025, education, 88, 81 and 105. Writes OUT/train and OUT/val in
the seed's layout, OUT/manifest.jsonl, and every fault by name in OUT/faults.jsonl. Run again after
an interrupt, it goes on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from crnn.commands import console
from crnn.data.aihub.choice import Content, Media
from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.report import ImportOptions, ImportProgress, SplitBy
from crnn.data.prepare import Shape
from crnn.errors import CrnnError

SAY_EVERY_S = 2.0


def main(argv: list[str]) -> int:
    """Run the command; 0 done (faults in the data are data), 1 the work failed or was stopped."""
    options = _parser().parse_args(argv)
    asked = ImportOptions(
        source=Path(options.source),
        out=Path(options.out),
        media=options.media,
        content=options.content,
        shape=options.shape,
        split=options.split,
        workers=options.workers,
    )
    try:
        report = import_sheets(asked, _teller())
    except CrnnError as error:
        return console.failed(error)
    except KeyboardInterrupt:
        console.say(f"stopped; what is finished is kept in {asked.out}: the same command goes on")
        return 1
    console.result(report.values(), as_json=options.json, lines="\n".join(report.lines()))
    return 0


def _teller() -> Callable[[ImportProgress], bool]:
    """Says now and then how far it is; never stops the import."""
    said = time.monotonic()

    def tell(state: ImportProgress) -> bool:
        nonlocal said
        if time.monotonic() - said >= SAY_EVERY_S:
            said = time.monotonic()
            console.progress(_line(state))
        return True

    return tell


def _line(state: ImportProgress) -> str:
    if state.phase == "listing":
        return f"{state.done:,} files found"
    return (
        f"sheet {state.done:,} of {state.total:,}   {state.written:,} words   "
        f"{state.n_faults:,} faults"
    )


def _parser() -> argparse.ArgumentParser:
    parser = console.parser("preprocess", __doc__ or "")
    parser.add_argument("--source", metavar="DIR_OR_ZIP", required=True, help="AI Hub's data")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    parser.add_argument("--media", choices=get_args(Media), default="paper")
    parser.add_argument("--content", choices=get_args(Content), default="free")
    parser.add_argument(
        "--shape",
        choices=get_args(Shape),
        default="square",
        help="square: 32x32 as the seed (default); height: 32 high, aspect kept, for preset word",
    )
    parser.add_argument(
        "--split",
        choices=get_args(SplitBy),
        default="official",
        help="keep AI Hub's split (default), or deal out all by sheet or by writer",
    )
    parser.add_argument("--workers", type=_count, metavar="N", default=0, help="default: all cores")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 64:
        raise argparse.ArgumentTypeError(f"{text} is not 1 to 64")
    return value
