"""Moment: one step as a conditions sees it - a state, and what the update that left it made.

The names an expression may use. Dots become underscores, so that every name is one word:

    step                       the state's own number
    loss nats_per_symbol cer p_blank grad_norm lr n_samples n_correct
                               what the update from this state said of itself (see StepReport)
    conv1_w rnn1_fwd_w_ih ...  a parameter; norm1_mean ... a running statistic of BatchNorm
    m_conv1_w v_conv1_w ...    what the optimiser carries (see optim.MOMENT_NAMES)
    dconv1_w ...               its gradient: the batch's mean, before clipping
    update_conv1_w ...         what the update adds to it
    batch_conv1 batch_rnn1 batch_frames batch_logits
                               activations of the whole batch in one row, for statistics
    dead_conv1 ...             share of channels that are 0 everywhere in the batch
    image conv1 conv1_relu conv1_conv frames rnn1_fwd_h rnn1_fwd_i ... logits softmax dlogits
    alpha beta gamma           one sample's arrays, as the trace has them: softmax[t, class],
                               conv1[channel, row, column], gamma[t, lattice state]

Everything belongs to one step: the loss, gradients and activations are those of the batch that
takes the state on, as the screen shows them at that step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crnn.arrays import Real
from crnn.config import Config
from crnn.data.dataset import TrainingSet
from crnn.debug.observe import observe, trace_of
from crnn.debug.timeline import Timeline
from crnn.debug.trace import Trace
from crnn.errors import ExpressionError
from crnn.optim import MOMENT_NAMES
from crnn.params import Place
from crnn.train import Advance, ShardPass, StepReport, TrainState

Group = Literal[
    "step", "report", "parameter", "statistic", "moment", "gradient", "update", "batch", "sample"
]  # fmt: skip
Stage = Literal["state", "report", "pass"]
"""What has to be at hand: the state alone, the update's report, or the whole update."""

REPORTED = {
    "loss": "loss_nats",
    **{
        name: name
        for name in (
            "nats_per_symbol", "cer", "p_blank", "grad_norm", "lr", "n_samples", "n_correct",
        )
    },
}  # fmt: skip
"""Name -> field of StepReport."""
STAGES: dict[Group, Stage] = {
    "step": "state",
    "parameter": "state",
    "statistic": "state",
    "moment": "state",
    "report": "report",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name, what kind of thing it is, and its shape; () is a single number."""

    name: str
    group: Group
    shape: tuple[int, ...]


def word(tensor: str) -> str:
    """A tensor's name as one word."""
    return tensor.replace(".", "_")


class Moment:
    """The state of one step and, where it has been taken on, the update. Computes what is asked
    for, once."""

    def __init__(
        self, config: Config, data: TrainingSet, state: TrainState, done: Advance | None
    ) -> None:
        self.config, self.data, self.state = config, data, state
        self._done = done
        self._held: dict[str, Any] = {}
        self._traces: dict[int, Trace] = {}

    @property
    def done(self) -> Advance:
        assert self._done is not None, "a condition on the update was asked of a state alone"
        return self._done

    def text(self, sample: int, *, everywhere: bool) -> str | None:
        """What greedy reads in `sample`: as it trained, None where it did not; with `everywhere`
        by itself where it did not. Raises DatasetError where the picture cannot be read."""
        for made in self.done.passes:
            if sample in made.ids:
                return made.texts[made.ids.index(sample)]
        return self.trace(sample).output.text if everywhere else None

    def trace(self, sample: int) -> Trace:
        """Every array of `sample` at this step: as it trains, or else by itself."""
        held = self._traces.get(sample)
        if held is None:
            if self._done is not None:
                passes, step = self._done.passes, self.state.step
                held = trace_of(passes, self.config, self.data, step, sample)
            is_exact = self._done is None
            held = held or observe(self.config, self.data, self.state, sample, exact=is_exact)
            self._traces[sample] = held
        return held

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """A value that several conditions may ask for."""
        if name not in self._held:
            self._held[name] = make()
        return self._held[name]


_Read = Callable[[Moment, int], Any]


class Catalog:
    """All names of one run, and how each is read from a Moment."""

    def __init__(self, config: Config, state: TrainState) -> None:
        self._names: dict[str, Name] = {}
        self._reads: dict[str, _Read] = {}
        self._add("step", "step", (), lambda moment, _: moment.state.step)
        for name, field in REPORTED.items():
            self._add(name, "report", (), _report(field))
        self._add_tensors(config, state)
        self._add_activations(config)

    @property
    def names(self) -> tuple[Name, ...]:
        """All but those of a sample, whose shapes depend on it: see `sample_names`."""
        return tuple(self._names.values())

    def shapes(self, trace: Trace | None) -> dict[str, tuple[int, ...]]:
        """Name -> shape, with the arrays of the sample that `trace` is of."""
        own = () if trace is None else sample_names(trace)
        return {name.name: name.shape for name in (*self.names, *own)}

    def read(self, moment: Moment, sample: int, name: str) -> Any:
        """The value of one name. Raises ExpressionError where the sample has no such array."""
        read = self._reads.get(name)
        if read is not None:
            return read(moment, sample)
        arrays = moment.once(f"{name} {sample}", lambda: sample_arrays(moment.trace(sample)))
        if name not in arrays:
            raise ExpressionError(f"{name}: sample {sample} has no such array at this step")
        return arrays[name]

    def stage(self, names: frozenset[str]) -> Stage:
        """What an expression over `names` needs."""
        groups = {self._names[n].group if n in self._names else "sample" for n in names}
        stages = {STAGES.get(group, "pass") for group in groups}
        if "pass" in stages:
            return "pass"
        return "report" if "report" in stages else "state"

    def is_shown_at_head(self, names: frozenset[str]) -> bool:
        """Whether all of them can be had of a state that no update has left yet."""
        shown = {"sample", *(group for group, stage in STAGES.items() if stage == "state")}
        return all(name not in self._names or self._names[name].group in shown for name in names)

    def is_recorded(self, names: frozenset[str]) -> bool:
        """Whether the reports alone answer: then no step has to be executed again."""
        return names <= {"step", *REPORTED}

    def is_of_a_sample(self, names: frozenset[str]) -> bool:
        return not names <= self._names.keys()

    def _add(self, name: str, group: Group, shape: tuple[int, ...], read: _Read) -> None:
        self._names[name] = Name(name, group, shape)
        self._reads[name] = read

    def _add_tensors(self, config: Config, state: TrainState) -> None:
        for place in state.params.layout.places:
            name, shape = word(place.name), place.shape
            self._add(name, "parameter", shape, _parameter(place.name))
            self._add(f"d{name}", "gradient", shape, _gradient(place))
            self._add(f"update_{name}", "update", shape, _update(place.name))
            for number, moment in enumerate(MOMENT_NAMES[config.optimiser]):
                self._add(f"{moment}_{name}", "moment", shape, _moment(place, number))
        for place in state.statistics.layout.places:
            self._add(word(place.name), "statistic", place.shape, _statistic(place.name))

    def _add_activations(self, config: Config) -> None:
        for level in range(len(config.convs)):
            self._add_row(f"batch_conv{level + 1}", _pooled(level))
            self._add(f"dead_conv{level + 1}", "batch", (), _dead(level))
        for layer in range(config.layers):
            self._add_row(f"batch_rnn{layer + 1}", _hidden(layer))
        self._add_row("batch_frames", lambda made: [made.cache.frames_NTD])
        self._add_row("batch_logits", lambda made: [made.cache.logits_NTK])

    def _add_row(self, name: str, parts: Callable[[ShardPass], Sequence[Real]]) -> None:
        def row(moment: Moment) -> Real:
            every = [part.ravel() for made in moment.done.passes for part in parts(made)]
            return np.concatenate(every)

        self._add(name, "batch", (1,), lambda moment, _: moment.once(name, lambda: row(moment)))


def _report(field: str) -> _Read:
    return lambda moment, _: getattr(moment.done.report, field)


def _parameter(name: str) -> _Read:
    return lambda moment, _: moment.state.params[name]


def _statistic(name: str) -> _Read:
    return lambda moment, _: moment.state.statistics[name]


def _moment(place: Place, number: int) -> _Read:
    part = slice(place.start, place.stop)
    return lambda moment, _: moment.state.moments_P[number][part].reshape(place.shape)


def _gradient(place: Place) -> _Read:
    part = slice(place.start, place.stop)
    return lambda moment, _: moment.done.grad_P[part].reshape(place.shape)


def _update(name: str) -> _Read:
    def read(moment: Moment, _: int) -> Any:
        after = moment.done.state.params
        return moment.once(f"update {name}", lambda: after[name] - moment.state.params[name])

    return read


def _pooled(level: int) -> Callable[[ShardPass], Sequence[Real]]:
    return lambda made: [made.cache.blocks[level].pool_NCHW]


def _hidden(layer: int) -> Callable[[ShardPass], Sequence[Real]]:
    return lambda made: [cache.steps.hidden_TNU for cache in made.cache.layers[layer]]


def _dead(level: int) -> _Read:
    def share(moment: Moment) -> float:
        alive = [
            made.cache.blocks[level].pool_NCHW.any(axis=(0, 2, 3)) for made in moment.done.passes
        ]
        return 1.0 - float(np.mean(np.any(alive, axis=0)))

    return lambda moment, _: moment.once(f"dead {level}", lambda: share(moment))


def sample_arrays(trace: Trace) -> dict[str, Any]:
    """The arrays of one sample by name."""
    arrays: dict[str, Any] = {"image": trace.image_HW}
    for block in trace.blocks:
        arrays[f"{block.name}_conv"] = block.conv_CHW
        arrays[f"{block.name}_relu"] = block.act_CHW
        arrays[block.name] = block.pool_CHW
    arrays["frames"] = trace.frames_TD
    for layer in trace.recurrents:
        for way in layer.directions:
            own = {"h": way.hidden_TU, **way.gates}
            arrays |= {f"{layer.name}_{way.name}_{gate}": x_TU for gate, x_TU in own.items()}
    arrays |= {"logits": trace.logits_TK, "softmax": trace.prob_TK, "dlogits": trace.dlogits_TK}
    if trace.ctc is not None:
        arrays["alpha"], arrays["beta"] = trace.ctc.log_alpha_TS, trace.ctc.log_beta_TS
        arrays["gamma"] = trace.ctc.gamma_TS
    return arrays


def sample_names(trace: Trace) -> tuple[Name, ...]:
    """The names of one sample's arrays."""
    arrays = sample_arrays(trace).items()
    return tuple(Name(name, "sample", array.shape) for name, array in arrays)


def reported(report: StepReport, name: str) -> Any:
    """What a report alone says under `name`."""
    return report.step if name == "step" else getattr(report, REPORTED[name])


def moment_at(timeline: Timeline, state: TrainState, done: Advance | None) -> Moment:
    """A state of this line as a moment, with the Config and data of the branch it belongs to."""
    owner = timeline.owner(state.step)
    return Moment(owner.config, owner.data, state, done)
