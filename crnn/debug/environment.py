"""What a recording's bits depend on besides its Config: our own arithmetic, library versions, CPU
kernels, threads.

NumPy's own loops and the BLAS choose kernels by CPU, and other kernels may round otherwise. So all
of it stands in the recording, and bits are compared only where it is equal. Where they differ all
the same, this module says what is most likely the cause.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
from collections.abc import Mapping
from functools import lru_cache
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
_THREADS_SYMBOLS = (
    "scipy_openblas_get_num_threads64_",
    "scipy_openblas_get_num_threads",
    "openblas_get_num_threads64_",
    "openblas_get_num_threads",
)
ARITHMETIC = "7"
"""Counts up whenever a change of ops, kernels, CTC, optimisers, augmentation or of how pictures are
prepared changes the bits of a step."""
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


def differences(then: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """What is not as it was, most likely causes first, each as a clause."""
    names = sorted({*then, *here}, key=lambda name: (name != "blas_threads", name))
    return [
        f"{name.replace('_', ' ')} was {then.get(name, 'not known')}, is {here.get(name, 'gone')}"
        for name in names
        if then.get(name) != here.get(name)
    ]


def likely_cause(then: Mapping[str, str], code_then: str) -> str:
    """Why bits may differ from those recorded under `then` by the code of digest `code_then`."""
    found = differences(then, describe())
    if found:
        return "; ".join(found)
    if code_then not in ("", code()):
        return "the program's arithmetic was changed since; use the version that recorded it"
    return (
        "libraries, threads and code are as recorded, so a stored state or a record was altered; "
        "take another copy of the run"
    )


@lru_cache(maxsize=1)
def code() -> str:
    """A digest of the source text that computes a step."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] not in ("debug", "commands"):
            digest.update(place.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _threads() -> str:
    """As many as OpenBLAS says; where it cannot be asked, what it was told."""
    asked = _ask_openblas(_THREADS_SYMBOLS, ctypes.c_int)
    if asked is not None:
        return str(asked)
    for name in _THREAD_VARIABLES:
        if name in os.environ:
            return os.environ[name]
    return f"all {os.cpu_count()}"


def _openblas_kernel() -> str:
    """The CPU kernel OpenBLAS picked ("Haswell", ...)."""
    name: bytes | None = _ask_openblas(_CORE_NAME_SYMBOLS, ctypes.c_char_p)
    return name.decode() if name else "unknown"


def _ask_openblas(symbols: tuple[str, ...], returns: Any) -> Any:
    """What a function of the library in NumPy's wheel returns; None where it is not there."""
    package = Path(np.__file__).parent
    folders = (package.parent / "numpy.libs", package / ".dylibs")
    for library in (file for folder in folders for file in sorted(folder.glob("*openblas*"))):
        try:
            loaded = ctypes.CDLL(str(library))
        except OSError:
            continue
        for symbol in symbols:
            if hasattr(loaded, symbol):
                ask = getattr(loaded, symbol)
                ask.restype = returns
                return ask()
    return None
