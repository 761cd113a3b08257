"""The names of what can be wrong with a data set on disk, and how a fault is told.

One vocabulary for the import and for `verify`. Nothing is dropped without one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ImportFaultKind = Literal[
    "missing_image",
    "missing_label",
    "unreadable_image",
    "unreadable_archive",
    "bad_json",
    "empty_box",
    "box_clamped",
    "box_outside",
    "too_wide",
    "dont_care",
    "empty_text",
    "duplicate_stem",
]


@dataclass(frozen=True, slots=True)
class ImportFault:
    """`file` is the path below the source, through a zip where it lies in one; `value` is what
    was found there. box_clamped was written, all others were not."""

    kind: ImportFaultKind
    file: str
    value: str


def table(counts: Mapping[str, int], examples: Mapping[str, str]) -> list[str]:
    """Lines of a summary: kind, count, and one example of each."""
    if not counts:
        return ["no faults"]
    wide = max(len(kind) for kind in counts)
    return [
        f"  {kind:<{wide}}  {count:>9,}  {_cut(examples.get(kind, ''))}".rstrip()
        for kind, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _cut(text: str, most: int = 110) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 3]}..."
