"""verify: re-check a finished data folder: its faults by name, statistics, and a contact sheet.

With --preset, what that preset cannot train on is a fault too; without, the table of presets says
how much each could use.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import name as unicode_name

from crnn.commands import console
from crnn.config import Config, preset
from crnn.data.aihub.faults import table
from crnn.data.census import spread
from crnn.data.contact_sheet import SHEET_SAMPLES, save_sheet
from crnn.data.examination import Examination, Judge, Verdict, examine, lost, parts, percentile
from crnn.data.folder import FileDataset
from crnn.data.manifest import SUFFIX
from crnn.data.sources import part_named
from crnn.debug.runs import fitted
from crnn.errors import CrnnError, DatasetError

PRESETS = ("seed", "word", "line")
LISTED = 1000
SAY_EVERY_S = 2.0


def main(argv: list[str]) -> int:
    """Run the command; 0 done (faults in the data are data), 1 the work failed."""
    parser = console.parser("verify", __doc__ or "")
    parser.add_argument(
        "dir", metavar="DIR",
        help="a data folder, the parent of train and val, a manifest.jsonl, or a picture",
    )  # fmt: skip
    parser.add_argument("--preset", metavar="P", help="judge by seed, word, line or lesson")
    parser.add_argument("--sheet", metavar="FILE.png", help="draw a contact sheet")
    options = parser.parse_args(argv)
    path, part = part_named(options.dir, "")
    if options.sheet and Path(options.sheet).suffix.lower() != ".png":
        parser.error(f"--sheet is {options.sheet}; it must end in .png")
    try:
        names = dict.fromkeys([*PRESETS, *([options.preset] if options.preset else [])])
        configs = [preset(name) for name in names]
        datasets = parts(path, part)
        train = next(iter(datasets.values()))
        configs = [fitted(config, train) for config in configs]
        found = examine(datasets, [_judge(c) for c in configs], options.preset, _teller())
        found.faults += lost(path, datasets, part)
        if options.sheet:
            _draw(datasets, Path(options.sheet))
    except CrnnError as error:
        return console.failed(error)
    asked = next((config for config in configs if config.preset == options.preset), None)
    warnings = list(_warnings(path, part, found, asked))
    values = _values(found, warnings) | {"dir": options.dir, "sheet": options.sheet}
    lines = [*_lines(found), *(f"warning: {text}" for text in warnings)]
    console.result(values, as_json=options.json, lines="\n".join(lines))
    return 0


def _judge(config: Config) -> Judge:
    return Judge(config.preset, config.input, config.alphabet, config.stride)


def _teller() -> Callable[[int], None]:
    said = time.monotonic()

    def tell(n: int) -> None:
        nonlocal said
        if time.monotonic() - said >= SAY_EVERY_S:
            said = time.monotonic()
            console.progress(f"{n:,} samples read")

    return tell


def _warnings(path: Path, part: str, found: Examination, config: Config | None) -> Iterator[str]:
    n = found.sizes.total()
    if config is not None and config.input.shape == "height" and 2 * found.squashed > n:
        (height, width), _ = found.sizes.most_common(1)[0]
        yield (
            f"{found.squashed:,} of {n:,} pictures are {width} x {height}: squashed crops, as "
            f"preset seed wants them; preset {config.preset} keeps the aspect: import again with "
            "--shape height"
        )
    is_whole = not part and ((path / "train").is_dir() or path.suffix == SUFFIX)
    if is_whole and "val" not in found.samples:
        yield "there is no val part; a CER on words that were not trained on needs one"


def _values(found: Examination, warnings: list[str]) -> dict[str, Any]:
    n = found.samples.total()
    return {
        "written": found.usable,
        "skipped": n - found.usable,
        "faults": dict(sorted(Counter(fault.kind for fault in found.faults).items())),
        "samples": dict(found.samples),
        "lengths": {str(length): count for length, count in sorted(found.lengths.items())},
        "characters": dict(found.characters.most_common()),
        "scripts": _scripts(found.characters),
        "widths": _spread(_sides(found, 1)),
        "heights": _spread(_sides(found, 0)),
        "presets": {
            name: {
                "usable": verdict.usable,
                "infeasible": verdict.misfits["too_long"],
                "misfits": dict(verdict.misfits),
                "timesteps_needed": _spread(verdict.labels.needed),
                "symbols": len(verdict.labels.alphabet.symbols),
                "unseen": list(verdict.labels.unseen),
                "foreign": dict(verdict.labels.foreign.most_common()),
                "ambiguous": verdict.labels.n_ambiguous,
                "ambiguous_list": verdict.labels.ambiguous,
            }
            for name, verdict in found.verdicts.items()
        },
        "fault_list": [
            {"kind": fault.kind, "name": fault.name, "detail": fault.detail}
            for fault in found.faults[:LISTED]
        ],
        "warnings": warnings,
    }


def _lines(found: Examination) -> list[str]:
    counts: Counter[str] = Counter(fault.kind for fault in found.faults)
    examples: dict[str, str] = {
        fault.kind: f"{fault.name}: {fault.detail}" for fault in reversed(found.faults)
    }
    split = "   ".join(f"{name} {count:,}" for name, count in found.samples.items())
    scripts = "   ".join(
        f"{name} {share:.1%}" for name, share in _scripts(found.characters).items()
    )
    once = sum(count == 1 for count in found.characters.values())
    lines = [
        f"{found.samples.total():,} samples   {split}",
        f"characters in a label  {_told(found.lengths)}",
        f"{len(found.characters):,} different characters, {once:,} only once   {scripts}",
        f"width  {_told(_sides(found, 1))}   height  {_told(_sides(found, 0))}",
        "preset     usable  not in alphabet  cannot fit T  too wide   timesteps needed",
    ]
    for name, verdict in found.verdicts.items():
        kinds = (verdict.misfits[kind] for kind in ("not_in_alphabet", "too_long", "too_wide"))
        alphabet, long, wide = kinds
        lines.append(
            f"{name:<8} {verdict.usable:>8,} {alphabet:>16,} {long:>13,} {wide:>9,}   "
            f"{_told(verdict.labels.needed)}"
        )
    lines += [line for name, verdict in found.verdicts.items() for line in _alphabet(name, verdict)]
    return [*lines, *table(counts, examples)]


def _alphabet(name: str, verdict: Verdict) -> Iterator[str]:
    """How the preset's alphabet meets the labels: what it lacks, what it cannot tell apart."""
    labels = verdict.labels
    n = len(labels.alphabet.symbols)
    yield f"{name:<8} {n - len(labels.unseen):,} of its {n:,} symbols occur"
    if labels.foreign:
        worst = "  ".join(f"{char} {count:,}" for char, count in labels.foreign.most_common(10))
        yield f"{name:<8} {len(labels.foreign):,} characters are not in its alphabet: {worst}"
    if labels.n_ambiguous:
        label, reads = next(iter(labels.ambiguous.items()))
        yield (
            f"{name:<8} {labels.n_ambiguous:,} labels are ambiguous in its alphabet, as {label}, "
            f"which reads {reads}"
        )


def _sides(found: Examination, axis: int) -> Counter[int]:
    sides: Counter[int] = Counter()
    for size, count in found.sizes.items():
        sides[size[axis]] += count
    return sides


def _spread(counts: Counter[int]) -> dict[str, int]:
    values = {f"p{percent}": percentile(counts, percent) for percent in (5, 50, 95)}
    return {"min": min(counts, default=0), **values, "max": max(counts, default=0)}


def _told(counts: Counter[int]) -> str:
    return "  ".join(f"{name} {value:,}" for name, value in _spread(counts).items())


def _scripts(characters: Counter[str]) -> dict[str, float]:
    """Shares of what is written, most first: hangul, hanja, digits, latin, other."""
    counts: Counter[str] = Counter()
    for char, count in characters.items():
        counts[_script(char)] += count
    return {name: count / counts.total() for name, count in counts.most_common()}


def _script(char: str) -> str:
    if char.isdecimal():
        return "digits"
    word = unicode_name(char, "").split(" ", 1)[0]
    return {"HANGUL": "hangul", "CJK": "hanja", "LATIN": "latin"}.get(word, "other")


def _draw(datasets: dict[str, FileDataset], path: Path) -> None:
    """Samples of all parts, spread evenly; those that cannot be read are left out."""
    places = [(dataset, index) for dataset in datasets.values() for index in range(len(dataset))]
    samples = []
    for chosen in spread(len(places), SHEET_SAMPLES):
        dataset, index = places[chosen]
        try:
            samples.append(dataset.sample(index))
        except DatasetError:
            continue  # among the faults, by name
    save_sheet(samples, path)
