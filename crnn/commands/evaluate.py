"""eval: how well a checkpoint reads a data folder."""

from __future__ import annotations

import time
from dataclasses import dataclass

from crnn.arrays import F32, Params
from crnn.commands import console, searching, sources
from crnn.config import Config
from crnn.data.dataset import Dataset, Sample
from crnn.data.prepare import prepare
from crnn.data.sources import open_source
from crnn.errors import CrnnError, DatasetError
from crnn.model import NO_STATISTICS
from crnn.reading import GREEDY, Reading, Search, read
from crnn.text import score as scoring

WORST = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`worst` is (name, truth, output), most edits first."""

    score: scoring.Score
    ms_per_image: float
    worst: tuple[tuple[str, str, str], ...]


def evaluate(
    config: Config,
    params: Params,
    dataset: Dataset,
    search: Search = GREEDY,
    *,
    statistics: Params = NO_STATISTICS,
) -> Evaluation:
    """Read every picture of `dataset`. Time counts preparing and reading, not file decoding.

    `statistics`: BatchNorm's running ones, where the network has it.

    Raises DatasetError naming the first picture that cannot be read or is too wide.
    """
    samples = [dataset.sample(index) for index in range(len(dataset))]
    begin = time.perf_counter()
    pictures = [_prepared(sample, config) for sample in samples]
    readings: list[Reading] = []
    for reading in read(config, params, pictures, search=search, statistics=statistics):
        readings.append(reading)
        if len(readings) % 256 == 0:
            console.progress(f"read {len(readings):,} of {len(samples):,}")
    seconds = time.perf_counter() - begin
    readings.sort(key=lambda reading: reading.index)
    pairs = [(r.text, s.text) for r, s in zip(readings, samples, strict=True)]
    ranked = sorted(range(len(pairs)), key=lambda i: -scoring.edit_distance(*pairs[i]))
    return Evaluation(
        score=scoring.score(pairs),
        ms_per_image=1000 * seconds / len(pairs),
        worst=tuple(
            (samples[i].name, pairs[i][1], pairs[i][0])
            for i in ranked[:WORST]
            if pairs[i][0] != pairs[i][1]
        ),
    )


def _prepared(sample: Sample, config: Config) -> F32:
    try:
        return prepare(sample.gray_HW, config.input)
    except DatasetError as error:
        raise DatasetError(f"{sample.name}: {error}") from error


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("eval", __doc__ or "")
    parser.add_argument("--checkpoint", metavar="F", help="a checkpoint file")
    parser.add_argument("--data", metavar="DIR", required=True, help="a data folder, or its parent")
    searching.add_options(parser)
    options = parser.parse_args(argv)
    searching.check(parser, options)
    try:
        found = sources.load_weights(options.checkpoint)
        dataset = open_source(options.data, "val")
        search = searching.search(options, found.config.alphabet)
        made = evaluate(found.config, found.params, dataset, search, statistics=found.statistics)
    except CrnnError as error:
        return console.failed(error)
    rates = made.score
    initial, vowel, final = rates.place_cer
    values = {
        "n": rates.n,
        "cer": rates.cer,
        "jamo_cer": rates.jamo_cer,
        "initial_cer": initial,
        "vowel_cer": vowel,
        "final_cer": final,
        "exact": rates.exact,
        "ms_per_image": made.ms_per_image,
        "worst": [{"name": n, "truth": t, "output": o} for n, t, o in made.worst],
    }
    lines = [
        f"{rates.n:,} pictures   CER {rates.cer:.1%}   jamo CER {rates.jamo_cer:.1%}   "
        f"exact {rates.exact:.1%}   {made.ms_per_image:.2f} ms a picture",
        *(f"  {n}: {t} -> {o or '(nothing)'}" for n, t, o in made.worst),
    ]
    console.result(values, as_json=options.json, lines="\n".join(lines))
    return 0
