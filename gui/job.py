"""Job: work that takes long, in a thread of its own; who started it looks now and then how it is.

Nothing is pushed at the window: a dialog or a view polls `outcome` with a timer of its own, as the
bridge polls the engine.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from crnn.errors import CrnnError

Value = TypeVar("Value")


class Job(Generic[Value]):
    """`work` is given `goes_on`, which it asks now and then whether it is still wanted."""

    def __init__(self, work: Callable[[Callable[[], bool]], Value]) -> None:
        self._work = work
        self._outcomes: deque[Value | str] = deque(maxlen=1)
        self.is_wanted = True
        self._thread = threading.Thread(target=self._run, name="job")
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def outcome(self) -> Value | str | None:
        """None while it runs, then the work's value, or the sentence that says why it failed."""
        if self.is_running:
            return None
        return self._outcomes[0] if self._outcomes else "the work has ended in an error of its own"

    def cancel(self) -> None:
        """It is no longer wanted: it ends soon, with whatever value it has then."""
        self.is_wanted = False

    def end(self) -> None:
        """Cancel, and wait until it has ended."""
        self.cancel()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._outcomes.append(self._work(lambda: self.is_wanted))
        except CrnnError as error:
            self._outcomes.append(str(error))
