"""The abstract machine on which the frontend runs a program: heap, frames, the region that is being built.

The statements and expressions of the program are read by the modules beside this one; each takes the machine first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NoReturn, TypeVar

from srcad.errors import InternalError, NotDifferentiable, NotYetSupported, Span, SrcadError
from srcad.frontend.core.attempts import Attempt, Restorable, RestorableDict, always, rehearsal
from srcad.frontend.core.cells import ArrayCell, Cell, DictCell, FrameCell, GrownCell, Housed, InstanceCell, Lost
from srcad.frontend.core.foreign_arrays import foreign_array
from srcad.frontend.core.guards import told_sizes
from srcad.frontend.core.known import Known, NeedsKept
from srcad.frontend.core.lengths import Lengths
from srcad.frontend.core.outside import Outside
from srcad.frontend.core.ports import Arguments, Keywords, Ports
from srcad.frontend.core.reading import Derivation
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import CheckedHeap, looks_at, sharers, twins_of
from srcad.frontend.core.source import FunctionSource, span_of
from srcad.frontend.core.stack import Stack
from srcad.frontend.core.suspended import GeneratorCell
from srcad.frontend.core.truths import known_truth
from srcad.frontend.core.values import Func, Ref, Value
from srcad.frontend.core.variables import Variables
from srcad.frontend.core.walk import atoms_inside, inside
from srcad.ops.catalogue import NeedsStatic, operation
from srcad.ops.declare import Kind
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import Dim
from srcad.trace.nodes import Atom, Const, Equation, Path, Var
from srcad.trace.types import OPAQUE, Opaque, is_differentiable, is_text, kind_of

C = TypeVar("C", bound=Cell)
E = TypeVar("E", bound=Exception)
S = TypeVar("S", bound=Restorable)
MOST_CALLS = 60
ADVICE = "write this place in another way, or keep values that depend on the differentiated arguments out of it."
REPORT = "please report it, with this message and the function that it is about."


class Diverges(Exception):  # noqa: N818 - no error: the way that is being read ends in an exception of the program
    """The program raises here, whatever the run brings."""


@dataclass(eq=False)
class Branch:
    """What running a part of the program apart has left: its heap, its equations, its value.

    facts, views   which conditions are known to hold at its end, and what has been looked at
    changes        which of the changes that the machine has noted are its
    """

    heap: dict[int, Cell]
    equations: list[Equation]
    value: Any
    raises: bool = False
    facts: list[tuple[Var, bool]] = field(default_factory=list)
    views: RestorableDict[Hashable, Atom] = field(default_factory=RestorableDict)
    changes: tuple[slice, ...] = ()


@dataclass(eq=False)
class Machine(Restorable):
    """The state of a reading."""

    LASTING: ClassVar[frozenset[str]] = frozenset({"blamed"})  # it is about an error that is on its way

    ports: Ports
    derivation: Derivation | None = None  # makes derivatives for calls of srcad.grad(f) in the program
    known: Known = field(default_factory=Known)
    outside: Outside = field(default_factory=Outside)
    lengths: Lengths = field(default_factory=Lengths)
    stack: Stack = field(default_factory=Stack)
    variables: Variables = field(default_factory=Variables)
    parts: dict[type[Restorable], Restorable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heap = {}
        self.ids = 0
        self.changed: list[int] = []  # how long the log of the builder was when something that outlives a call changed
        self.lent: set[int] = set()  # the cells of what a function that isn't known has seen, and may have given back
        self.views: list[RestorableDict[Hashable, Atom]] = [RestorableDict()]  # of each region: what has been looked at
        self.builder = Builder(self.lengths.types, definitions=RestorableDict())
        self.blamed: tuple[Exception, Span | None, tuple[Span, ...]] | None = None

    def part(self, kind: type[S]) -> S:
        """State that belongs to a file above: of this class, and empty when it is asked for first."""
        if kind not in self.parts:
            self.parts[kind] = kind()
        found = self.parts[kind]
        assert isinstance(found, kind)
        return found

    # ---- reading the program

    def evaluate(self, node: ast.expr, unused: bool = False) -> Value:
        """The value of an expression. `unused`: it is a statement."""
        return self.ports.evaluate(self, node, unused)

    def execute(self, statements: Sequence[ast.stmt]) -> None:
        """Read a block."""
        self.ports.execute(self, statements)

    def assign(self, target: ast.expr, value: Value) -> None:
        """`target = value`."""
        self.ports.assign(self, target, value)

    def run_over(self, values: Value, turn: Callable[[Value], None]) -> None:
        """`for item in values: turn(item)`."""
        self.ports.run_over(self, values, turn)

    def call(
        self, function: Value, args: tuple[Value, ...], keywords: Keywords | None = None, unused: bool = False
    ) -> Value:
        """function(*args, **keywords). `unused`: the call is a statement."""
        callables = self.ports.callables
        read = callables.get(type(function)) or callables[Value]
        return read(self, function, Arguments(args, keywords or {}, unused))

    # ---- the heap

    @property
    def heap(self) -> dict[int, Cell]:
        return self._heap

    @heap.setter
    def heap(self, heap: dict[int, Cell]) -> None:
        self._heap = heap if isinstance(heap, CheckedHeap) else CheckedHeap(heap)

    # ---- frames

    @property
    def frame(self) -> FrameCell:
        return self.cell(self.stack.frames[-1], FrameCell)

    @property
    def code(self) -> FunctionSource:
        return self.frame.code

    def bind(self, name: str, value: Value, frame: int | None = None) -> None:
        where = self.stack.frames[-1] if frame is None else frame
        if where != self.stack.frames[-1]:
            self.mark_change()
        cell = self.cell(where, FrameCell)
        self.heap[where] = FrameCell(cell.code, {**cell.names, name: value}, cell.parent)

    def look(self, name: str) -> Value | None:
        return self.frame.names.get(name)

    def content(self, value: Value) -> Cell | None:
        """The cell of a list, dict or instance; None for any other value."""
        return self.heap[value.cell] if isinstance(value, Ref) else None

    def cell(self, place: int, kind: type[C]) -> C:
        """The cell at a place of the heap, which is of this kind."""
        cell = self.heap[place]
        assert isinstance(cell, kind), f"{type(cell).__name__} where a {kind.__name__} is due"
        return cell

    def allocate(self, cell: Cell) -> int:
        self.ids += 1
        self.heap[self.ids] = cell
        return self.ids

    def promised_sign(self, dim: Dim) -> int | None:
        """The sign of a number in this call, which guards promise from now on; None where they can't."""
        return self.lengths.promised_sign(dim, told_sizes(self.outside.guards.values(), self.lengths.sizes))

    # ---- equations

    def emit(self, op: str, *operands: object, **params: object) -> Var:
        """The variable that an equation with a single result defines. Operands: atoms, or plain Python values."""
        (result,) = self.emit_many(op, *operands, **params)
        return result

    def effect(self, op: str, *operands: object, **params: object) -> None:
        """An equation without a result."""
        () = self.emit_many(op, *operands, **params)

    def emit_many(self, op: str, *operands: object, **params: object) -> tuple[Var, ...]:
        """The variables that an equation defines."""
        start = len(self.builder.equations)
        atoms = tuple(atom(operand) for operand in operands)
        types = self.lengths.types(op, tuple(a.type for a in atoms), params)
        results = self.builder.structured(op, atoms, (), types, **params)
        self.note(start)
        return results

    def note(self, start: int) -> None:
        """Learn of the equations since `start`: who defines what, and what depends on a differentiated input."""
        for equation in self.builder.equations[start:]:
            self.lengths.observe(equation)
            self.variables.define(equation)
            self._check_passage(equation)

    def _check_passage(self, equation: Equation) -> None:
        """Refuse what would carry a value that depends on the differentiated arguments where no derivative passes:
        into an array of objects or text, and out of an object or a text into a number."""
        facts = operation(equation)
        active = [a for k, a in enumerate(equation.operands) if self.is_active(a) and not facts.blind_to(k)]
        if not active or facts.solution or facts.kind is Kind.OBJECT:  # of a solver: it has a rule
            return
        foreign = foreign_array(self.variables, self.outside, equation)
        if foreign is not None:
            self.refuse(
                f"differentiated values are computed with {foreign}",
                why="it computes in a way of its own (by labels, without what is masked), which srcad doesn't know.",
                do="take its numbers as a plain array: np.asarray(...), or .to_numpy() of pandas.",
            )
        for result in equation.results:
            kind = kind_of(result.type)
            if kind is not None:
                self.refuse(
                    f"values that depend on the differentiated arguments become {kind}",
                    why="no derivative passes through arrays of anything but numbers.",
                    do="keep them in arrays of floats; what is of different kinds goes into a list, a tuple or a dict.",
                    never=True,
                )
            if is_differentiable(result.type) and all(is_text(a.type) for a in active):
                self.refuse_object(active[0])

    def is_active(self, atom: object) -> bool:
        return atom in self.variables.active

    @contextmanager
    def at(self, node: ast.AST) -> Iterator[None]:
        with self.builder.at(self.span_of(node)):
            try:
                yield
            except Exception as error:
                self.remember(error)
                raise

    def span_of(self, node: ast.AST) -> Span | None:
        """The place of a node in the user's file; of one in a definition, the call of what it defines."""
        return self.builder.span if self.code.defines else span_of(self.code, node)

    def remember(self, error: Exception) -> None:
        """Keep the place where an error was raised, which is forgotten on its way up."""
        if self.blamed is None or self.blamed[0] is not error:
            self.blamed = error, self.builder.span, self.stack.calls

    def place_of(self, error: Exception) -> tuple[Span | None, tuple[Span, ...]]:
        """Where an error was raised, and the calls that led there."""
        self.remember(error)
        assert self.blamed is not None
        return self.blamed[1:]

    def apart(self, run: Callable[[], object], behind: Branch | None = None) -> Branch:
        """Run a part of the program on a copy of the state, and leave the state as it was.

        `behind`: go on at the end of what has been run apart, instead of here.
        """
        heap = {**self.outside.found, **self.heap}
        start = behind or Branch(heap, [], None, facts=self.stack.facts)
        self.heap = {**self.outside.found, **start.heap}
        self.views.append(start.views)
        noted = len(self.changed)
        try:
            with self.stack.kept(), self.builder.nested(start.equations) as equations:
                self.stack.facts = list(start.facts)
                try:
                    value, raises = run(), False
                except Diverges:
                    value, raises = None, True
                changes = (*start.changes, slice(noted, len(self.changed)))
                return Branch(self.heap, equations, value, raises, self.stack.facts, start.views, changes)
        finally:
            self.heap = {**self.outside.found, **heap}
            self.views.pop()

    def attempt(self, *kinds: type[E], when: Callable[[E], object] = always) -> Attempt[E]:
        """Read a part of the program in a way that may fail: nothing is left of it then. See `core.attempts`."""
        return Attempt(self, kinds, when)

    def rehearsal(self) -> AbstractContextManager[None]:
        """Read a part of the program to see what comes of it: nothing is left of it."""
        return rehearsal(self)

    def under(
        self, condition: Var, run: Callable[[], object], holds: bool | None = None, behind: Branch | None = None
    ) -> Branch:
        """Run one side of a branch apart: that on which the condition holds, or doesn't. `behind`: as in `apart`."""
        with self.stack.condition(condition, holds):
            return self.apart(run, behind)

    def known_truth(self, condition: Var) -> bool | None:
        """Whether a condition holds here, as far as the branches tell in which this stands."""
        return known_truth(self.variables.definitions, self.stack.facts, condition)

    @contextmanager
    def on_side(self, heap: dict[int, Cell], equations: list[Equation]) -> Iterator[None]:
        """Emit into the end of a branch that has been run apart."""
        saved, outer = self.heap, self.builder.equations
        self.heap, self.builder.equations = heap, equations
        self.views.append(RestorableDict())
        try:
            yield
        finally:
            self.heap, self.builder.equations = saved, outer
            self.views.pop()

    # ---- refusing

    def refuse(
        self,
        what: str,
        why: str = "",
        do: str = "",
        node: ast.AST | None = None,
        never: bool = False,
        first_turn: bool = False,
        unsettled: bool = False,
        each_turn: bool = False,
    ) -> NoReturn:
        """Raise NotYetSupported, or NotDifferentiable if `never`, for the place that is being read."""
        span = self.span_of(node) if node is not None else self.builder.span
        kind: type[SrcadError] = NotDifferentiable if never else NotYetSupported
        error = kind(what, span, why, do or ADVICE, self.stack.calls)
        error.first_turn, error.unsettled, error.each_turn = first_turn or each_turn, unsettled, each_turn
        raise error

    def raises(self, error: Exception) -> NoReturn:
        """The program raises this error here, as its own: the generated code will."""
        made = self.emit("call", Const(type(error), OPAQUE), *(Const(a, OPAQUE) for a in error.args), keywords=())
        self.effect("raise_", made)
        raise Diverges

    def refuse_object(self, atom: Atom) -> NoReturn:
        """Refuse a number that is made of an object which depends on the differentiated arguments."""
        sources = self.variables.sources(atom) if isinstance(atom, Var) else set()
        filled = next((p for p, e in self.outside.inputs.items() if e.var in sources and p in self.known.filled), None)
        if filled is None:
            self.refuse(
                "a number is made from an object that depends on the differentiated arguments",
                why="no derivative passes through text and other objects.",
                do="use the number from which the object was made.",
                never=True,
                unsettled=True,
            )
        self.refuse(
            f"{filled} is read, into which the function puts values that depend on the differentiated arguments",
            why="it outlives the call, and holds plain numbers: no derivative passes through it.",
            do="keep in a variable what is put in, and use that.",
            never=True,
        )

    def located(self, error: SrcadError) -> SrcadError:
        """An error with the present place, if it has none."""
        if error.span is None:
            error.span, error.calls = self.builder.span, self.stack.calls
        return error

    def bug(self, what: str) -> NoReturn:
        raise InternalError(what, self.builder.span, do=REPORT)

    def derive(self) -> Derivation:
        """What makes the derivatives that the program calls."""
        if self.derivation is None:
            self.bug("a program that calls a derivative is read without what makes derivatives")
        return self.derivation

    # ---- what a value depends on

    def depends(self, value: Value) -> bool:
        """Whether a value depends on the differentiated arguments; a function of the program may, by what it reads."""
        if any(self.runs_code(held) for held in inside(self.heap, value)):
            return True
        return any(self.is_active(atom) for atom in atoms_inside(self.heap, value))

    def runs_code(self, value: Value) -> bool:
        """Whether it is a function of the program, or a call of one that hasn't ended."""
        return isinstance(value, Func) or isinstance(self.content(value), GeneratorCell)

    # ---- writes

    def mark_change(self) -> None:
        """Note behind which equations something is changed, where that is asked for."""
        if self.builder.log is not None:
            self.changed.append(len(self.builder.log))

    def write(self, cell_id: int, var: Atom) -> None:
        """Replace an array's content (or an array in a list); whoever may share its memory is unsure from now on."""
        self.mark_change()
        cell = self.heap[cell_id]
        if not isinstance(cell, (ArrayCell, GrownCell)):
            self.bug("a write to something that is no array")
        if self.lent and isinstance(var, Var) and self.is_active(var):
            self.refuse_lent(sharers(self.heap, cell_id))
        changed = replace(cell, var=var)
        self.heap[cell_id] = replace(changed, content=object()) if isinstance(changed, GrownCell) else changed
        self.poison_others(cell_id)

    def change(self, cell_id: int, cell: Cell, outside: bool = False) -> None:
        """Replace a container's content; what holds the container, or may be the same one, is unsure from now on.

        `outside`: the object itself, which outlives the call, is changed as well.
        """
        self.mark_change()
        if isinstance(cell, Housed) and cell.at_home is not None:
            self.refuse("an object in a list that has grown in a loop is changed in this way", do="set its attributes.")
        if cell_id in self.outside.outer and not outside:
            raise NeedsKept(self._origin_of(cell_id), active=False)
        if self.lent and any(self.depends(item) for item in cell.children()):
            self.refuse_lent(twins_of(self.heap, cell_id))
        self.heap[cell_id] = replace(cell, places=object()) if isinstance(cell, GrownCell) else cell
        same = twins_of(self.heap, cell_id)
        for other in same - {cell_id}:
            if other in self.heap:
                self.heap[other] = Lost(self.builder.span)
        for other, holder in list(self.heap.items()):
            if isinstance(holder, GrownCell) and same & holder.lists and holder.poison is None:
                self._refuse_taken(holder)
                self.heap[other] = replace(holder, poison=self.builder.span)
            elif isinstance(holder, DictCell) and holder.attributes_of in same:
                self.heap[other] = Lost(self.builder.span)  # it is made anew where __dict__ is asked for again
        if isinstance(cell, DictCell) and cell.attributes_of is not None:
            self._set_attributes(cell_id, cell, cell.attributes_of)

    def _origin_of(self, cell_id: int) -> Path:
        """Where a container of the world outside was met."""
        for key, (_, value) in self.outside.met.items():
            if isinstance(value, Ref) and value.cell == cell_id:
                return self.outside.origins[key]
        self.refuse(
            "a list or dict that outlives the call is changed",
            why="it was there before the call, and isn't reached by a name.",
            do="change a copy of it, and return that.",
        )

    def _set_attributes(self, cell_id: int, cell: DictCell, owner: int) -> None:
        """A change of an object's __dict__ is one of its attributes."""
        instance = self.cell(owner, InstanceCell)
        if instance.outlives or set(instance.entries()) - set(cell.entries()):
            self.refuse("the __dict__ of an object is changed", do="set the attributes by their names.")
        self.change(owner, replace(instance, fields=cell.items, changed=True))
        self.heap[cell_id] = cell

    def refuse_lent(self, cells: Iterable[int]) -> None:
        """What an unknown function has given back passes for inactive: what it got must not become active."""
        if not self.lent.isdisjoint(cells):
            self.refuse(
                "an array or list that was handed to a function that srcad doesn't know is set to values that depend "
                "on the differentiated arguments",
                why="what that function returned may be the same array, and would change as well.",
                do="hand it a copy.",
            )

    def poison_others(self, cell_id: int) -> None:
        mine = self.heap[cell_id]
        unsure = sharers(self.heap, cell_id) - {cell_id}
        if isinstance(mine, GrownCell):
            unsure |= mine.lists | (frozenset((cell_id,)) if mine.repeated else frozenset())
        for other in unsure:
            cell = self.heap.get(other)
            if isinstance(cell, GrownCell):
                self._refuse_taken(cell)
            if isinstance(cell, (ArrayCell, GrownCell)) and cell.poison is None:
                self.heap[other] = replace(cell, poison=self.builder.span)
            elif isinstance(cell, Housed) and cell.at_home is None:
                self.heap[other] = Lost(self.builder.span)
        changed = unsure | {cell_id}
        for other, one in list(self.heap.items()):
            if isinstance(one, SelectedCell) and one.var is not None and looks_at(self.heap, one, changed):
                self.heap[other] = replace(one, var=None)

    def _refuse_taken(self, holder: GrownCell) -> None:
        """Refuse a change of what may be in a run-time list of objects, if some have been taken: they stand alone."""
        if not holder.of_objects:
            return
        taken = (equation for equation in self.variables.definitions.values() if equation.op == "list_get")
        if any(isinstance(equation.results[0].type, Opaque) for equation in taken):
            self.refuse(
                "what may be in a list of objects is changed, after an element has been taken from that",
                why="the element may be the same array or list, and nobody knows: what the list has are objects.",
                do="fill the list with arrays or lists from the start, or put a copy into it.",
                unsettled=True,
            )


def constant(atom: Atom) -> object:
    """The value of a constant; NeedsStatic for a variable."""
    if isinstance(atom, Const):
        return atom.value
    raise NeedsStatic(atom, "a value")
