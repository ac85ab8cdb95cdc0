"""How passes are run: a pass is a function from trace to trace, and whoever runs several is handed a `Runner`.

    trace = run(eliminate, run(merge_common, run(fold, trace)))

So what is done between passes (the verifier, a record of what each has changed) is with those who ask for it, and none
of it is anywhere global. `PLAIN` does nothing but run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Concatenate, ParamSpec, final

from srcad.trace.nodes import Trace

P = ParamSpec("P")
Change = Callable[Concatenate[Trace, P], Trace]


class Runner(ABC):
    """Runs a pass on a trace, and may look at both."""

    @abstractmethod
    def __call__(self, change: Change[P], trace: Trace, *args: P.args, **kwargs: P.kwargs) -> Trace:
        """What the pass makes of the trace."""

    @abstractmethod
    def made(self, by: Callable[..., object], trace: Trace, of: Trace | None = None) -> Trace:
        """The trace itself, which comes with something else that the pass has made; `of`: the trace before, if any."""

    @property
    @abstractmethod
    def within(self) -> Runner:
        """The runner for procedures, which are parts of a trace: what they call isn't in them."""


@final
class Plain(Runner):
    """Runs passes, and no more."""

    def __call__(self, change: Change[P], trace: Trace, *args: P.args, **kwargs: P.kwargs) -> Trace:
        return change(trace, *args, **kwargs)

    def made(self, by: Callable[..., object], trace: Trace, of: Trace | None = None) -> Trace:
        return trace

    @property
    def within(self) -> Plain:
        return self


PLAIN = Plain()
