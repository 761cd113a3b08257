"""The memory of an import: which sheets are finished, and the manifest as far as they go.

One line a finished sheet in OUT/.import/journal.jsonl, with the length that the manifest has after
it. On opening, a line that an interrupt cut is dropped, and so is what the manifest has beyond the
last whole line; so an interrupted import that is run again leaves what one in a piece leaves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from crnn.data.aihub.faults import ImportFault
from crnn.data.aihub.one_sheet import Outcome
from crnn.data.aihub.report import ImportOptions
from crnn.errors import DatasetError

FOLDERS = ("train/images", "train/labels", "val/images", "val/labels", ".import")


class Journal:
    """Open for one import at a time; `counts` are over all finished sheets, `done` their stems."""

    def __init__(self, options: ImportOptions) -> None:
        """Raises DatasetError where `out` cannot be written, or holds something else."""
        self.counts: Counter[str] = Counter()
        out = options.out
        self._path = out / ".import" / "journal.jsonl"
        try:
            _claim(out, options)
            manifest_bytes = _mended(self._path)
            self._journal = self._path.open("ab")
            self._manifest: BinaryIO = (out / "manifest.jsonl").open("ab")
            self._manifest.truncate(manifest_bytes)
        except OSError as error:
            raise DatasetError(
                f"{out} cannot be written ({error.strerror}); choose another folder for --out"
            ) from error

    def entries(self) -> Iterator[tuple[str, tuple[ImportFault, ...]]]:
        """Stem and faults of every finished sheet; counts them on the way."""
        with self._path.open("rb") as lines:
            for line in lines:
                entry = json.loads(line)
                self.counts.update(entry["counts"])
                yield entry["stem"], tuple(ImportFault(*fault) for fault in entry["faults"])

    def finish(self, outcome: Outcome) -> None:
        """The sheet's crops are on disk: manifest first, then the line that makes it finished."""
        counts = {
            "sheets": 1,
            "written": len(outcome.manifest),
            "skipped": outcome.skipped,
            outcome.split: len(outcome.manifest),
            "code_differs": int(outcome.code_differs),
            "size_differs": int(outcome.size_differs),
        }
        self.counts.update(counts)
        faults = [[fault.kind, fault.file, fault.value] for fault in outcome.faults]
        try:
            self._manifest.write("".join(f"{line}\n" for line in outcome.manifest).encode())
            self._manifest.flush()
            entry = {"stem": outcome.stem, "manifest_bytes": self._manifest.tell()}
            text = json.dumps(entry | {"counts": counts, "faults": faults}, ensure_ascii=False)
            self._journal.write(f"{text}\n".encode())
            self._journal.flush()
        except OSError as error:
            raise DatasetError(
                f"{self._path} cannot be written ({error.strerror}); make room, then run the same "
                "command again"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()
        self._manifest.close()


def _claim(out: Path, options: ImportOptions) -> None:
    """Make the folders, or see that they are of an import with the same options."""
    rules: dict[str, Any] = {
        name: getattr(options, name) for name in ("media", "content", "shape", "split")
    }
    stated = out / ".import" / "options.json"
    if stated.is_file():
        found = json.loads(stated.read_bytes())
        differ = [name for name in rules if found.get(name) != rules[name]]
        if differ:
            name = differ[0]
            raise DatasetError(
                f"{out} was imported with --{name} {found.get(name)}, not {rules[name]}; "
                "choose another folder for --out, or the same options"
            )
    elif (out / "train").exists() or (out / "val").exists():
        raise DatasetError(
            f"{out} already holds train or val, and not from an import; choose an empty folder"
        )
    for folder in FOLDERS:
        (out / folder).mkdir(parents=True, exist_ok=True)
    for draft in (out / ".import").glob("draft-*"):
        draft.unlink()
    stated.write_text(json.dumps(rules), encoding="utf-8")


def _mended(path: Path) -> int:
    """Cut the journal after its last whole line; the length of the manifest there."""
    whole, manifest_bytes = 0, 0
    path.touch()
    with path.open("r+b") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            manifest_bytes = json.loads(line)["manifest_bytes"]
        lines.truncate(whole)
    return manifest_bytes
