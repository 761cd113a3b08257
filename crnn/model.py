"""The network: the op list written out once, forward and the same list upside down.

image -> (conv3x3, ReLU, max-pool, mask) x blocks -> columns to timesteps -> RNN layers -> linear.
`mask` zeroes what lies right of each sample's own width, so padding changes nothing.
"""

from __future__ import annotations

from crnn.arrays import I64, Params, Real
from crnn.config import Config


class Model:
    """Built from a Config by `build`; holds ops only, no weights."""


def build(config: Config) -> Model:
    raise NotImplementedError


def init_params(config: Config) -> Params:
    """Parameters of step 0, drawn at (config.seed, 0, name). Names: conv1.w, conv1.b, ..., rnn1.fwd.w_ih,
    rnn1.fwd.w_hh, rnn1.fwd.b, rnn1.bwd..., linear.w, linear.b. All are views of one flat vector."""
    raise NotImplementedError


def forward(model: Model, params: Params, x_NCHW: Real, width_N: I64) -> tuple[Real, object]:
    """logits_NTK (T of the widest sample) and the typed ForwardCache of every op."""
    raise NotImplementedError


def backward(model: Model, params: Params, cache: object, dlogits_NTK: Real) -> dict[str, Real]:
    raise NotImplementedError
