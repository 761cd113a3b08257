"""Planted faults: the gradient check must find every one of them.

A check that passes proves little until it is known to fail. Each mutant is one line of an op (or of
CTC) changed as it might have been written wrong; the changed module is run in memory under the same
check that the tests use. `python -m tests.mutations` prints the table.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

import numpy as np

from crnn.arrays import F64, Bool
from crnn.ctc.loss import CtcResult
from tests.faults import OPS, Mutant
from tests.faults_ctc import CTC
from tests.faults_kernels import KERNELS
from tests.kernel_cases import KERNEL_CASES, KernelCase, check_kernel
from tests.op_cases import CASES, Case, check_ctc, check_gradients

MUTANTS = OPS + KERNELS + CTC


def planted(mutant: Mutant) -> ModuleType:
    """The module with the fault in it, run afresh; nothing that is imported changes.

    Raises LookupError where the line to be changed is not there, or not just once.
    """
    original = importlib.import_module(mutant.module)
    count = inspect.getsource(original).count(mutant.old)
    if count != 1:
        raise LookupError(f"{mutant.module} holds {mutant.old!r} {count} times; plant it anew")
    return fresh(original, mutant.old, mutant.new)


def fresh(original: ModuleType, old: str = "", new: str = "") -> ModuleType:
    """A module of its own run from the same source, with `new` for `old` in it."""
    source = inspect.getsource(original)
    module = ModuleType(original.__name__)
    module.__file__ = original.__file__
    changed = source.replace(old, new) if old else source
    exec(compile(changed, original.__name__, "exec"), module.__dict__)
    return module


def is_caught(mutant: Mutant) -> bool:
    """Whether the gradient check fails on at least one case."""
    module = planted(mutant)
    if mutant.op == "CTC":
        return any(_fails(check_ctc, ctc_loss) for ctc_loss in ctc_losses(mutant.module, module))
    kernels = _planted_in(KERNEL_CASES, mutant.op, module)
    ops = _planted_in(CASES, mutant.op, module)
    return any(_fails(check_kernel, case) for case in kernels) or any(
        _fails(check_gradients, case) for case in ops
    )


AnyCase = TypeVar("AnyCase", Case, KernelCase)


def _planted_in(cases: Sequence[AnyCase], op: str, module: ModuleType) -> Iterator[AnyCase]:
    """The cases of this op, smallest first, each with the faulty op in its place."""
    kind, _, cell = op.partition(" ")
    fitting = [c for c in cases if type(c.op).__name__ == kind and cell in ("", _cell(c.op))]
    for case in sorted(fitting, key=lambda case: case.x.size):
        fields = {field.name: getattr(case.op, field.name) for field in dataclasses.fields(case.op)}
        yield dataclasses.replace(case, op=getattr(module, kind)(**fields))


def _cell(op: Any) -> str:
    return str(getattr(op, "cell", ""))


def ctc_losses(name: str, module: ModuleType) -> Iterator[Callable[..., CtcResult]]:
    """ctc_loss with `module` in place of the one called `name`: by `linear`, then by `lattice`.

    The second believes no proof, so that every sample takes the way of the logarithms.
    """
    original = importlib.import_module(name)
    assert module is not original, "what others import would be changed"
    for believes in (True, False):
        is_loss = name == "crnn.ctc.loss"
        loss = module if is_loss else fresh(importlib.import_module("crnn.ctc.loss"))
        for known, value in list(vars(loss).items()):
            if value is original:
                setattr(loss, known, module)
            elif hasattr(original, known) and getattr(original, known) is value:
                setattr(loss, known, getattr(module, known))
        fast = loss.__dict__.get("linear")
        if not believes and fast is not None:
            loss.__dict__["linear"] = SimpleNamespace(**{**vars(fast), "judge": _no_proof})
        yield loss.ctc_loss


def _no_proof(emitted: Any, *_: object) -> tuple[Bool, F64]:
    n = len(emitted.fits_N)
    return np.zeros(n, np.bool_), np.zeros(n)


def _fails(check: Callable[..., None], *arguments: Any) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return True
    return False


def table() -> str:
    """One line a mutant, and the count."""
    lines, found = [], 0
    for mutant in MUTANTS:
        caught = is_caught(mutant)
        found += caught
        lines.append(f"{'caught' if caught else 'MISSED':8}{mutant.op:16}{mutant.fault}")
    return "\n".join([*lines, f"{found} of {len(MUTANTS)} planted faults caught", ""])


if __name__ == "__main__":
    sys.stdout.write(table())
