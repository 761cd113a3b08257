"""Capture: a run as one file, for another machine, and what is known of how it will replay there.

One idea: the file is a stored zip of the run directory and of nothing else. Each member must have a
name that a run directory has, the size it is declared with and the SHA-256 the manifest gives, so
no path leads out, nothing swells, and nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crnn import durable
from crnn.data.dataset import Dataset
from crnn.data.sources import is_drawn, open_source
from crnn.debug import carried, environment
from crnn.debug.origins import origins
from crnn.debug.recording import Header, Run, open_run
from crnn.debug.runs import drawn_otherwise
from crnn.debug.timeline import Cancelled, Progress
from crnn.errors import CrnnError, DatasetError, RecordingError

SUFFIX = ".crnnrun"
FORMAT = "crnn-debugger-capture/1"
MANIFEST, DATA = "capture.json", "data"
_LONGEST_MANIFEST = 16 << 20
_CHUNK = 1 << 20
_MEMBER = re.compile(
    r"(?:branches/[0-9]{1,6}/)?(?:config\.json|metrics\.bin|journal\.jsonl|points\.json"
    r"|branch\.json|states/step_[0-9]{9}\.safetensors)"
    rf"|{DATA}/(?:samples\.json|pixels\.bin)"
)


Fate = Literal["drawn", "small", "folder", "large"]
"""What becomes of the samples: every machine draws them by itself; they travel along; they are a
folder's, and travel only where asked for, since they may not be the user's to pass on; they are
too large to travel unless asked for."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an exported run holds: `run_bytes` of steps, branches and stored states, and, where they
    travel, `n_samples` pictures of about `data_bytes`. `environment` is where it is exported."""

    name: str
    first_step: int
    head: int
    n_states: int
    n_branches: int
    run_bytes: int
    data_name: str
    n_samples: int
    data: Fate
    data_bytes: int
    environment: Mapping[str, str]


def is_capture(path: Path) -> bool:
    """Whether this is a file to open with `unpack`."""
    return path.is_file() and (path.suffix == SUFFIX or zipfile.is_zipfile(path))


def contents(directory: Path, dataset: Dataset) -> Contents:
    """What an export of the run in `directory`, trained on `dataset`, would hold. Raises
    RecordingError and DatasetError."""
    run = open_run(directory)
    sizes = [(directory / name).stat().st_size for name in _members(directory)]
    return Contents(
        name=run.header.name,
        first_step=run.header.first_step,
        head=run.head,
        n_states=sum(1 for name in _members(directory) if name.endswith(".safetensors")),
        n_branches=len(origins(directory)),
        run_bytes=sum(sizes),
        data_name=dataset.name,
        n_samples=len(dataset),
        data=_fate(dataset),
        data_bytes=carried.n_bytes(dataset),
        environment=environment.describe(),
    )


def export(
    directory: Path,
    dataset: Dataset,
    path: Path,
    *,
    with_data: bool = False,
    progress: Progress | None = None,
) -> str:
    """Write the run in `directory`, trained on `dataset`, to `path`; returns what had to stay
    behind, "" where nothing did. Atomic: what was at `path` stays until all is written.

    `progress` is told (bytes done, bytes in all) and may stop it: raises Cancelled. Raises
    RecordingError and DatasetError.
    """
    held = contents(directory, dataset)
    is_carried = held.data == "small" or (with_data and held.data != "drawn")
    part = path.with_name(f".{path.name}.part")
    carried_in = path.with_name(f".{path.name}.data")
    meter = _Meter(held.run_bytes + 2 * held.data_bytes * is_carried, progress)
    try:
        _require_room(path.parent, meter.total)
        if is_carried:
            carried.write(carried_in, dataset, meter.add)
        files = [(name, directory / name) for name in _members(directory)]
        files += [(f"{DATA}/{file.name}", file) for file in sorted(carried_in.glob("*"))]
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as made:
            sums = {name: _put(made, name, file, meter) for name, file in files}
            made.writestr(MANIFEST, json.dumps({"format": FORMAT, "sha256": sums}, indent=1))
        durable.sync(part)
        durable.replace(part, path)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be written ({error.strerror}); free some space or choose another place"
        ) from error
    finally:
        part.unlink(missing_ok=True)
        shutil.rmtree(carried_in, ignore_errors=True)
    return _note(held, is_carried)


def unpack(path: Path, directory: Path, progress: Progress | None = None) -> None:
    """Make the run directory that `path` holds; `directory` must not be there yet. `progress` as
    for `export`.

    Raises RecordingError where the file is foreign, damaged or unsafe, and Cancelled; then nothing
    is left.
    """
    part = directory.with_name(directory.name + ".part")
    try:
        with zipfile.ZipFile(path) as file:
            sums = _checked(path, file)
            meter = _Meter(sum(info.file_size for info in file.infolist()), progress)
            part.mkdir(parents=True)
            _require_room(part, meter.total)
            for name, expected in sums.items():
                target = part / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if _copied(file, name, target, meter) != expected:
                    raise _refused(path, f"{name} does not match its digest")
        part.replace(directory)
    # All of them are what zipfile raises of hostile or torn files (encrypted: RuntimeError, of an
    # unknown method: NotImplementedError).
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(path, f"it is no whole file ({error})") from error
    except OSError as error:
        raise RecordingError(f"{directory}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    try:
        open_run(directory)
    except RecordingError:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def data_of(header: Header, directory: Path) -> Dataset | None:
    """The data a run was trained on: carried with it, or found by its source; None where neither
    has the recorded fingerprint."""
    for find in (lambda: carried.read(directory / DATA), lambda: open_source(header.data_source)):
        try:
            found = find()
        except CrnnError:
            continue
        if found is not None and found.fingerprint == header.data_fingerprint:
            return found
    return None


def about(directory: Path) -> list[str]:
    """What is in a run and how exact its replay will be here, a sentence each."""
    run = open_run(directory)
    header = run.header
    samples = carried.read(directory / DATA)
    said = [
        f"run {header.name}: steps {header.first_step:,} to {run.head:,}, preset "
        f"{header.config.preset}, seed {header.config.seed}",
        f"{len([*directory.rglob('states/step_*')]):,} stored states, {len(run.edits):,} edits of "
        "the learning rate, "
        f"{len(list(directory.glob('branches/*/branch.json'))):,} branches",
    ]
    if samples is not None:
        said.append(f"data {header.data_name}: {len(samples):,} samples are in it")
    elif data_of(header, directory) is not None:
        said.append(f"data {header.data_name}: not in it, but found here")
    else:
        said.append(f"data {header.data_name}: not in it and not found here; open that data first")
    return [*said, *exactness(run)]


def exactness(run: Run) -> list[str]:
    """How exactly each segment will replay here."""
    here, said = environment.describe(), []
    ends = [*(segment.step for segment in run.segments[1:]), run.head]
    for segment, end in zip(run.segments, ends, strict=True):
        found = environment.differences(segment.environment, here)
        how = "replay is not exact here: " + "; ".join(found) if found else "replay is exact here"
        said.append(f"steps {segment.step:,} to {end:,}: {how}")
    return said


def _fate(dataset: Dataset) -> Fate:
    """What becomes of the samples where nobody asks for more."""
    if carried.is_made_anew(dataset.source):
        return "drawn"
    if carried.is_folder(dataset.source):
        return "folder"
    return "small" if carried.n_bytes(dataset) <= carried.SMALL_BYTES else "large"


def _note(held: Contents, is_carried: bool) -> str:
    if held.data == "folder" and is_carried:
        return f"the samples of {held.data_name} are in it: pass it on only where their terms allow"
    if held.data == "folder":
        return (
            f"the samples of {held.data_name} are not in it, since a data folder may not be "
            "yours to pass on; the other machine needs the same folder"
        )
    if held.data == "large" and not is_carried:
        return f"the samples of {held.data_name} are not in it: they are too large"
    return ""


def _require_room(folder: Path, n_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < n_bytes:
        raise RecordingError(
            f"{folder}: {n_bytes / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free; free "
            "some space or choose another place"
        )


class _Meter:
    """Counts bytes towards `total`. Raises Cancelled where `progress` says so."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total = total
        self._done = 0
        self._progress = progress

    def add(self, n_bytes: int) -> None:
        self._done += n_bytes
        if self._progress is not None and not self._progress(
            min(self._done, self.total), self.total
        ):
            raise Cancelled


def _put(made: zipfile.ZipFile, name: str, file: Path, meter: _Meter) -> str:
    """Copy `file` into the archive; returns its digest."""
    digest = hashlib.sha256()
    with file.open("rb") as source, made.open(zipfile.ZipInfo.from_file(file, name), "w") as sink:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            sink.write(chunk)
            meter.add(len(chunk))
    return digest.hexdigest()


def _members(directory: Path) -> Iterator[str]:
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and _MEMBER.fullmatch(name) and not name.startswith(DATA):
            yield name


def _checked(path: Path, file: zipfile.ZipFile) -> dict[str, str]:
    """The manifest, once every member has been compared with it."""
    infos = {info.filename: info for info in file.infolist()}
    if MANIFEST not in infos or len(infos) != len(file.infolist()):
        raise _refused(path, "it is not a run that CRNN Debugger exported")
    for name, info in infos.items():
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _refused(path, f"{name[:60]} is a link or no file at all, which no run has")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise _refused(path, f"{name[:60]} is packed, which an exported run never is")
    if sum(info.file_size for info in infos.values()) > path.stat().st_size:
        raise _refused(path, "it holds more than its own size")
    if infos[MANIFEST].file_size > _LONGEST_MANIFEST:
        raise _refused(path, "its list of contents is too long")
    try:
        table: dict[str, Any] = json.loads(file.read(MANIFEST))
        sums = {str(name): str(digest) for name, digest in table["sha256"].items()}
        if table["format"] != FORMAT:
            raise _refused(path, f"its format is {table['format']!r}, this program reads {FORMAT}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(path, f"its list of contents cannot be read ({error})") from error
    foreign = sorted(name for name in {*sums, *infos} - {MANIFEST} if not _MEMBER.fullmatch(name))
    if foreign or {*sums, MANIFEST} != set(infos):
        what = foreign[0][:60] if foreign else "what it lists is not what it holds"
        raise _refused(path, f"it holds what no run has ({what})")
    return sums


def _copied(file: zipfile.ZipFile, name: str, target: Path, meter: _Meter) -> str:
    digest = hashlib.sha256()
    with file.open(name) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            sink.write(chunk)
            meter.add(len(chunk))
    return digest.hexdigest()


def _refused(path: Path, why: str) -> RecordingError:
    return RecordingError(f"{path}: cannot be opened: {why}; take another copy")


def require_data(header: Header, directory: Path) -> Dataset:
    """`data_of`, or DatasetError or RecordingError that says what is needed."""
    found = data_of(header, directory)
    if found is None and is_drawn(header.data_source):
        raise RecordingError(drawn_otherwise(directory, header.data_name))
    if found is None:
        raise DatasetError(
            f"{directory}: its data, {header.data_name!r}, is neither in it nor at "
            f"{header.data_source or 'a place it names'}; give it with --data"
        )
    return found
