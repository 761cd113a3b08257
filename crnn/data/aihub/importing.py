"""AI Hub's data on disk -> data folders of the seed's layout, train and val, with one manifest.

Streaming: files are listed into a database, paired by stem, and one sheet a process is in memory.
Resumable: a sheet is finished once the journal has it. Every crop comes from the same pure function
of its sheet, so neither the number of processes nor an interrupt nor zips change a byte.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

from crnn.data.aihub.choice import Choice
from crnn.data.aihub.faults import ImportFault
from crnn.data.aihub.index import Index
from crnn.data.aihub.journal import Journal
from crnn.data.aihub.members import find
from crnn.data.aihub.one_sheet import Outcome, Rules, Task, import_sheet, write_whole
from crnn.data.aihub.pool import ordered
from crnn.data.aihub.report import ImportOptions, ImportProgress, ImportReport
from crnn.errors import DatasetError

LISTED = 200
"""Faults of each kind that a report holds in memory; faults.jsonl has them all."""

VAL_SHARE = 0.1
SMALL = 8
"""Sheets up to which one process is quicker than starting more."""

_EVERY_FILES = 5000

Progress = Callable[[ImportProgress], bool]


def import_sheets(options: ImportOptions, progress: Progress = lambda _: True) -> ImportReport:
    """Import, or go on importing, into options.out.

    `progress` is called after every sheet, and now and then while files are listed; where it
    returns False the import stops, and the same call goes on later. Raises DatasetError where the
    source has no labels or `out` cannot be used, WorkerDied where a process was ended.
    """
    if not options.source.exists():
        raise DatasetError(f"{options.source}: there is no such folder or zip; check the path")
    with closing(Index()) as index:
        if not _list(options, index, progress):
            raise DatasetError(f"{options.source}: stopped before all its files were listed")
        with Journal(options) as journal:
            return _Import(options, index, journal, progress).run()


def _list(options: ImportOptions, index: Index, progress: Progress) -> bool:
    """Fill `index`; whether to go on."""
    for number, found in enumerate(find(options.source, options.out), start=1):
        if isinstance(found, ImportFault):
            index.add_fault(found)
        else:
            index.add(found)
        if number % _EVERY_FILES == 0 and not progress(ImportProgress("listing", number, 0, 0, 0)):
            return False
    index.seal()
    if not index.count("label"):
        raise DatasetError(
            f"{options.source} holds no label file (NAME.json); give the folder or zip that "
            "AI Hub's download unpacks to"
        )
    return True


class _Import:
    """One import under way."""

    def __init__(
        self, options: ImportOptions, index: Index, journal: Journal, progress: Progress
    ) -> None:
        self._options, self._index, self._journal = options, index, journal
        self._progress = progress
        self._faults: Counter[str] = Counter(fault.kind for fault in index.faults())
        self._filtered = Counter[str]()

    def run(self) -> ImportReport:
        for stem, faults in self._journal.entries():
            self._index.leave_out(stem)
            self._add_faults(faults)
        total = self._index.n_stems()
        todo = self._index.n_todo()
        finished = True
        with closing(ordered(import_sheet, self._tasks(), self._processes(todo))) as outcomes:
            for done, outcome in enumerate(outcomes, start=total - todo + 1):
                self._take(outcome)
                if not self._progress(self._state(done, total)):
                    finished = done == total
                    break
        return self._report(finished)

    def _tasks(self) -> Iterator[Task]:
        options = self._options
        choice = Choice(options.media, options.content)
        by_writer = options.split == "writer"
        below = f"{int(VAL_SHARE * 16**16):016x}"
        rules = Rules(
            out=options.out,
            choice=choice,
            shape=options.shape,
            official=options.split == "official",
            by_writer=by_writer,
            val_below=below if by_writer else self._index.own_split(choice, VAL_SHARE),
        )
        return (Task(pair, rules) for pair in self._index.pairs())

    def _processes(self, todo: int) -> int:
        asked = self._options.workers or os.cpu_count() or 1
        return 1 if todo <= SMALL else max(1, min(asked, todo))

    def _take(self, outcome: Outcome) -> None:
        if outcome.done:
            self._journal.finish(outcome)
        elif outcome.filtered:
            self._filtered["sheets"] += 1
            self._filtered["code_differs"] += outcome.code_differs
        self._add_faults(outcome.faults)

    def _add_faults(self, faults: tuple[ImportFault, ...]) -> None:
        for fault in faults:
            self._faults[fault.kind] += 1
            self._index.add_fault(fault)

    def _state(self, done: int, total: int) -> ImportProgress:
        written = self._journal.counts["written"]
        return ImportProgress("cutting", done, total, written, self._faults.total())

    def _report(self, finished: bool) -> ImportReport:
        out, counts = self._options.out, self._journal.counts
        self._write_faults()
        report = ImportReport(
            out=out,
            written=counts["written"],
            skipped=counts["skipped"],
            counts=dict(self._faults),
            faults=tuple(self._listed()),
            sheets=counts["sheets"],
            filtered=self._filtered["sheets"],
            train=counts["train"],
            val=counts["val"],
            code_differs=counts["code_differs"] + self._filtered["code_differs"],
            size_differs=counts["size_differs"],
            finished=finished,
            notes=tuple(self._notes()),
        )
        values = report.values() | {"source": str(self._options.source)}
        text = json.dumps(values, ensure_ascii=False, indent=1)
        write_whole(out, "import.json", text.encode())
        return report

    def _listed(self) -> Iterator[ImportFault]:
        """So many of each kind that a frequent one hides no other."""
        seen: Counter[str] = Counter()
        for fault in self._index.faults():
            seen[fault.kind] += 1
            if seen[fault.kind] <= LISTED:
                yield fault

    def _write_faults(self) -> None:
        path = self._options.out / "faults.jsonl"
        try:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                for fault in self._index.faults():
                    values = {"kind": fault.kind, "file": fault.file, "value": fault.value}
                    file.write(json.dumps(values, ensure_ascii=False) + "\n")
        except OSError as error:
            raise DatasetError(f"{path} cannot be written ({error.strerror})") from error

    def _notes(self) -> Iterator[str]:
        counts = self._journal.counts
        if not self._index.count("picture"):
            yield "no picture lies below the source: give the folder that holds labels and pictures"
        for split, other in (("train", "val"), ("val", "train")):
            if counts[other] and not counts[split]:
                yield (
                    f"{split} is empty: all sheets are of the other part; give the folder that "
                    "holds both, or --split sheet to deal them out"
                )
        if counts["size_differs"]:
            yield "pictures of another size than their label says may be cut in the wrong places"
