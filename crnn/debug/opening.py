"""Opening: from a command to an open run, and where it is recorded; saving is its way back.

The data a checkpoint or a recording is opened with: the set that is open now, or one that comes
with the program, recognised by its fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crnn import checkpoint
from crnn.data.dataset import Dataset
from crnn.data.synth import embedded, lesson, seed_words
from crnn.debug import shelf
from crnn.debug.messages import Load, Loaded, NewRun, OverfitBatch, Restart
from crnn.debug.recording import open_run
from crnn.debug.session import Builder, Session
from crnn.errors import RecordingError

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
            if command.path.is_dir():
                return self._reopened(command.path, session)
            return self._loaded(command.path, session)
        if session is None:
            raise RecordingError("no run is open; start one with New run")
        if isinstance(command, OverfitBatch):
            return self._builder.overfit(session, self._directory()), None
        info = session.info
        again = NewRun(info.config, info.data.dataset, info.name)
        return self._new(again), None

    def tidy(self, session: Session) -> None:
        """Remove the oldest unnamed runs past the shelf's bounds. Raises RecordingError."""
        if self._root is not None:
            shelf.prune_unnamed(self._root, spare=Path(session.info.directory))

    def _new(self, command: NewRun) -> Session:
        return self._builder.new(command.config, command.dataset, command.name, self._directory())

    def _loaded(self, path: Path, session: Session | None) -> tuple[Session, Loaded]:
        found = checkpoint.load(path)
        if session is not None:
            dataset = session.info.data.dataset
        else:
            dataset = next(_matching(found.fingerprint, None), None) or embedded()
        opened = self._builder.loaded(found, dataset, path.stem, self._directory())
        notes = []
        if found.kind == "weights":
            notes.append("the file holds weights alone, so a fresh optimiser starts here")
        if found.fingerprint and found.fingerprint != dataset.fingerprint:
            notes.append(f"it was trained on other data than {dataset.name}")
        return opened, Loaded(path, found.step, "; ".join(notes))

    def _reopened(self, directory: Path, session: Session | None) -> tuple[Session, Loaded]:
        header = open_run(directory).header
        dataset = next(_matching(header.data_fingerprint, session), None)
        if dataset is None:
            raise RecordingError(
                f"{directory}: was recorded on {header.data_name!r}; open that data first"
            )
        opened = self._builder.reopened(directory, dataset)
        return opened, Loaded(directory, opened.here.step, "the recording goes on from here")

    def _directory(self) -> Path | None:
        first, self._first = self._first, None
        if first is not None:
            return first
        return None if self._root is None else shelf.new_directory(self._root)


def save(session: Session, path: Path) -> None:
    """Write the state on screen as a full checkpoint. Raises CheckpointError."""
    info = session.info
    checkpoint.save(path, session.here, info.config, fingerprint=info.data.dataset.fingerprint)


def _matching(fingerprint: str, session: Session | None) -> Iterator[Dataset]:
    """The data sets at hand that have this fingerprint."""
    if session is not None and session.info.data.dataset.fingerprint == fingerprint:
        yield session.info.data.dataset
    for built_in in (lesson, embedded, seed_words):
        dataset = built_in()
        if dataset.fingerprint == fingerprint:
            yield dataset
