"""What the passes do to a function, as text: a list of their runs, the trace behind one, and what one has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches, unified_diff

from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.calls.specialise import entered
from srcad.compile.passes import PASSES
from srcad.compile.requests import Request
from srcad.compile.running import Run, Watched
from srcad.errors import ArgumentError
from srcad.trace.nodes import Trace
from srcad.trace.printer import TraceNames, print_trace
from srcad.trace.walk import walk


def all_passes() -> str:
    """The passes in order, each with its line."""
    width = max(len(one.name) for one in PASSES)
    return "\n".join(f"{one.name:<{width}}  {one.line}" for one in PASSES)


@dataclass(frozen=True)
class Runs:
    """All runs of passes over one function, from its reading to its source."""

    runs: tuple[Run, ...]

    @classmethod
    def of(
        cls, function: Callable[..., object], request: Request, args: Sequence[object], kwargs: dict[str, object]
    ) -> Runs:
        """Those of a derivative for these arguments."""
        found: list[Run] = []
        call = Binder(function).bind(tuple(args), kwargs)
        program = program_of(entered(function), call, request, Watched((found.append,)))
        program.printed(careful=program.has_effects)
        return cls(tuple(found))

    def listed(self) -> str:
        """A line for each run: its pass and number, the function, and if it changes any the count of equations."""
        lines = []
        for place, run in enumerate(self.runs):
            changed = f"{_size(run.after)} equations" if self.changes(place) else ""
            lines.append((f"{run.step.name}:{self._number(place)}", run.after.name, changed))
        widths = [max(len(line[k]) for line in lines) for k in range(2)]
        return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in lines)

    def after(self, text: str, types: bool = False) -> str:
        """The trace behind a run."""
        place = self.place(text)
        return print_trace(self.runs[place].after, types, names=self._names(place))

    def around(self, text: str, types: bool = False) -> tuple[str, str]:
        """The traces before and behind a run; before is empty where it starts from something that is no trace."""
        return self._printed(self.place(text), types)

    def diff(self, text: str, types: bool = False) -> str:
        """What a run has changed, as a unified diff; nothing if it has changed nothing."""
        before, after = self.around(text, types)
        place = self.place(text)
        label = f"{self.runs[place].step.name}:{self._number(place)}"
        lines = unified_diff(before.splitlines(), after.splitlines(), f"before {label}", f"after {label}", lineterm="")
        return "\n".join(lines)

    def place(self, text: str) -> int:
        """The run that a text speaks of: `fold:2`, or `fold`, the last run of the pass that has changed something."""
        name, _, number = text.partition(":")
        known_pass(name)
        places = [k for k, run in enumerate(self.runs) if run.step.name == name]
        if not places:
            ran = ", ".join(dict.fromkeys(run.step.name for run in self.runs))
            raise ArgumentError(f"the pass {name!r} doesn't run for this derivative", do=f"choose one of {ran}")
        if not number:
            return next((k for k in reversed(places) if self.changes(k)), places[-1])
        if not number.isdigit() or not 1 <= int(number) <= len(places):
            raise ArgumentError(f"there is no run {number!r} of {name!r}", do=f"say {name}:1 to {name}:{len(places)}")
        return places[int(number) - 1]

    def changes(self, place: int) -> bool:
        """Whether a run has changed anything that can be seen."""
        run = self.runs[place]
        return run.after is not run.before and len(set(self._printed(place, types=True))) > 1

    def _printed(self, place: int, types: bool) -> tuple[str, str]:
        """The traces before and after."""
        run, names = self.runs[place], self._names(place)
        before = "" if run.before is None else print_trace(run.before, types, names=names)
        return before, print_trace(run.after, types, names=names)

    def _number(self, place: int) -> int:
        return sum(run.step is self.runs[place].step for run in self.runs[: place + 1])

    def _names(self, place: int) -> TraceNames:
        """Variables have the names that they have got in the order of the passes, whichever trace is printed."""
        names = TraceNames()
        for run in self.runs[: place + 1]:
            if run.before is not None:
                names.learn(run.before)
            names.learn(run.after)
        return names


def known_pass(name: str) -> None:
    """Refuse a name that no pass has."""
    names = [one.name for one in PASSES]
    if name not in names:
        near = get_close_matches(name, names, 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ArgumentError(f"there is no pass {name!r}{meant}", do=f"choose one of {', '.join(names)}")


def _size(trace: Trace) -> int:
    return sum(1 for one in (trace, *trace.procedures.values()) for _ in walk(one.body))
