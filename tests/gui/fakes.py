"""A frame without an engine: arrays of the right shapes with a plausible diagonal alignment."""

from __future__ import annotations

from typing import Any

import numpy as np

from crnn.arrays import frozen
from crnn.config import Config
from crnn.debug.trace import (
    BlockTrace,
    CtcTrace,
    DirectionTrace,
    Output,
    RecurrentTrace,
    Span,
    Trace,
)
from crnn.text.hangul import Group, Letter, Role

WORD = "대구광역시"
_JAMO = "ㄷㅐㄱㅜㄱㅘㅇㅇㅕㄱㅅㅣ"
_ROLES = "imimimfimfim"
_NAMES: dict[str, Role] = {"i": "initial", "m": "medial", "f": "final"}


def fake_trace(config: Config, *, n_frames: int = 40, step: int = 12) -> Trace:
    """A trace of 대구광역시 with one wrong letter; class ids 1.. in reading order."""
    draw = np.random.default_rng(5)
    k, n_letters = config.n_classes, len(_JAMO)
    label = np.arange(1, n_letters + 1)
    states = np.zeros(2 * n_letters + 1, np.int64)
    states[1::2] = label
    path = np.round(np.linspace(0, len(states) - 1, n_frames)).astype(np.int64)
    logits = draw.normal(0, 1, (n_frames, k)).astype(np.float32)
    logits[np.arange(n_frames), states[path]] += 6
    prob = np.exp(logits.astype(np.float64))
    prob /= prob.sum(1, keepdims=True)
    distance = np.abs(np.arange(len(states))[None] - path[:, None])
    gamma = np.exp(-1.5 * distance.astype(float))
    gamma /= gamma.sum(1, keepdims=True)
    log_alpha = np.where(distance < 9, np.log(gamma + 1e-12) - 0.1 * path[:, None], -np.inf)
    return Trace(
        sample=3, name="w0003", step=step, source="trained",
        image_HW=frozen(_ink(draw, config.input.height, n_frames * config.stride)),
        width=n_frames * config.stride, n_frames=n_frames,
        blocks=_blocks(config, draw, n_frames),
        frames_TD=frozen(np.zeros((n_frames, 4), np.float32)),
        recurrents=(_recurrent(config, draw, n_frames),),
        logits_TK=frozen(logits), prob_TK=frozen(prob), dlogits_TK=frozen(prob.copy()),
        truth=WORD, output=_output(states[path], label),
        ctc=CtcTrace(
            label_L=frozen(label), states_S=frozen(states),
            letters=_letters(), groups=_groups(),
            log_alpha_TS=frozen(log_alpha), log_beta_TS=frozen(log_alpha[::-1].copy()),
            gamma_TS=frozen(gamma), path_T=frozen(path), path_share=0.12, n_paths=202_112_640_600,
            loss_nats=4.19,
        ),
        fault="",
    )  # fmt: skip


def _ink(draw: np.random.Generator, height: int, width: int) -> Any:
    noise = draw.random((height // 4, width // 4)).repeat(4, 0).repeat(4, 1)
    return (noise > 0.7).astype(np.float32)


def _blocks(config: Config, draw: np.random.Generator, n_frames: int) -> tuple[BlockTrace, ...]:
    made, height, width = [], config.input.height, n_frames * config.stride
    for number, block in enumerate(config.convs, start=1):
        conv = draw.normal(0, 1, (block.channels, height, width)).astype(np.float32)
        act = np.maximum(conv, 0)
        height, width = height // block.pool[0], width // block.pool[1]
        pooled = act[:, :: block.pool[0], :: block.pool[1]].copy()
        made.append(BlockTrace(f"conv{number}", frozen(conv), frozen(act), frozen(pooled)))
    return tuple(made)


def _recurrent(config: Config, draw: np.random.Generator, n_frames: int) -> RecurrentTrace:
    shape = (n_frames, config.units)
    directions = []
    for name in ("fwd", "bwd")[: config.n_directions]:
        hidden = np.tanh(np.cumsum(draw.normal(0, 0.3, shape), 0)).astype(np.float32)
        gates = {g: frozen(draw.random(shape).astype(np.float32)) for g in "ifo"}
        gates["g"] = gates["c"] = frozen(hidden.copy())
        kept = gates if config.cell == "lstm" else {}
        directions.append(DirectionTrace(name, frozen(hidden), kept))  # type: ignore[arg-type]
    return RecurrentTrace("rnn1", tuple(directions))


def _output(best_T: Any, label: Any) -> Output:
    cuts = np.linspace(0, len(best_T), 6).astype(int)
    texts = "대구광억시"
    spans = tuple(
        Span(c, int(a) + 1, int(b) - 1, c == "억")
        for c, a, b in zip(texts, cuts[:-1], cuts[1:], strict=True)
    )
    return Output(frozen(best_T.copy()), frozen(label.copy()), texts, spans)


def _letters() -> tuple[Letter, ...]:
    pairs = zip(_JAMO, _ROLES, strict=True)
    return tuple(Letter(char, _NAMES[role]) for char, role in pairs)


def _groups() -> tuple[Group, ...]:
    edges = (0, 2, 4, 7, 10, 12)
    return tuple(Group(c, a, b) for c, a, b in zip(WORD, edges[:-1], edges[1:], strict=True))
