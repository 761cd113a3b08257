"""Trace: every array of one sample's forward, loss and alignment. The one thing views draw.

One sample, so no batch axis. All arrays are read-only. `source` says how exact it is: "trained" is
a slice of the batch that trained (or its exact rerun), "alone" was recomputed with the sample by
itself and differs by at most 1e-6; by more with dropout or batch norm, see crnn.debug.observe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crnn.arrays import F32, F64, I64
from crnn.text.hangul import Group, Letter


@dataclass(frozen=True, slots=True)
class BlockTrace:
    """One conv block: before ReLU, after ReLU, after the pool."""

    name: str
    conv_CHW: F32
    act_CHW: F32
    pool_CHW: F32


@dataclass(frozen=True, slots=True)
class DirectionTrace:
    """One direction of one recurrent layer, in image order (backward is turned round).

    gates: "i", "f", "o" in 0..1, "g" in -1..1, and "c" the cell; empty for a tanh RNN.
    """

    name: Literal["fwd", "bwd"]
    hidden_TU: F32
    gates: dict[str, F32]


@dataclass(frozen=True, slots=True)
class RecurrentTrace:
    name: str
    directions: tuple[DirectionTrace, ...]


@dataclass(frozen=True, slots=True)
class CtcTrace:
    """The lattice of the truth. States: 0 blank, 1 first symbol, 2 blank, ... (S = 2L + 1).

    log_alpha_TS includes frame t, log_beta_TS excludes it (Graves 2012, ch. 7), so
    gamma_TS = exp(alpha + beta - log P). Unreachable cells are -inf in log_alpha + log_beta.
    path_T is the Viterbi path as lattice states, path_share its part of the mass.
    """

    label_L: I64
    states_S: I64
    letters: tuple[Letter, ...]
    groups: tuple[Group, ...]
    log_alpha_TS: F64
    log_beta_TS: F64
    gamma_TS: F64
    path_T: I64
    path_share: float
    n_paths: int
    loss_nats: float


@dataclass(frozen=True, slots=True)
class Span:
    """One emitted character and the timesteps [start, stop) that emitted it."""

    text: str
    start: int
    stop: int
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Output:
    """Greedy reading: the best class a timestep, collapsed, composed."""

    best_T: I64
    collapsed: I64
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    sample: int
    name: str
    step: int
    source: Literal["trained", "alone"]
    image_HW: F32
    width: int
    n_frames: int
    blocks: tuple[BlockTrace, ...]
    frames_TD: F32
    recurrents: tuple[RecurrentTrace, ...]
    logits_TK: F32
    prob_TK: F64
    dlogits_TK: F64
    truth: str
    output: Output
    ctc: CtcTrace | None
    """None where the truth cannot be spelled in n_frames, or not in this alphabet: see `fault`."""
    fault: str
