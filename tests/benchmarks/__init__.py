"""Benchmarks: run by hand, never by the tests. Each prints ratios of one run.

One BLAS thread and the offscreen platform, unless the environment says otherwise.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
