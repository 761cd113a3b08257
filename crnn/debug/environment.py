"""What a recording's bits depend on besides its Config: our own arithmetic, library versions, CPU
kernels, threads.

NumPy's own loops and the BLAS choose kernels by CPU, and other kernels may round otherwise. So all
of it stands in the recording, and bits are compared only where it is equal.
"""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import features

_CORE_NAME_SYMBOLS = (
    "scipy_openblas_get_corename64_",
    "scipy_openblas_get_corename",
    "openblas_get_corename64_",
    "openblas_get_corename",
)
ARITHMETIC = "2"
"""Counts up whenever a change of ops, kernels, CTC or optimisers changes the bits of a step."""
_THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def describe() -> dict[str, str]:
    """Name -> value of everything outside the Config that may change a bit. Values are strings."""
    built: Any = np.show_config(mode="dicts") or {}
    blas: dict[str, Any] = built.get("Build Dependencies", {}).get("blas", {})
    simd: dict[str, Any] = built.get("SIMD Extensions", {})
    freetype: str | None = features.version("freetype2")
    return {
        "arithmetic": ARITHMETIC,
        "machine": platform.machine(),
        "numpy": np.__version__,
        "simd": " ".join([*simd.get("baseline", []), *simd.get("found", [])]),
        "blas": str(blas.get("name", "unknown")),
        "blas_version": str(blas.get("version", "unknown")),
        "blas_kernel": _openblas_kernel(),
        "blas_threads": _threads(),
        "pillow": PIL.__version__,
        "freetype": freetype or "none",
    }


def _threads() -> str:
    for name in _THREAD_VARIABLES:
        if name in os.environ:
            return os.environ[name]
    return f"all {os.cpu_count()}"


def _openblas_kernel() -> str:
    """The CPU kernel OpenBLAS picked ("Haswell", ...), asked of the library in NumPy's wheel."""
    package = Path(np.__file__).parent
    folders = (package.parent / "numpy.libs", package / ".dylibs")
    for library in (file for folder in folders for file in sorted(folder.glob("*openblas*"))):
        try:
            loaded = ctypes.CDLL(str(library))
        except OSError:
            continue
        for symbol in _CORE_NAME_SYMBOLS:
            if hasattr(loaded, symbol):
                ask = getattr(loaded, symbol)
                ask.restype = ctypes.c_char_p
                name: bytes | None = ask()
                return name.decode() if name else "unknown"
    return "unknown"
