"""Opening: from a command to an open run, and where it is recorded; saving is its way back.

The data a checkpoint or a recording is opened with: the set named in the command, else the one it
was made from, open now or found again by its source and proven by its fingerprint.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from crnn import checkpoint
from crnn.data.dataset import Dataset
from crnn.data.sources import is_drawn, open_source
from crnn.data.synth import lesson
from crnn.debug import capture, shelf
from crnn.debug.messages import Load, Loaded, NewRun, OverfitBatch, Restart
from crnn.debug.recording import open_run
from crnn.debug.runs import drawn_otherwise
from crnn.debug.session import Builder, Session
from crnn.errors import CrnnError, DatasetError, EditError, RecordingError

Opening = NewRun | Restart | OverfitBatch | Load


class Opener:
    """Opens runs. `root`: the shelf of unnamed runs (None: nothing is recorded); `first`: the
    directory of the first run, in place of one on the shelf."""

    def __init__(self, root: Path | None, first: Path | None, budget_bytes: int) -> None:
        self._root = root
        self._first = first
        self._builder = Builder(budget_bytes)

    def open(self, command: Opening, session: Session | None) -> tuple[Session, Loaded | None]:
        """The run that `command` asks for; `session` is the one open now, and is left as it is.

        Raises CrnnError of every kind.
        """
        if isinstance(command, NewRun):
            return self._new(command), None
        if isinstance(command, Load):
            if capture.is_capture(command.path):
                return self._unpacked(command, session)
            reopen = self._reopened if command.path.is_dir() else self._loaded
            return reopen(command, session)
        if session is None:
            raise RecordingError("no run is open; start one with New run")
        if isinstance(command, OverfitBatch):
            return self._builder.overfit(session, self._directory()), None
        info = session.root.info
        again = NewRun(info.config, session.root.timeline.data.dataset, info.name)
        return self._new(again), None

    def tidy(self, session: Session) -> None:
        """Remove the oldest unnamed runs past the shelf's bounds. Raises RecordingError."""
        if self._root is not None:
            shelf.prune_unnamed(self._root, spare=Path(session.info.directory))

    def _new(self, command: NewRun) -> Session:
        return self._builder.new(command.config, command.dataset, command.name, self._directory())

    def _loaded(self, command: Load, session: Session | None) -> tuple[Session, Loaded]:
        path = command.path
        found = checkpoint.load(path)
        dataset = command.dataset or _original(found.source, found.fingerprint, session)
        if dataset is None and is_drawn(found.source):
            dataset = open_source(found.source)
        if dataset is None:
            dataset = lesson() if session is None else session.root.timeline.data.dataset
        opened = self._builder.loaded(found, dataset, path.stem, self._directory())
        notes = []
        if found.kind == "weights":
            notes.append("the file holds weights alone, so a fresh optimiser starts here")
        if found.fingerprint and found.fingerprint != dataset.fingerprint:
            is_same = found.source == dataset.source and is_drawn(found.source)
            notes.append(
                f"it was trained on {dataset.name} as another version of this program draws them"
                if is_same
                else f"it was trained on other data than {dataset.name}"
            )
        return opened, Loaded(path, found.step, "; ".join(notes))

    def _reopened(self, command: Load, session: Session | None) -> tuple[Session, Loaded]:
        directory = command.path
        header = open_run(directory).header
        dataset = command.dataset
        if dataset is None:
            dataset = _original(header.data_source, header.data_fingerprint, session)
        if dataset is None:
            dataset = capture.data_of(header, directory)
        if dataset is None and is_drawn(header.data_source):
            raise RecordingError(drawn_otherwise(directory, header.data_name))
        if dataset is None:
            raise RecordingError(
                f"{directory}: was recorded on {header.data_name!r}; open that data first"
            )
        opened = self._builder.reopened(directory, dataset)
        return opened, Loaded(directory, opened.here.step, "the recording goes on from here")

    def _unpacked(self, command: Load, session: Session | None) -> tuple[Session, Loaded]:
        """An exported run, made a directory again, and what is to be known of it here."""
        directory = self._directory()
        if directory is None:
            raise RecordingError(f"{command.path}: there is no place to unpack it to")
        capture.unpack(command.path, directory)
        said = capture.about(directory)
        try:
            opened, _ = self._reopened(Load(directory, command.dataset), session)
        except CrnnError:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        return opened, Loaded(command.path, opened.here.step, "; ".join(said))

    def _directory(self) -> Path | None:
        first, self._first = self._first, None
        if first is not None:
            return first
        return None if self._root is None else shelf.new_directory(self._root)


def save(session: Session, path: Path) -> None:
    """Write the state on screen as a full checkpoint. Raises CheckpointError."""
    info, dataset = session.info, session.owner.timeline.data.dataset
    checkpoint.save(
        path,
        session.here,
        info.config,
        fingerprint=dataset.fingerprint,
        source=dataset.source,
    )


def _original(source: str, fingerprint: str, session: Session | None) -> Dataset | None:
    """The set that has this fingerprint: the one that is open, or the one at `source`."""
    if session is not None and session.root.timeline.data.dataset.fingerprint == fingerprint:
        return session.root.timeline.data.dataset
    if not source:
        return None
    try:
        found = open_source(source)
    except (DatasetError, EditError):
        return None  # moved or gone; the caller says what that means
    return found if found.fingerprint == fingerprint else None
