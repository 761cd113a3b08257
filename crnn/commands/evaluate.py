"""eval: how well a checkpoint reads a data folder."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from crnn.arrays import F32, Params
from crnn.commands import console, searching, sources
from crnn.config import Config
from crnn.ctc.decode import greedy
from crnn.data.contact_sheet import save_sheet
from crnn.data.dataset import Dataset, Described, Sample
from crnn.data.picture import require_label
from crnn.data.prepare import prepare
from crnn.data.sources import open_source
from crnn.errors import CrnnError, DatasetError
from crnn.model import NO_STATISTICS
from crnn.reading import GREEDY, Reading, Search, read
from crnn.rng import rng
from crnn.text import score as scoring

DATA = (
    "a data folder, the parent of train and val or a manifest.jsonl (its val, or DIR:train), a "
    "picture with a label beside it, synth:N, …"
)
WORST = 10
CONFUSED = 12
SHEET = 40
DRAWS = 2000
"""Bootstrap samples of groups behind an interval."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`pairs` is (output, truth) in the set's order, of names `names`; `about`, what a manifest
    says of each, else empty.

    `score` leaves out the texts with a character that the alphabet does not have, such as hanja:
    `foreign` scores those. It is None where there are none, as `score` is where there are no
    others. `greedy` scores what the best path alone gives for the texts of `score`.
    """

    names: tuple[str, ...]
    about: tuple[Mapping[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    score: scoring.Score | None
    foreign: scoring.Score | None
    greedy: scoring.Score | None
    ms_per_image: float

    @property
    def worst(self) -> tuple[tuple[str, str, str], ...]:
        """(name, truth, output), most edits first."""
        ranked = sorted(
            zip(self.names, self.pairs, strict=True), key=lambda x: -scoring.edit_distance(*x[1])
        )
        return tuple(
            (name, pair[1], pair[0]) for name, pair in ranked[:WORST] if pair[0] != pair[1]
        )

    def interval(self, pattern: re.Pattern[str]) -> tuple[float, float]:
        """The middle 95 % of the CER over bootstrap samples of groups, e.g. of writers.

        A group is the pictures with the same match of `pattern` in their names, or else in one of
        their manifest's FIELD=VALUE. Raises DatasetError where there is no match.
        """
        groups: dict[str, scoring.Score] = {}
        for name, about, pair in zip(self.names, self.about, self.pairs, strict=True):
            fields = [f"{field}={value}" for field, value in about.items()]
            found = next(filter(None, map(pattern.search, (name, *fields))), None)
            if found is None:
                among = f" nor in {', '.join(fields)}" if fields else ""
                raise DatasetError(f"--by {pattern.pattern}: no match in the name {name}{among}")
            groups[found[0]] = groups.get(found[0], scoring.Score()) + scoring.score([pair])
        counts_G2 = np.array([(g.edits, g.characters) for g in groups.values()])
        drawn = rng(0, 0, "bootstrap").integers(len(groups), size=(DRAWS, len(groups)))
        edits, characters = counts_G2[drawn].sum(axis=1).T
        low, high = np.percentile(edits / np.maximum(characters, 1), (2.5, 97.5)).tolist()
        return low, high


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

    Raises DatasetError naming the first picture that cannot be read, is too wide or has no label.
    """
    require_label(dataset)
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
    texts = [sample.text for sample in samples]
    pairs = tuple((r.text, truth) for r, truth in zip(readings, texts, strict=True))
    best = [config.alphabet.decode(greedy(r.logits_TK).collapsed_L) for r in readings]
    missing = config.alphabet.missing
    return Evaluation(
        names=tuple(sample.name for sample in samples),
        about=_told_of(dataset),
        pairs=pairs,
        score=_score(pair for pair in pairs if not missing(pair[1])),
        foreign=_score(pair for pair in pairs if missing(pair[1])),
        greedy=_score(p for p in zip(best, texts, strict=True) if not missing(p[1])),
        ms_per_image=1000 * seconds / max(1, len(pairs)),
    )


def _score(pairs: Iterable[tuple[str, str]]) -> scoring.Score | None:
    chosen = list(pairs)
    return scoring.score(chosen) if chosen else None


def _told_of(dataset: Dataset) -> tuple[Mapping[str, str], ...]:
    """What a manifest says of each sample."""
    if isinstance(dataset, Described):
        return tuple(dataset.about(index) for index in range(len(dataset)))
    return ({},) * len(dataset)


def _prepared(sample: Sample, config: Config) -> F32:
    try:
        return prepare(sample.gray_HW, config.input)
    except DatasetError as error:
        raise DatasetError(f"{sample.name}: {error}") from error


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("eval", __doc__ or "")
    parser.add_argument("--checkpoint", metavar="F", help="default: the shipped word model")
    parser.add_argument("--data", metavar="DIR", required=True, help=DATA)
    parser.add_argument(
        "--by", type=_pattern, metavar="REGEX",
        help="what of a name, or of a manifest's FIELD=VALUE, tells the writer: gives the CER's "
        "interval by bootstrap over writers",
    )  # fmt: skip
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="the first pictures, each over what was read"
    )
    searching.add_options(parser)
    options = parser.parse_args(argv)
    searching.check(parser, options)
    try:
        found = sources.load_weights(options.checkpoint)
        dataset = open_source(options.data, "val")
        search = searching.search(options, found.config.alphabet)
        made = evaluate(found.config, found.params, dataset, search, statistics=found.statistics)
        interval = made.interval(options.by) if options.by else None
        values = {"decoder": search.decoder, **_values(made, interval)}
        if options.sheet:
            save_sheet(_read_samples(dataset, made), options.sheet)
    except CrnnError as error:
        return console.failed(error)
    console.result(values, as_json=options.json, lines="\n".join(_lines(values)))
    return 0


def _read_samples(dataset: Dataset, made: Evaluation) -> list[Sample]:
    """The first pictures; a label is the text, and behind an arrow what was read instead of it."""
    labels = [t if o == t else f"{t} → {o or '(nothing)'}" for o, t in made.pairs[:SHEET]]
    return [replace(dataset.sample(index), text=text) for index, text in enumerate(labels)]


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression ({error})") from error


def _values(made: Evaluation, interval: tuple[float, float] | None) -> dict[str, Any]:
    rates = made.score or made.foreign or scoring.Score()
    initial, vowel, final = rates.place_cer
    confused = scoring.confusion(made.pairs).most_common(CONFUSED)
    return {
        "n": rates.n,
        "cer": rates.cer,
        "cer_95": interval,
        "jamo_cer": rates.jamo_cer,
        "initial_cer": initial,
        "vowel_cer": vowel,
        "final_cer": final,
        "exact": rates.exact,
        "greedy": _brief(made.greedy),
        "ms_per_image": made.ms_per_image,
        "foreign": _brief(made.foreign),
        "worst": [{"name": n, "truth": t, "output": o} for n, t, o in made.worst],
        "confusion": [{"truth": t, "output": o, "n": n} for (t, o), n in confused],
    }


def _brief(score: scoring.Score | None) -> dict[str, float | None] | None:
    if score is None:
        return None
    return {"n": score.n, "cer": score.cer, "jamo_cer": score.jamo_cer, "exact": score.exact}


def _lines(values: dict[str, Any]) -> list[str]:
    interval, foreign, best = values["cer_95"], values["foreign"], values["greedy"]
    rates = {name: values[f"{name}_cer"] for name in ("initial", "vowel", "final")}
    by_place = [f"{name} {rate:.1%}" for name, rate in rates.items() if rate is not None]
    return [
        f"{values['n']:,} pictures   CER {values['cer']:.1%}   jamo CER {values['jamo_cer']:.1%}   "
        f"exact {values['exact']:.1%}   {values['ms_per_image']:.2f} ms a picture",
        *(
            [
                f"decoder {values['decoder']}; greedy alone: CER {best['cer']:.1%}   jamo CER "
                f"{best['jamo_cer']:.1%}   exact {best['exact']:.1%}"
            ]
            if best and values["decoder"] != "greedy"
            else []
        ),
        *([f"CER of its {'   '.join(by_place)}"] if by_place else []),
        *(
            [f"95 % of writers drawn anew: {interval[0]:.1%} to {interval[1]:.1%}"]
            if interval
            else []
        ),
        *(
            [f"apart, {foreign['n']:,} with characters outside the alphabet: {foreign['cer']:.1%}"]
            if foreign
            else []
        ),
        *(f"  {w['name']}: {w['truth']} -> {w['output'] or '(nothing)'}" for w in values["worst"]),
        "taken for another: "
        + "   ".join(
            f"{c['truth'] or '(nothing)'} -> {c['output'] or '(nothing)'} {c['n']}"
            for c in values["confusion"]
        ),
    ]
