"""The gradient check finds every planted fault, and finds none where none was planted."""

from __future__ import annotations

import pytest

from crnn.ctc import loss
from tests.faults import OPS, Mutant
from tests.faults_ctc import CTC
from tests.faults_kernels import KERNELS
from tests.kernel_cases import KERNEL_CASES
from tests.mutations import MUTANTS, ctc_losses, fresh, is_caught, planted
from tests.op_cases import CASES, check_ctc


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.op}: {mutant.fault}")
def test_a_planted_fault_is_caught(mutant: Mutant) -> None:
    assert is_caught(mutant)


def test_every_op_and_ctc_have_three_planted_faults_or_more() -> None:
    counts = {mutant.op: 0 for mutant in MUTANTS}
    for mutant in MUTANTS:
        counts[mutant.op] += 1
    kinds = {type(case.op).__name__ for case in CASES} | {type(c.op).__name__ for c in KERNEL_CASES}
    cells = {f"Recurrent {cell}" for cell in ("tanh", "lstm", "gru")}
    assert counts.keys() == kinds | cells | {"CTC"}
    assert min(counts.values()) >= 3
    assert (len(OPS), len(KERNELS), len(CTC)) == (75, 18, 12)


def test_ctc_without_a_fault_passes_by_either_way() -> None:
    for ctc_loss in ctc_losses("crnn.ctc.loss", fresh(loss)):
        check_ctc(ctc_loss)


def test_a_mutant_whose_line_is_gone_is_an_error_not_a_pass() -> None:
    with pytest.raises(LookupError, match="0 times; plant it anew"):
        planted(Mutant("CTC", "a ghost", "crnn.ctc.loss", "no such line", "pass"))
