"""The faults to plant in the fast convolutions: see `faults`."""

from __future__ import annotations

from tests.faults import Mutant, faults_of

KERNELS: tuple[Mutant, ...] = (
    *faults_of(
        *("kernels.stem", "Stem"),
        ("ReLU and width forgotten on the way back", "dpooled *= alive", "pass"),
        ("sign", "self.dkernels[i, j] += in_runs", "self.dkernels[i, j] -= in_runs"),
        ("cells of the window swapped", "dcells_KIX[j, i].reshape", "dcells_KIX[i, j].reshape"),
        (
            "columns of the kernel off by one",
            "wide[:, j, :, j : j + 3].sum",
            "wide[:, j, :, :3].sum",
        ),
    ),
    *faults_of(
        *("kernels.winograd", "Winograd"),
        ("ReLU and width forgotten on the way back", "dpooled *= alive", "pass"),
        (
            "tiles overlap without being added",
            "    right += pixels[4:]",
            "    right[...] = pixels[4:]",
        ),
        ("no overlap between tiles", "    right += pixels[4:]", "    pass"),
        (
            "kernels of the way back turned round",
            'params["w"].reshape(self.c_out, -1, 9).transpose',
            'params["w"][:, :, ::-1, ::-1].reshape(self.c_out, -1, 9).transpose',
        ),
        (
            "bias of the first cell only",
            "db += np.ones(dpooled.size // self.c_out, db.dtype) @ dpooled.reshape(-1, self.c_out)",
            "db += dpooled.reshape(-1, self.c_out)[0]",
        ),
    ),
    *faults_of(
        *("kernels.normed", "Normed"),
        ("missing term: the mean moves too", "        _shift(moved, start_L)", "        pass"),
        (
            "missing term: the variance moves too",
            "(by_cell_C * cache.scale_C * dw_C",
            "(0 * by_cell_C * cache.scale_C * dw_C",
        ),
        ("unbiased count", "* dw_C / cache.n_counted", "* dw_C / (cache.n_counted - 1)"),
        (
            "padding has a vote",
            "forget(moved, inside(block.units_M, conv.unit, cache.columns_N))",
            "pass",
        ),
        (
            "scale forgotten",
            'np.abs(params["norm.w"]) * cache.scale_C\n',
            'np.abs(params["norm.w"])\n',
        ),
        (
            "w forgotten",
            'by_cell_C = np.abs(params["norm.w"]) * cache.scale_C',
            "by_cell_C = cache.scale_C",
        ),
        (
            "a falling channel's kernels not turned back",
            "dw *= sign_C[:, None, None, None]",
            "pass",
        ),
        ("a falling channel's w not turned back", "dw_C * sign_C", "dw_C"),
        (
            "ReLU and width forgotten",
            "dpools[-1] *= alive",
            "pass",
        ),
    ),
)
