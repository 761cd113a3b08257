"""The faults to plant in CTC: in the loss, and in the lattice it falls back on."""

from __future__ import annotations

from tests.faults import Mutant, faults_of

CTC: tuple[Mutant, ...] = (
    *faults_of(
        *("ctc.loss", "CTC"),
        ("sign of the posterior", "    p_TLN -= gamma_TLN", "    p_TLN += gamma_TLN"),
        (
            "missing term: the posterior of blank",
            "= (p_blank_TN - blank_TN).T",
            "= p_blank_TN.T",
        ),
        (
            "missing term: a class that occurs twice",
            "gamma_TLN[:, first, n] += gamma_TLN[:, place, n]",
            "pass",
        ),
        ("not divided by P(label)", "mass_TLN *= share_TN[:, None]", "pass"),
        (
            "dropped sum over the blanks",
            "linear.added(gamma_TSN[:, 0::2].copy()).T",
            "gamma_TSN[:, 0].T",
        ),
        (
            "padding has a gradient",
            "dlogits_NTK[np.arange(logits_NTK.shape[1]) >= frames_N[:, None]] = 0.0",
            "pass",
        ),
    ),
    *faults_of(
        *("ctc.lattice", "CTC"),
        (
            "beta counted twice",
            "gamma_TNS = alpha_TNS + beta_TNS\n",
            "gamma_TNS = alpha_TNS + 2 * beta_TNS\n",
        ),
        (
            "emission counted twice",
            "before_TRS[::-1, n:, ::-1]\n",
            "before_TRS[::-1, n:, ::-1] + y_TNS\n",
        ),
        (
            "off by one in time",
            "before_TRS[::-1, n:, ::-1]\n",
            "np.roll(before_TRS[::-1, n:, ::-1], 1, axis=0)\n",
        ),
        ("beta not turned round", "before_TRS[::-1, n:, ::-1]\n", "before_TRS[::-1, n:]\n"),
        (
            "backwards, equal neighbours need no blank",
            "skip_RL[n:, 1:] = skip_RL[:n, :0:-1]",
            "pass",
        ),
        (
            "paths that end in the last symbol forgotten",
            "_log_add(log_z_N, symbol_N, log_z_N, scratch_N)",
            "pass",
        ),
    ),
)
