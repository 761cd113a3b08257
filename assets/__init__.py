"""Data files shipped with the program; no code but the way to them."""

from pathlib import Path

_ROOT = Path(__file__).parent


def path(*parts: str) -> Path:
    """The file or folder `parts` below assets/, e.g. path("fonts", "NanumGothic.ttf")."""
    return _ROOT.joinpath(*parts)
