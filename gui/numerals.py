"""Numbers as the screen writes them: real minus, commas at thousands, decimals that hold still."""

from __future__ import annotations

import math
from decimal import Decimal

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LONG = 10**15


def fixed(x: float, decimals: int = 4) -> str:
    """`x` with a fixed number of decimals; NaN and infinities as words."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return f"{x:,.{decimals}f}".replace("-", "−")


def signed(x: float, decimals: int = 4) -> str:
    """As `fixed`, with a plus where it is positive."""
    return f"+{fixed(x, decimals)}" if x > 0 else fixed(x, decimals)


def power(x: float | Decimal) -> str:
    """Two digits and a power of ten: 3.8×10¹⁹."""
    mantissa, exponent = f"{x:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")


def count(n: int) -> str:
    """202,112,640,600, or 3.8×10¹⁹ where that would be too long to read."""
    return f"{n:,}" if n < _LONG else power(Decimal(n))


def amount(x: float) -> str:
    """A positive number of any size in four or five digits: 67.36, 115,830 or 3.8×10¹⁹."""
    if x and not 1e-2 <= x < 1e7:
        return power(x) if math.isfinite(x) else fixed(x)
    return fixed(x, 0 if x >= 1e4 else 2)


def percent(share: float) -> str:
    """0..1 as a percentage with two telling digits: 12 %, 0.2 %, 3.1×10⁻⁵ %."""
    value = 100.0 * share
    if value >= 10 or value == 0:
        return f"{value:.0f} %"
    if value >= 0.05:
        return f"{value:.1f} %"
    return f"{power(value)} %"


def tenths(seconds: float) -> str:
    """Seconds to a tenth, and never none at all."""
    return f"{max(0.1, seconds):.1f}"


def size(n_bytes: int) -> str:
    """Bytes as a person reads them: 812 kB, 24.5 MB, 3.1 GB."""
    for unit, worth in (("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= worth:
            return f"{n_bytes / worth:,.1f} {unit}"
    return f"{n_bytes / 1e3:,.0f} kB"
