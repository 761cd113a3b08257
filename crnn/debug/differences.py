"""Differences: what two forms of the same part of a step hand on, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.ctc.lattice import lattice
from crnn.ctc.loss import CtcResult, softmax
from crnn.debug.calls import Call
from crnn.kernels.maps import Maps
from crnn.ops.activation import LogSoftmax
from crnn.ops.recurrent import Recurrent

Arrays = list[NDArray[Any]]


def outputs(calls: Sequence[Call]) -> Arrays:
    """What these calls hand on together, in an order that does not depend on their form.

    Forward: the last output, of a layer's directions all. Losses: the softmax's log of the sum of
    exponentials; the CTC's log P. Backward: the gradient of every parameter, or of the input where
    there is none.
    """
    if not calls:
        return []
    first, last = calls[0], calls[-1]
    if first.function is softmax:
        return [np.concatenate([call.result for call in calls], axis=1)]
    if first.function is LogSoftmax.forward:
        return [(first.args["x"] - first.result[0])[..., 0]]
    if isinstance(first.result, CtcResult):
        return [-first.result.loss_N]
    if first.function is lattice:
        return [first.result.log_z_N]
    if first.function.__name__ != "forward":
        grads = [grad for call in calls for grad in _gradients(call.result)]
        return grads or [last.result[0]]
    ways = [call.result[0] for call in calls if call.function is Recurrent.forward]
    if ways and last.function is Recurrent.forward:
        return [np.concatenate(ways, axis=2)]
    y = last.result[0]
    return [y.to_nchw() if isinstance(y, Maps) else y]


def apart(a: Arrays, b: Arrays) -> float | None:
    """The largest difference of two lists of arrays, as a share of the largest value of `a`; None
    where they have not the same shapes."""
    if [x.shape for x in a] != [x.shape for x in b] or not a:
        return None
    with np.errstate(invalid="ignore"):  # inf - inf: an impossible label is so in both forms
        worst = max((float(np.nanmax(np.abs(x - y), initial=0)) for x, y in zip(a, b, strict=True)))
    largest = max(float(np.abs(x[np.isfinite(x)]).max(initial=0)) for x in a)
    return worst / largest if largest else worst


def _gradients(result: Any) -> Arrays:
    """The arrays in the mappings of a backward's result."""
    if isinstance(result, Mapping):
        return list(result.values())
    parts = result[1:] if isinstance(result, tuple) else result
    return [grad for part in parts for grad in _gradients(part)]
