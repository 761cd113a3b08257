"""The exception tree. Raised in crnn, turned into an event once by the debugger, shown once.

Every message names the value that is wrong and what to do about it.
"""


class CrnnError(Exception):
    """Anything the program reports as a sentence instead of a traceback."""


class ConfigError(CrnnError):
    """A Config field is out of its range."""


class ShapeError(CrnnError):
    """An array has another shape than the op was built for."""


class AlphabetError(CrnnError):
    """A text holds a character that the alphabet does not have."""


class InfeasibleLabel(CrnnError):
    """A label needs more timesteps than the image gives."""


class DatasetError(CrnnError):
    """A data folder or picture cannot be read."""


class CheckpointError(CrnnError):
    """A checkpoint file is cut, foreign, or of another model."""


class RecordingError(CrnnError):
    """A run directory is missing, foreign or damaged."""


class ReplayDivergence(CrnnError):
    """Re-execution gave other bits than the recording."""

    def __init__(self, step: int, tensor: str) -> None:
        super().__init__(
            f"replay differs from the recording at step {step:,} in {tensor}; "
            "likely cause: another NumPy, BLAS build or BLAS thread count than the one recorded"
        )
        self.step = step
        self.tensor = tensor


class NonFinite(CrnnError):
    """A NaN or infinity appeared; training stops at the last good state."""


class ExpressionError(CrnnError):
    """An expression of a breakpoint or watch is not one that this program evaluates."""


class WorkerDied(CrnnError):
    """The process that computed part of a batch has ended."""
