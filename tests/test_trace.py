"""Traces: a slice of what trained is bit-equal to it, and every field fits the sample."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.config import ConvBlock
from crnn.debug.observe import observe, trace_of
from crnn.debug.trace import Trace
from crnn.reading import read
from crnn.train import TrainState, advance, initial_state
from tests import tiny

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)


def _trained(steps: int, **changes: object) -> TrainState:
    config = tiny.config(**changes)
    state = initial_state(config)
    for _ in range(steps):
        state = advance(config, tiny.training_set(config), state).state
    return state


STATE = _trained(60)


def _arrays(trace: Trace) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Every array of a trace by a name of its own."""
    arrays = {
        name: getattr(trace, name)
        for name in ("image_HW", "frames_TD", "logits_TK", "prob_TK", "dlogits_TK")
    }
    for block in trace.blocks:
        for name in ("conv_CHW", "act_CHW", "pool_CHW"):
            arrays[f"{block.name}.{name}"] = getattr(block, name)
    for layer in trace.recurrents:
        for way in layer.directions:
            arrays[f"{layer.name}.{way.name}"] = way.hidden_TU
            arrays |= {f"{layer.name}.{way.name}.{g}": x for g, x in way.gates.items()}
    if trace.ctc is not None:
        for name in ("log_alpha_TS", "log_beta_TS", "gamma_TS", "path_T", "states_S"):
            arrays[name] = getattr(trace.ctc, name)
    return arrays


def test_an_exact_observation_is_the_slice_of_what_trained_bit_for_bit() -> None:
    passes = advance(CONFIG, DATA, STATE).passes
    for sample in DATA.ids(STATE.step):
        trained = trace_of(passes, CONFIG, DATA, STATE.step, sample)
        exact = observe(CONFIG, DATA, STATE, sample, exact=True)
        assert trained is not None
        assert trained.source == exact.source == "trained"
        for name, array in _arrays(trained).items():
            assert array.tobytes() == _arrays(exact)[name].tobytes(), name
        assert trained.output.text == exact.output.text


def test_with_dropout_and_batch_norm_exact_is_what_trained_and_alone_is_how_it_reads() -> None:
    config = tiny.config(convs=(ConvBlock(4, (2, 2), norm="batch"),), dropout=0.4, cell="gru")
    data = tiny.training_set(config)
    state = advance(config, data, initial_state(config)).state
    passes = advance(config, data, state).passes
    sample = data.ids(state.step)[0]
    trained = trace_of(passes, config, data, state.step, sample)
    exact = observe(config, data, state, sample, exact=True)
    alone, again = (observe(config, data, state, sample) for _ in range(2))
    assert trained is not None
    assert trained.logits_TK.tobytes() == exact.logits_TK.tobytes()
    assert alone.logits_TK.tobytes() == again.logits_TK.tobytes()
    assert np.abs(alone.logits_TK - exact.logits_TK).max() > 1e-3
    x_HW = data.prepared(sample)
    (reading,) = read(config, state.params, [x_HW], statistics=state.statistics)
    np.testing.assert_allclose(reading.logits_TK, alone.logits_TK, atol=1e-6)
    assert exact.recurrents[0].directions[0].gates.keys() == {"r", "z", "n"}


def test_a_sample_observed_alone_differs_by_at_most_a_millionth() -> None:
    for sample in DATA.ids(STATE.step):
        exact = observe(CONFIG, DATA, STATE, sample, exact=True)
        alone = observe(CONFIG, DATA, STATE, sample)
        assert alone.source == "alone"
        for name, array in _arrays(exact).items():
            assert np.allclose(array, _arrays(alone)[name], rtol=0, atol=1e-6), name


def test_a_sample_outside_the_batch_is_in_no_pass() -> None:
    outside = next(i for i in DATA.usable if i not in DATA.ids(STATE.step))
    assert trace_of(advance(CONFIG, DATA, STATE).passes, CONFIG, DATA, 60, outside) is None
    assert observe(CONFIG, DATA, STATE, outside, exact=True).source == "alone"


@pytest.mark.parametrize("changes", [{}, {"cell": "tanh", "bidirectional": False, "layers": 2}])
def test_every_array_is_cut_to_the_sample_and_frozen(changes: dict[str, object]) -> None:
    config = tiny.config(**changes)
    data = tiny.training_set(config)
    state = _trained(5, **changes)
    for sample in data.usable:
        trace = observe(config, data, state, sample, exact=True)
        t, width = trace.n_frames, trace.width
        assert t == -(-width // config.stride)
        assert trace.image_HW.shape == (8, width)
        assert trace.blocks[0].conv_CHW.shape == (4, 8, width)
        assert trace.blocks[0].pool_CHW.shape == (4, 4, t)
        assert trace.frames_TD.shape == (t, 16)
        assert trace.logits_TK.shape == trace.prob_TK.shape == trace.dlogits_TK.shape
        assert len(trace.recurrents) == config.layers
        for layer in trace.recurrents:
            assert [w.name for w in layer.directions] == ["fwd", "bwd"][: config.n_directions]
            assert all(w.hidden_TU.shape == (t, 8) for w in layer.directions)
        assert not any(array.flags.writeable for array in _arrays(trace).values())


def test_the_backward_direction_is_in_image_order() -> None:
    """The hidden states, side by side, times the linear layer give the logits of each timestep."""
    trace = observe(CONFIG, DATA, STATE, 1)
    both = np.concatenate([way.hidden_TU for way in trace.recurrents[0].directions], axis=1)
    logits = both @ STATE.params["linear.w"].T + STATE.params["linear.b"]
    assert np.allclose(logits, trace.logits_TK, atol=1e-5)


def test_the_lattice_adds_up() -> None:
    trace = observe(CONFIG, DATA, STATE, 1, exact=True)
    assert trace.ctc is not None
    assert np.allclose(trace.ctc.gamma_TS.sum(axis=1), 1)
    gamma = np.exp(trace.ctc.log_alpha_TS + trace.ctc.log_beta_TS + trace.ctc.loss_nats)
    assert np.allclose(gamma, trace.ctc.gamma_TS)
    assert np.allclose(trace.prob_TK.sum(axis=1), 1)
    assert np.allclose(trace.dlogits_TK.sum(axis=1), 0, atol=1e-6)
    assert len(trace.ctc.path_T) == trace.n_frames
    assert 0 < trace.ctc.path_share <= 1
    assert trace.ctc.n_paths > 1
    assert "".join(group.text for group in trace.ctc.groups) == trace.truth == "나다"


def test_the_output_says_where_each_character_stands_and_which_are_wrong() -> None:
    state = _trained(400)
    for sample in DATA.usable:
        output = observe(CONFIG, DATA, state, sample).output
        assert "".join(span.text for span in output.spans) == output.text
        for span in output.spans:
            assert span.start < span.stop
            assert output.best_T[span.start] != 0
        if output.text == DATA.dataset.texts[sample]:
            assert not any(span.is_wrong for span in output.spans)
    untrained = observe(CONFIG, DATA, _trained(8), 1).output
    assert all(span.is_wrong for span in untrained.spans if span.text not in "나다")


@pytest.mark.parametrize(
    ("text", "word"), [(tiny.TOO_LONG, "timesteps"), (tiny.FOREIGN, "alphabet"), ("", "empty")]
)
def test_a_text_that_cannot_be_spelled_has_a_trace_without_a_lattice(text: str, word: str) -> None:
    data = tiny.training_set(CONFIG, tiny.dataset((*tiny.TEXTS, text)))
    trace = observe(CONFIG, data, STATE, len(tiny.TEXTS), exact=True)
    assert trace.ctc is None
    assert word in trace.fault
    assert not trace.dlogits_TK.any()
    assert trace.logits_TK.any()
    assert trace.truth == text
