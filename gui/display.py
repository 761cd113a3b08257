"""What the machine needs before Qt can draw: a display and some system libraries, named exactly.

Plain Python, asked before Qt is imported, because Qt ends the process where they are missing.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Shared library -> the Debian and Ubuntu package that holds it."""

_X11 = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
    "libxkbcommon-x11.so.0",
)


def missing_display(is_screenshot: bool, commands: Sequence[str]) -> str:
    """The line to print where no window can open, or "". A screenshot chooses the offscreen
    platform by itself, so it needs no display."""
    if is_screenshot:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    if os.environ.get("DISPLAY"):
        return _missing_x11()
    headless = ", ".join([*commands, "--screenshot FILE"])
    return (
        "There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set). "
        f"Without one, python main.py works with: {headless}"
    )


def missing_library(message: str) -> str:
    """The line to print for Qt's ImportError, or "" where it is about something else."""
    for library, package in PACKAGES.items():
        if library in message:
            return _line(library, [package])
    return ""


def _missing_x11() -> str:
    missing = [library for library in _X11 if not _loads(library)]
    if not missing:
        return ""
    return _line(", ".join(missing), [PACKAGES[library] for library in missing])


def _line(library: str, packages: Sequence[str]) -> str:
    return (
        f"Qt needs the system library {library}, which is not installed. "
        f"On Debian and Ubuntu: apt-get install {' '.join(packages)}"
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
