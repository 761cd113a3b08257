"""A finished data folder looked at as a whole: what is in it, what is wrong, what fits a preset.

Every picture is read once, one at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crnn.data.census import LabelCount
from crnn.data.dataset import Fault
from crnn.data.folder import FileDataset, open_folder
from crnn.data.manifest import SPLITS, SUFFIX, ManifestDataset, splits_of
from crnn.data.meeting import misfit
from crnn.data.picture import PictureDataset, is_picture
from crnn.data.prepare import InputSpec
from crnn.errors import DatasetError
from crnn.text.hangul import Alphabet


@dataclass(frozen=True, slots=True)
class Judge:
    """A preset as far as samples meet it."""

    name: str
    spec: InputSpec
    alphabet: Alphabet
    stride: int


@dataclass(slots=True)
class Verdict:
    """How many samples a Judge can use; the misfits by kind; its alphabet against the labels."""

    labels: LabelCount
    usable: int = 0
    misfits: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Examination:
    """`lengths` in characters, `sizes` as (height, width), `verdicts` by the Judge's name.

    `faults` are those of the files themselves and, where one judge was asked for, its misfits.
    """

    samples: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    usable: int = 0

    @property
    def squashed(self) -> int:
        """Pictures of exactly the size that most have, where that size is square."""
        if not self.sizes:
            return 0
        (height, width), count = self.sizes.most_common(1)[0]
        return count if height == width else 0


def parts(path: Path, part: str = "") -> dict[str, FileDataset]:
    """What is at `path`: a data folder, or its train and val; a manifest's parts, or the one named;
    a picture. Parts without files are left out.

    Raises DatasetError where there is none, or where one has no pair at all.
    """
    if path.suffix.lower() == SUFFIX and not path.is_dir():
        splits = [part] if part else splits_of(path) or ["train"]
        return {split: ManifestDataset(path, split) for split in splits}
    if is_picture(path) and not path.is_dir():
        return {path.name: PictureDataset(path)}
    if (path / "images").is_dir():
        return {path.resolve().name: open_folder(path)}
    found: dict[str, FileDataset] = {
        split: open_folder(path, split)
        for split in ([part] if part else SPLITS)
        if (path / split / "images").is_dir() and _has_files(path / split)
    }
    if not found:
        raise DatasetError(
            f"{path} holds no data; a data folder holds images/NAME.png and labels/NAME.txt, or "
            "train and val folders that do"
        )
    return found


def _has_files(folder: Path) -> bool:
    return any(
        next((folder / part).iterdir(), None) is not None
        for part in ("images", "labels")
        if (folder / part).is_dir()
    )


def examine(
    datasets: dict[str, FileDataset],
    judges: Sequence[Judge],
    asked: str | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> Examination:
    """Read every sample of `datasets` (by split). `asked` names the judge whose misfits are faults.

    `progress` gets the number of samples read so far.
    """
    verdicts = {judge.name: Verdict(LabelCount(judge.alphabet)) for judge in judges}
    made = Examination(verdicts=verdicts)
    for split, dataset in datasets.items():
        made.samples[split] = len(dataset)
        made.faults += dataset.faults
        for index in range(len(dataset)):
            _examine(made, dataset, index, judges, asked)
            progress(made.lengths.total())
    return made


def _examine(
    made: Examination,
    dataset: FileDataset,
    index: int,
    judges: Sequence[Judge],
    asked: str | None,
) -> None:
    text = dataset.texts[index]
    made.lengths[len(text)] += 1
    made.characters.update(text)
    try:
        sample = dataset.sample(index)
    except DatasetError as error:
        made.faults.append(Fault(index, dataset.names[index], "unreadable_image", str(error)))
        return
    height, width = sample.gray_HW.shape
    made.sizes[height, width] += 1
    fits = bool(text)
    if not text and index not in {fault.index for fault in dataset.faults}:
        made.faults.append(Fault(index, sample.name, "empty_text", "the label is empty"))
    for judge in judges if text else ():
        found = misfit(text, (height, width), judge.spec, judge.alphabet, judge.stride)
        verdict = made.verdicts[judge.name]
        if found is None:
            verdict.usable += 1
        else:
            verdict.misfits[found[0]] += 1
        verdict.labels.add(text)
        if found is not None and judge.name == asked:
            fits = False
            made.faults.append(Fault(index, sample.name, *found))
    made.usable += fits


def lost(path: Path, datasets: dict[str, FileDataset], part: str = "") -> list[Fault]:
    """What the manifest of an import lists, of `part` where one is named, and the folders have not
    got, label and picture both.

    Raises DatasetError where the manifest is damaged.
    """
    manifest = path / "manifest.jsonl"
    if not manifest.is_file():
        return []
    names = {
        split: {*dataset.names, *(fault.name for fault in dataset.faults)}
        for split, dataset in datasets.items()
    }
    found: list[Fault] = []
    try:
        with manifest.open(encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                if part not in ("", entry["split"]):
                    continue
                if entry["name"] not in names.get(entry["split"], ()):
                    detail = f"{manifest} lists it in {entry['split']}; import again"
                    found.append(Fault(-1, entry["name"], "missing_image", detail))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{manifest} is damaged ({error}); import into a new folder") from error
    return found


def percentile(counts: Counter[int], percent: float) -> int:
    """The least value that at least `percent` of 100 of the counted are not above; 0 for none."""
    wanted, seen = counts.total() * percent / 100, 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return 0
