"""observe: every array of one sample's forward, loss and alignment, computed when it is asked for.

One idea: training does not know that it is watched. `advance` returns the typed caches of its batch
anyway, and `trace_of` slices a sample out of them, bit for bit what trained. A sample that is not
in the batch is recomputed by itself, which differs from its row in a batch by at most 1e-6, since
a matrix product of another height may round otherwise; the trace says which of the two it is.
Alone also means as the network is used: BatchNorm reads its running statistics and nothing is
dropped, so with either of them the two differ by what they do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crnn import model
from crnn.arrays import F32, F64, I64, AnyArray, Real, frozen
from crnn.config import Config
from crnn.ctc.align import count_paths, viterbi
from crnn.ctc.decode import greedy
from crnn.ctc.lattice import Lattice
from crnn.data.dataset import Batch, TrainingSet
from crnn.debug.trace import (
    BlockTrace,
    CtcTrace,
    DirectionTrace,
    Output,
    RecurrentTrace,
    Span,
    Trace,
)
from crnn.errors import AlphabetError
from crnn.geometry import n_columns
from crnn.text.hangul import Alphabet
from crnn.text.score import wrong_positions
from crnn.train import ShardPass, TrainState, look


def trace_of(
    passes: Sequence[ShardPass], config: Config, data: TrainingSet, step: int, sample: int
) -> Trace | None:
    """The trace of `sample` as it trained, or None where it is not in these passes of `step`."""
    for made in passes:
        if sample in made.ids:
            return _trace(made, made.ids.index(sample), config, data, step)
    return None


def observe(
    config: Config, data: TrainingSet, state: TrainState, sample: int, *, exact: bool = False
) -> Trace:
    """The trace of `sample` at `state`, recomputed with the sample alone.

    With `exact`, a sample of the batch that takes `state` on is sliced from a rerun of that batch,
    split as in training, so that its bits are those that train. Raises DatasetError where its
    picture cannot be read.
    """
    if exact and sample in data.ids(state.step):
        passes = look(config, state.params, data.batch(state.step), training_step=state.step)
        found = trace_of(passes, config, data, state.step, sample)
        assert found is not None
        return found
    batch = batch_of(data, (sample,))
    (alone,) = look(config, state.params, batch, statistics=state.statistics)
    return _trace(alone, 0, config, data, state.step, is_alone=True)


def batch_of(data: TrainingSet, samples: Sequence[int]) -> Batch:
    """These samples as a batch, also those whose text has no label: then the label is empty."""
    pictures = [data.prepared(sample) for sample in samples]
    widths = [x_HW.shape[1] for x_HW in pictures]
    padded = -(-max(widths) // data.stride) * data.stride
    x_NCHW = np.zeros((len(widths), 1, data.spec.height, padded), np.float32)
    for n, x_HW in enumerate(pictures):
        x_NCHW[n, 0, :, : widths[n]] = x_HW
    labels = tuple(_label(data, sample)[0] for sample in samples)
    return Batch(tuple(samples), frozen(x_NCHW), frozen(np.array(widths, np.int64)), labels)


def _label(data: TrainingSet, sample: int) -> tuple[I64, str]:
    """(label_L, fault): empty and a sentence where the text cannot be spelled in this alphabet."""
    try:
        return data.label(sample), ""
    except AlphabetError as error:
        return np.zeros(0, np.int64), str(error)


def _trace(
    made: ShardPass,
    n: int,
    config: Config,
    data: TrainingSet,
    step: int,
    *,
    is_alone: bool = False,
) -> Trace:
    sample, width = made.ids[n], int(made.width_N[n])
    n_frames = int(made.cache.frames_N[n])
    logits_TK = made.cache.logits_NTK[n, :n_frames]
    text = data.dataset.texts[sample]
    label_L, fault = _label(data, sample)
    if not fault and not (len(label_L) and made.ctc.feasible_N[n]):
        fault = _why_infeasible(text, label_L, n_frames)
    dlogits_TK = made.ctc.dlogits_NTK[n, :n_frames].astype(np.float64)
    ctc = made.ctc.only(n)
    log_prob_TK = ctc.log_prob_NTK[0]
    return Trace(
        sample=sample,
        name=data.dataset.sample(sample).name,
        step=step,
        source="alone" if is_alone else "trained",
        image_HW=_own32(made.x_NCHW[n, 0, :, :width]),
        width=width,
        n_frames=n_frames,
        blocks=_blocks(made, n, config, width),
        frames_TD=_own32(made.cache.frames_NTD[n, :n_frames]),
        recurrents=_recurrents(made, n, config),
        logits_TK=_own32(logits_TK),
        prob_TK=frozen(np.exp(log_prob_TK)),
        dlogits_TK=frozen(np.zeros_like(dlogits_TK) if fault else dlogits_TK),
        truth=text,
        output=_output(config.alphabet, logits_TK, text),
        ctc=None if fault else _ctc(config.alphabet, ctc.lattice, log_prob_TK, label_L),
        fault=fault,
    )


def _why_infeasible(text: str, label_L: I64, n_frames: int) -> str:
    repeats = int(np.count_nonzero(label_L[1:] == label_L[:-1]))
    if len(label_L) == 0:
        return "the label is empty, so there is nothing to align"
    if len(label_L) + repeats <= n_frames:
        return f"no path that spells {text} has a probability above 0 at this state"
    return (
        f"{text} has {len(label_L)} symbols and {repeats} repeats and so needs "
        f"{len(label_L) + repeats} timesteps; this picture gives {n_frames}"
    )


def _blocks(made: ShardPass, n: int, config: Config, width: int) -> tuple[BlockTrace, ...]:
    net = model.build(config)
    traces = []
    for level, (block, cache) in enumerate(zip(net.blocks, made.cache.blocks, strict=True)):
        before = n_columns(config, level + 1, width, "conv")
        after = n_columns(config, level + 1, width)
        with np.errstate(over="ignore", invalid="ignore"):  # what is made again overflows again
            conv_CHW, act_CHW, pool_CHW = cache.sample(n)
        traces.append(
            BlockTrace(
                block.name,
                _own32(conv_CHW[:, :, :before]),
                _own32(act_CHW[:, :, :before]),
                _own32(pool_CHW[:, :, :after]),
            )
        )
    return tuple(traces)


def _recurrents(made: ShardPass, n: int, config: Config) -> tuple[RecurrentTrace, ...]:
    layers = []
    for layer, caches in zip(model.build(config).layers, made.cache.layers, strict=True):
        directions = []
        for (_, op), cache in zip(layer.directions, caches, strict=True):
            states = op.states(cache, n)
            gates = {gate: _own32(values) for gate, values in states.gates.items()}
            hidden_TU = _own32(states.hidden_TU)
            directions.append(DirectionTrace("bwd" if op.reverse else "fwd", hidden_TU, gates))
        layers.append(RecurrentTrace(layer.name, tuple(directions)))
    return tuple(layers)


def _output(alphabet: Alphabet, logits_TK: Real, truth: str) -> Output:
    path = greedy(logits_TK)
    groups = alphabet.groups(path.collapsed_L)
    text = "".join(group.text for group in groups)
    is_wrong = wrong_positions(text, truth)
    spans, at = [], 0
    for group in groups:
        wrong = any(is_wrong[at : at + len(group.text)])
        start, stop = int(path.starts_L[group.start]), int(path.stops_L[group.stop - 1])
        spans.append(Span(group.text, start, stop, wrong))
        at += len(group.text)
    return Output(frozen(path.best_T), frozen(path.collapsed_L), text, tuple(spans))


def _ctc(alphabet: Alphabet, lattice: Lattice, log_prob_TK: F64, label_L: I64) -> CtcTrace:
    """From the lattice of this sample alone."""
    best = viterbi(log_prob_TK, label_L)
    log_z = float(lattice.log_z_N[0])
    return CtcTrace(
        label_L=label_L,
        states_S=_own(lattice.states_NS[0]),
        letters=alphabet.letters(label_L),
        groups=alphabet.groups(label_L),
        log_alpha_TS=_own(lattice.log_alpha_NTS[0]),
        log_beta_TS=_own(lattice.log_beta_NTS[0]),
        gamma_TS=_own(lattice.gamma_NTS[0]),
        path_T=frozen(best.path_T),
        path_share=float(np.exp(best.log_p - log_z)),
        n_paths=count_paths(len(log_prob_TK), label_L),
        loss_nats=-log_z,
    )


def _own(part: AnyArray) -> AnyArray:
    """A frozen copy: a view would keep the whole batch in memory."""
    return frozen(part.copy(order="C"))


def _own32(part: Real) -> F32:
    copy: F32 = np.array(part, np.float32, order="C")
    return frozen(copy)
