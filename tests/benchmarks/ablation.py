"""Ablations at small scale: each choice of the recipe on or off, all else alike.

    python -m tests.benchmarks.ablation --out FOLDER [--seeds 2] [--minutes 90]

A row is one change of a base: a narrow network on 60 everyday words of one or two syllables, which
leave CTC's plateau within the minutes there are. Every row trains on the same number of pictures
and reads the same held-out ones: the 60 words by unseen writers, by unseen wild ones, and in the
face that is never trained on. A seed draws weights, order and augmentation; the pictures are the
same. Results go to FOLDER/results.jsonl, one line a row and seed; what is there is not run again.
FOLDER/table.md is written anew after each.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from crnn.commands.evaluate import evaluate
from crnn.config import Config, ConvBlock, preset
from crnn.data import written
from crnn.data.dataset import MemoryDataset, Sample
from crnn.data.words import EVERYDAY, PLACES
from crnn.data.written import Manner, draw_text
from crnn.debug.runs import training_set
from crnn.rng import rng
from crnn.train import advance, initial_state

STEPS = 900
PICTURES = 6000
READ = 300
WORDS = tuple(word for word in (*EVERYDAY, *PLACES) if len(word) <= 2)[:60]
TRAINED_SEED = 5
HELD_OUT: dict[str, tuple[Manner, int]] = {
    "unseen hands": ("synth", 77),
    "unseen wild hands": ("wild", 77),
    "unseen face": ("face", 79),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`change` makes the base into it; `manner` and `face_share` say what its pictures are."""

    name: str
    change: Callable[[Config], Config] = lambda config: config
    manner: Manner = "synth"
    face_share: float = written.FACE_SHARE


def base() -> Config:
    """The base, as near to the recipe of the word model as the minutes allow."""
    word = preset("word")
    sizes = ((16, (2, 2)), (32, (2, 1)), (48, (2, 1)))
    return replace(
        word,
        input=replace(word.input, height=16, width=16),
        convs=tuple(ConvBlock(channels, pool, norm="batch") for channels, pool in sizes),
        units=64,
        batch=32,
        alike=8,
        shards=1,
        augment="light",
        optimiser="adamw",
        lr=3e-3,
        schedule="one_cycle",
        schedule_steps=STEPS,
        weight_decay=0.01,
    )


def _without_norm(config: Config) -> Config:
    return replace(config, convs=tuple(replace(block, norm="none") for block in config.convs))


ROWS = (
    Row("base: batch norm, LSTM, light augmentation, one-cycle"),
    Row("no batch norm", _without_norm),
    Row("no augmentation", lambda config: replace(config, augment="none")),
    Row("strong augmentation", lambda config: replace(config, augment="strong")),
    Row("hands alone, no faces", face_share=0.0),
    Row("faces alone, no hands", face_share=1.0),
    Row("wild hands", manner="wild"),
    Row("wild hands in loose boxes", manner="loose"),
    Row("GRU", lambda config: replace(config, cell="gru")),
    Row("tanh RNN", lambda config: replace(config, cell="tanh")),
    Row("constant rate, half the peak",
        lambda config: replace(config, schedule="constant", lr=config.lr / 2)),
    Row("batches not sorted by width", lambda config: replace(config, alike=1)),
)  # fmt: skip


@cache
def pictures(manner: Manner, face_share: float, seed: int, count: int) -> MemoryDataset:
    """`count` of WORDS, drawn as the synthesiser's data set draws them."""
    usual, written.FACE_SHARE = written.FACE_SHARE, face_share
    try:
        samples = []
        for index in range(count):
            text = WORDS[int(rng(seed, index, "ablation").integers(len(WORDS)))]
            samples.append(Sample(f"{index:05d}", text, draw_text(text, seed, index, manner)))
    finally:
        written.FACE_SHARE = usual
    return MemoryDataset(f"{manner}, {face_share:.0%} faces", samples)


def run(row: Row, seed: int) -> dict[str, Any]:
    """Train the row and read what it has not seen; rates are fractions."""
    config = row.change(replace(base(), seed=seed))
    data = training_set(config, pictures(row.manner, row.face_share, TRAINED_SEED, PICTURES))
    state = initial_state(config)
    begin, begin_cpu, n_samples = time.perf_counter(), time.process_time(), 0
    for step in range(STEPS):
        report = advance(config, data, state)
        state, n_samples = report.state, n_samples + report.report.n_samples
        if step % 100 == 99:
            sys.stderr.write(f"{row.name}, seed {seed}: {step + 1}, {report.report.cer:.0%}\n")
    cer = {}
    for name, (manner, held_out_seed) in HELD_OUT.items():
        made = evaluate(
            *(config, state.params),
            pictures(manner, written.FACE_SHARE, held_out_seed, READ),
            statistics=state.statistics,
        ).score
        assert made is not None
        cer[name] = made.cer
    return {
        "row": row.name,
        "seed": seed,
        "cer": cer,
        "samples": n_samples,
        "minutes": (time.perf_counter() - begin) / 60,
        "cpu_minutes": (time.process_time() - begin_cpu) / 60,
    }


def done(folder: Path) -> list[dict[str, Any]]:
    """The results so far."""
    file = folder / "results.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


def table(results: list[dict[str, Any]]) -> str:
    """Markdown: the mean CER of a row's seeds, and in brackets the least and the largest."""
    head = ["row", "seeds", *HELD_OUT, "CPU minutes"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in ROWS:
        found = [result for result in results if result["row"] == row.name]
        if found:
            cells = [_spread([result["cer"][name] for result in found]) for name in HELD_OUT]
            minutes = sum(result["cpu_minutes"] for result in found) / len(found)
            told = (row.name, str(len(found)), *cells, f"{minutes:.1f}")
            lines.append("| " + " | ".join(told) + " |")
    return "\n".join(lines) + "\n"


def _spread(rates: list[float]) -> str:
    mean = _percent(sum(rates) / len(rates))
    return mean if len(rates) == 1 else f"{mean} ({_percent(min(rates))} to {_percent(max(rates))})"


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def plan(seeds: int) -> list[tuple[Row, int]]:
    """The base three times at least, for the spread; then one seed of all rows after another."""
    first = [(ROWS[0], seed) for seed in range(1, max(3, seeds) + 1)]
    rest = [(row, seed) for seed in range(1, seeds + 1) for row in ROWS[1:]]
    return [*first[:2], *rest[: len(ROWS) - 1], *first[2:], *rest[len(ROWS) - 1 :]]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="runs of each row")
    parser.add_argument("--minutes", type=float, default=180, help="begin no row after these")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    for row, seed in plan(options.seeds):
        if any((found["row"], found["seed"]) == (row.name, seed) for found in done(options.out)):
            continue
        if time.monotonic() - begin > 60 * options.minutes:
            break
        result = run(row, seed)
        with (options.out / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
        (options.out / "table.md").write_text(table(done(options.out)), encoding="utf-8")
    sys.stdout.write(table(done(options.out)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
