"""What an import is asked for, says while it runs, and says at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from crnn.data.aihub.choice import Content, Media
from crnn.data.aihub.faults import ImportFault, table
from crnn.data.prepare import Shape

SplitBy = Literal["official", "sheet", "writer"]
Phase = Literal["listing", "cutting"]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`split`: "official" keeps AI Hub's own split and deals out by sheet what has none; "sheet"
    and "writer" deal out everything, by a fixed order of the sheets or of their writers.
    `workers`: processes; 0 for one a core."""

    source: Path
    out: Path
    media: Media = "paper"
    content: Content = "free"
    shape: Shape = "square"
    split: SplitBy = "official"
    workers: int = 0


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """While listing, `done` counts files and `total` is 0; then both count sheets."""

    phase: Phase
    done: int
    total: int
    written: int
    n_faults: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What lies in `out` now, earlier runs included.

    `written` counts crops and `skipped` boxes of sheets read that were not written, each of which
    is a fault. `faults` lists the first of each kind; all are in out/faults.jsonl. `filtered`
    sheets were not asked for. `code_differs`: sheets whose document and file name state another
    medium or content; `size_differs`: whose document states another size than the picture has.
    """

    out: Path
    written: int
    skipped: int
    counts: Mapping[str, int]
    faults: tuple[ImportFault, ...]
    sheets: int
    filtered: int
    train: int
    val: int
    code_differs: int
    size_differs: int
    finished: bool
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The summary table for a person."""
        examples: dict[str, str] = {
            fault.kind: f"{PurePosixPath(fault.file).name}: {fault.value}"
            for fault in reversed(self.faults)
        }
        head = "imported" if self.finished else "stopped; the same command goes on from here:"
        return [
            f"{head} {self.written:,} words of {self.sheets:,} sheets into {self.out}   "
            f"train {self.train:,}   val {self.val:,}",
            f"skipped {self.skipped:,} boxes; {self.filtered:,} sheets were not asked for; "
            f"{self.code_differs:,} disagree with their file name, {self.size_differs:,} with the "
            "size of their picture",
            *table(self.counts, examples),
            *self.notes,
        ]

    def values(self) -> dict[str, object]:
        """The report as the command prints it with --json."""
        return {
            "written": self.written,
            "skipped": self.skipped,
            "faults": dict(sorted(self.counts.items())),
            "sheets": self.sheets,
            "filtered": self.filtered,
            "train": self.train,
            "val": self.val,
            "disagreements": self.code_differs,
            "size_disagreements": self.size_differs,
            "finished": self.finished,
            "out": str(self.out),
            "notes": list(self.notes),
        }
