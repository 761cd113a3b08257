"""synth: written words as a data folder, images/NAME.png and labels/NAME.txt.

The folder holds what `--data synth:COUNT:SEED` trains on without files, pixel for pixel. With
--text, one text by COUNT writers instead; with --sheet, a contact sheet of 200 of them. --manner
chooses the hands, as the sources wild:, loose:, face: and real: do.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

from PIL import Image

from crnn.commands import console
from crnn.data.census import spread
from crnn.data.contact_sheet import SHEET_SAMPLES, save_sheet
from crnn.data.dataset import Dataset
from crnn.data.written import Manner, WrittenDataset, by_writers
from crnn.errors import CrnnError, DatasetError


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("synth", __doc__ or "")
    parser.add_argument("--out", metavar="DIR", help="a new or empty folder")
    parser.add_argument("--sheet", metavar="FILE.png", help="draw a contact sheet")
    parser.add_argument("--count", metavar="N", type=int, required=True)
    parser.add_argument("--seed", metavar="S", type=int, default=1)
    parser.add_argument("--text", metavar="TEXT", help="this text alone, by COUNT writers")
    parser.add_argument("--manner", choices=get_args(Manner), default="synth", help="whose hands")
    options = parser.parse_args(argv)
    if not options.out and not options.sheet:
        parser.error("give --out DIR, --sheet FILE.png, or both")
    if options.sheet and Path(options.sheet).suffix.lower() != ".png":
        parser.error(f"--sheet is {options.sheet}; it must end in .png")
    begin = time.perf_counter()
    try:
        dataset: Dataset = WrittenDataset(options.count, options.seed, options.manner)
        if options.text:
            dataset = by_writers(options.text, options.count, options.seed, options.manner)
        if options.out:
            export(dataset, Path(options.out))
        if options.sheet:
            chosen = spread(len(dataset), SHEET_SAMPLES)
            save_sheet([dataset.sample(index) for index in chosen], Path(options.sheet))
    except CrnnError as error:
        return console.failed(error)
    except KeyboardInterrupt:
        console.say(f"stopped; {options.out} holds the words written so far")
        return 1
    values = {
        "written": len(dataset),
        "seed": options.seed,
        "out": options.out,
        "sheet": options.sheet,
        "images_per_s": len(dataset) / (time.perf_counter() - begin),
    }
    places = " and ".join(place for place in (options.out, options.sheet) if place)
    lines = f"{len(dataset):,} words written to {places}"
    console.result(values, as_json=options.json, lines=lines)
    return 0


def export(dataset: Dataset, out: Path) -> None:
    """Write every sample into `out`. Raises DatasetError where it is not empty or not writable."""
    images, labels = out / "images", out / "labels"
    try:
        if out.exists() and any(out.iterdir()):
            raise DatasetError(f"{out} is not empty; give a new or empty folder")
        images.mkdir(parents=True)
        labels.mkdir()
        for index in range(len(dataset)):
            sample = dataset.sample(index)
            (labels / f"{sample.name}.txt").write_text(sample.text + "\n", "utf-8")
            Image.fromarray(sample.gray_HW).save(images / f"{sample.name}.png", compress_level=1)
            if index % 1000 == 999:
                console.progress(f"{index + 1:,} of {len(dataset):,} words")
    except OSError as error:
        raise DatasetError(f"{out}: cannot be written ({error}); choose another folder") from error
