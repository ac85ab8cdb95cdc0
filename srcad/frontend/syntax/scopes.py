"""with, and try: what they hold of the program is read in a region of its own.

with np.errstate(divide="ignore"):     ->     v2 = scope with v1 = errstate(...): v3 = x / y; yield v3
    z = x / y
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache, partial
from types import FunctionType, MappingProxyType, NoneType

from srcad.definitions import contexts
from srcad.errors import SrcadError
from srcad.frontend.control.streams import run_around
from srcad.frontend.control.tries import (
    FLAGS,
    OpenTries,
    ReadsOn,
    error_for,
    error_of,
    errors_of,
    guard_of,
    handling,
    lowered_flags,
    opened,
)
from srcad.frontend.control.turns import RAISED
from srcad.frontend.core.cells import InstanceCell, ListCell
from srcad.frontend.core.inside import meant_by
from srcad.frontend.core.machine import Branch, Diverges, Machine
from srcad.frontend.core.sited import sited
from srcad.frontend.core.source import code_of, own_nodes
from srcad.frontend.core.values import FALSE, NONE, TRUE, Bound, Func, Iter, Obj, Partial, Static, Undef, Value
from srcad.frontend.core.versions import unwarned
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import as_bool, branch, distribute, name_of, negate, truth
from srcad.frontend.memory.merge import Key, Merger
from srcad.frontend.memory.sides import Side
from srcad.frontend.syntax import handlers
from srcad.frontend.syntax.raising import raise_value
from srcad.ops.exceptions import Errors, may_raise
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import OPAQUE, Type
from srcad.trace.walk import within

Final = Callable[[Value, Value], ReadsOn]


def with_statement(m: Machine, statement: ast.With) -> None:
    """`with a as b: ...`, one manager after the other."""
    _with(m, statement.items, statement.body)


def _with(m: Machine, items: list[ast.withitem], body: list[ast.stmt]) -> None:
    if not items:
        m.execute(body)
        return
    item, rest = items[0], lambda: _with(m, items[1:], body)
    if _suppresses(m, item):
        _suppressed(m, item, items[1:], body)
        return
    manager = m.evaluate(item.context_expr)
    if isinstance(manager, Iter) and manager.kind in MANAGERS:
        MANAGERS[manager.kind](m, manager, item, rest)
    elif objects.special_method(m, manager, "__enter__") is not None:
        _instance(m, manager, item, rest)
    else:
        _opaque(m, to_atom(m, manager), item, rest)


def _entered(m: Machine, item: ast.withitem, value: Value) -> None:
    if item.optional_vars is not None:
        m.assign(item.optional_vars, value)


# ---- managers of the program


def _instance(m: Machine, manager: Value, item: ast.withitem, body: ReadsOn) -> None:
    """A class with __enter__ and __exit__."""
    leave = objects.special_method(m, manager, "__exit__")
    if leave is None:
        m.raises(AttributeError("__exit__"))
    made = objects.call_if_special(m, manager, "__enter__")
    assert made is not None
    _entered(m, item, made)

    exits = partial(_call_exit, m, item, leave)
    if _may_answer(m, manager, leave, body):
        _suppressing(m, body, exits)
    else:
        finally_(m, body, lambda: void(exits()))


def _call_exit(m: Machine, item: ast.withitem, leave: Value, kind: Value = NONE, error: Value = NONE) -> Value:
    """__exit__(kind, error, None): a statement in a `try` around it, so that what it raises is waited for."""
    if guard_of(m) is None:
        return m.call(leave, (kind, error, NONE))
    given = dict(zip(EXIT, (leave, kind, error), strict=True))
    for name, value in given.items():
        m.bind(name, value)
    m.bind(ANSWER, FALSE)
    m.execute([_exit_statement(item.context_expr)])
    answer = m.look(ANSWER) or FALSE
    return answer.value if isinstance(answer, Partial) else answer


EXIT, ANSWER = ("$exit", "$exit kind", "$exit raised"), "$exit answers"


@lru_cache(maxsize=1024)
def _exit_statement(at: ast.expr) -> ast.stmt:
    function, *told = (ast.Name(name, ast.Load()) for name in EXIT)
    call = ast.Call(function, [*told, ast.Constant(None)], [])
    return sited(ast.copy_location(ast.Assign([ast.Name(ANSWER, ast.Store())], call), at), at)


def _may_answer(m: Machine, manager: Value, leave: Value, body: ReadsOn) -> bool:
    """Whether what leaves a context asks for the exception; of a stack of them those tell that the body enters."""
    cell = m.content(manager)
    if not isinstance(cell, InstanceCell) or cell.cls is not contexts.Exits:
        return _answers(m, leave)
    answers = True
    with m.rehearsal():
        m.heap = m.apart(lambda: _run(body)).heap
        exits = m.content(objects.get_attribute(m, manager, "exits"))
        answers = not isinstance(exits, ListCell) or any(_answers(m, one) for one in exits.items)
    return answers


def _suppressing(m: Machine, body: ReadsOn, exits: Callable[..., Value]) -> None:
    """A manager whose __exit__ says whether the exception is dealt with."""
    suppressed: list[Value] = []

    def left(raised: Value, error: Value) -> None:
        def quietly() -> Value:
            exits()
            return FALSE

        def told() -> Value:
            return as_bool(m, exits(_class_of(m, error), error))

        caught = truth(m, as_bool(m, raised))
        known = (told if caught else quietly)() if isinstance(caught, bool) else branch(m, caught, told, quietly)
        suppressed.append(known)

    def ended(raised: Value, error: Value) -> ReadsOn:
        left(raised, error)
        return lambda: void(_if(m, suppressed[0], lambda: lowered_flags(m)))

    all_ways(m, body, ended)


def _class_of(m: Machine, error: Value) -> Value:
    def one(error: Value) -> Value:
        if not isinstance(error, Obj):
            return m.call(Static(type), (error,))
        found = m.emit("call", Const(type, OPAQUE), error.var, keywords=())
        m.variables.active.discard(found)  # no number is in a class
        return Obj(found)

    return distribute(m, error, one)


def _if(m: Machine, condition: Value, run: Callable[[], Value]) -> Value:
    known = truth(m, condition)
    if isinstance(known, bool):
        return run() if known else NONE
    return branch(m, known, run, lambda: NONE)


def _answers(m: Machine, leave: Value) -> bool:
    """Whether an __exit__ looks at the exception, or may return anything but False and None where there is one."""
    function = leave.function if isinstance(leave, Bound) else leave
    if isinstance(function, Static):
        function = meant_by(m, function.value) or function
    if isinstance(function, Func):
        node: ast.AST = function.code.node
    elif isinstance(function, Static) and isinstance(function.value, FunctionType):
        node = code_of(function.value).node
    else:
        return True
    if not isinstance(node, ast.FunctionDef):
        return True
    returned = [n.value for n in own_nodes(node) if isinstance(n, ast.Return)]
    answers = any(not isinstance(value, ast.Constant) or value.value for value in returned if value is not None)
    return answers or _looks_at_exception(node)


def _looks_at_exception(node: ast.FunctionDef) -> bool:
    plain = [*node.args.posonlyargs, *node.args.args][1:]
    told = {a.arg for a in (*plain, node.args.vararg) if a is not None}
    return any(isinstance(n, ast.Name) and n.id in told for n in ast.walk(node))


def _generator_manager(m: Machine, manager: Iter, item: ast.withitem, body: ReadsOn) -> None:
    """What contextlib.contextmanager makes of a generator: the body of the `with` stands at its `yield`."""
    (generator,) = manager.parts
    yielded = 0

    def turn(value: Value) -> None:
        nonlocal yielded
        yielded += 1
        _entered(m, item, value)
        body()

    run_around(m, generator, turn)
    if yielded == 0:
        m.raises(RuntimeError("generator didn't yield"))


def _null(m: Machine, manager: Iter, item: ast.withitem, body: ReadsOn) -> None:
    """contextlib.nullcontext(value)."""
    _entered(m, item, manager.parts[0])
    body()


def _closing(m: Machine, manager: Iter, item: ast.withitem, body: ReadsOn) -> None:
    """contextlib.closing(thing)."""
    (thing,) = manager.parts
    _entered(m, item, thing)
    finally_(m, body, lambda: void(m.call(objects.get_attribute(m, thing, "close"), ())))


def void(_value: Value) -> None:
    """Nobody looks at it."""


MANAGERS: dict[str, Callable[[Machine, Iter, ast.withitem, ReadsOn], None]] = {
    "contextmanager": _generator_manager,
    "nullcontext": _null,
    "closing": _closing,
}


# ---- contextlib.suppress


def _suppresses(m: Machine, item: ast.withitem) -> bool:
    """with contextlib.suppress(...)"""
    call = item.context_expr
    if not isinstance(call, ast.Call) or not isinstance(call.func, (ast.Name, ast.Attribute)):
        return False
    with m.attempt(SrcadError):
        return m.evaluate(call.func) == Static(contextlib.suppress)
    return False


def _suppressed(m: Machine, item: ast.withitem, others: list[ast.withitem], body: list[ast.stmt]) -> None:
    """with suppress(E): body     ->     try: body; except E: pass"""
    call = item.context_expr
    assert isinstance(call, ast.Call)
    kinds = ast.copy_location(ast.Tuple(call.args, ast.Load()), call)
    nothing = ast.copy_location(ast.Pass(), call)
    handler = ast.copy_location(ast.ExceptHandler(kinds, None, [nothing]), call)
    inner: list[ast.stmt] = [ast.copy_location(ast.With(others, body), call)] if others else body
    try_statement(m, ast.copy_location(ast.Try(inner, [handler], [], []), call))


# ---- any other manager


def _opaque(m: Machine, manager: Atom, item: ast.withitem, body: ReadsOn) -> None:
    """One that no derivative passes through: it stays in the generated code."""
    if m.is_active(manager):
        m.refuse("a context manager depends on the differentiated arguments", node=item.context_expr)
    entered = Var(OPAQUE, "entered")
    named = item.optional_vars is not None

    def run() -> Value:
        if named:
            _entered(m, item, Obj(entered))
        body()
        return NONE

    done = m.apart(run)
    inside(m, done, (manager,), {"kind": "with"}, parameters=(entered,) if named else ())
    if done.raises:
        raise Diverges


def inside(
    m: Machine,
    done: Branch,
    operands: tuple[Atom, ...],
    params: dict[str, object],
    *more: Region,
    parameters: tuple[Var, ...] = (),
) -> None:
    """Take over the state at the end of a region, whose variables are yielded."""
    rows: dict[Hashable, tuple[Var, Atom]] = {}

    def variable(key: Key, _a: Atom, b: Atom, _t: Type) -> Var:
        if b not in rows:
            rows[b] = (Var(b.type, name_of(m, key, b)), b)
            if m.is_active(b):
                m.variables.active.add(rows[b][0])
        return rows[b][0]

    before = Side(m.heap, m.builder.equations)
    merger = Merger(m, before, Side(done.heap, done.equations), variable)
    m.heap = merger.heaps()
    merger.settle()
    region = Region(parameters, tuple(done.equations), tuple(b for _, b in rows.values()))
    results = tuple(v for v, _ in rows.values())
    start = len(m.builder.equations)
    m.builder.append(Equation("scope", operands, results, MappingProxyType(params), (region, *more)))
    m.note(start)


# ---- try


def try_statement(m: Machine, statement: ast.Try) -> None:
    """try/except, and try/finally, which keeps its finalizer."""
    if not statement.finalbody:
        _handlers(m, statement)
        return
    inner = ast.copy_location(ast.Try(statement.body, statement.handlers, statement.orelse, []), statement)
    body: ReadsOn = partial(_handlers, m, inner) if statement.handlers else partial(m.execute, statement.body)
    final = partial(m.execute, statement.finalbody)
    if leaves(statement.finalbody) or _may_find_unset(m, statement):
        all_ways(m, body, _always(final))
    else:
        finally_(m, body, final)


def finally_(m: Machine, body: ReadsOn, final: ReadsOn) -> None:
    """Read a finalizer behind what it is the finalizer of.

    Behind an exception that nobody waits for, what it changes is seen by nobody; what it does for good, such as to
    print, it does there as well: one that changes nothing stands in a `finally` of the generated code.
    """
    before = m.heap
    done = m.apart(lambda: _run(body))
    m.heap = dict(done.heap)
    finalizer = m.apart(lambda: _run(final))
    changed = finalizer.raises or any(finalizer.heap.get(k) is not cell for k, cell in done.heap.items())
    m.heap = before
    raising = finalizer.raises or any(may_raise(e, (Exception,)) for e in finalizer.equations)
    if raising and m.known.once:
        all_ways(m, body, _always(final))
        return
    m.part(OpenTries).shortened |= raising
    if any(map(handlers.runs_once, (e for outer in finalizer.equations for e in within(outer)))):
        if changed or guard_of(m) is not None:
            all_ways(m, body, _always(final))
            return
        inside(m, done, (), {"kind": "finally"}, Region((), tuple(finalizer.equations), ()))
    else:
        handlers.take_over(m, done)
        if not done.raises:
            _with_flags_down(m, _always(final))
    if done.raises:
        raise Diverges


def _always(final: ReadsOn) -> Final:
    """A finalizer that doesn't look at the exception."""

    def run(_raised: Value, _error: Value) -> ReadsOn:
        final()
        return lambda: None

    return run


def all_ways(m: Machine, body: ReadsOn, final: Final) -> None:
    """Read a finalizer that may leave the block, or raise, on the way of an exception as well: any is waited for.

    `final` is given the number of the clause and the exception; what it gives is done where it hasn't left the block.
    """
    outer = guard_of(m)
    clauses: tuple[Errors, ...] = (*(outer.clauses if outer else ()), (BaseException,))
    if m.look(RAISED) is None:
        m.bind(RAISED, Static(0))
    with opened(m, clauses):
        body()
    _with_flags_down(m, final)
    raised = m.look(RAISED) or Static(0)
    if isinstance(raised, Static):
        if raised.value == len(clauses):
            _raise_again(m, error_for(m, len(clauses)))
        return
    error = error_for(m, len(clauses))
    branch(m, m.emit("equal", to_atom(m, raised), len(clauses)), lambda: _raise_again(m, error), lambda: NONE)
    if outer is None:
        m.bind(RAISED, Static(0))


def _raise_again(m: Machine, error: Value) -> Value:
    raise_value(m, error)
    raise Diverges


def _with_flags_down(m: Machine, final: Final) -> None:
    """A finalizer runs whatever has left the block before it; afterwards the block is left all the same."""
    flags = (*FLAGS, RAISED)
    names = (*flags, "$value", *errors_of(m))
    kept = {name: value for name in names if (value := m.look(name)) is not None}
    for name in kept.keys() & {*flags}:
        m.bind(name, Static(0) if name == RAISED else FALSE)
    before = dict(m.heap)
    raised = kept.get(RAISED, Static(0))
    error = error_of(m, raised)
    with handling(m, error) if raised != Static(0) else contextlib.nullcontext():
        at_last = final(raised, error)
    own = m.stack.frames[-1]
    if any(m.heap.get(k) is not cell for k, cell in before.items() if k != own):
        m.part(OpenTries).finalizers += 1
    gone = truth(m, handlers.raised_or_left(m))
    if isinstance(gone, Var):
        branch(m, negate(m, gone), lambda: _put_back(m, kept, at_last), lambda: NONE)
    elif not gone:
        _put_back(m, kept, at_last)


def _put_back(m: Machine, kept: dict[str, Value], at_last: ReadsOn) -> Value:
    for name, value in kept.items():
        m.bind(name, value)
    at_last()
    return NONE


def leaves(statements: Sequence[ast.stmt], in_loop: bool = False) -> bool:
    """Whether statements may leave the block that they stand in by themselves."""
    for node in statements:
        if isinstance(node, (ast.Return, ast.Raise, ast.Assert)):
            return True
        if isinstance(node, (ast.Break, ast.Continue)) and not in_loop:
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inner = in_loop or isinstance(node, (ast.For, ast.While))
        blocks = [block for name in ("body", "finalbody") if (block := getattr(node, name, None))]
        blocks += [case.body for part in ("handlers", "cases") for case in getattr(node, part, ())]
        if any(leaves(block, inner) for block in blocks) or leaves(getattr(node, "orelse", ()), in_loop):
            return True
    return False


def _may_find_unset(m: Machine, statement: ast.Try) -> bool:
    """Whether a finalizer reads a name that the body is the first to set, and hasn't set when it raises."""
    inner = (*statement.body, *statement.handlers, *statement.orelse)
    bound = {n.id for part in inner for n in ast.walk(part) if isinstance(n, ast.Name) and not _loads(n)}
    read = {n.id for part in statement.finalbody for n in ast.walk(part) if isinstance(n, ast.Name) and _loads(n)}
    read |= {
        n.target.id
        for part in statement.finalbody
        for n in ast.walk(part)
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }
    return any(isinstance(m.look(name), (Undef, Partial, NoneType)) for name in bound & read) or any(
        isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del) and n.id in read
        for part in inner
        for n in ast.walk(part)
    )


def _loads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _run(execute: ReadsOn) -> Value:
    execute()
    return NONE


def _handlers(m: Machine, statement: ast.Try) -> None:
    """try/except: read, or, where nothing in it is active and it can't be read, as Python runs it."""
    with m.attempt(SrcadError, when=lambda _: _is_inactive(m, statement)) as tried:
        handlers.handled(m, statement)
    if tried.error:
        _as_it_stands(m, statement)


def _is_inactive(m: Machine, statement: ast.Try) -> bool:
    """Whether a statement reads nothing active, and binds names alone."""
    used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    names = m.frame.names
    leaving = (ast.Return, ast.Break, ast.Continue, ast.Raise, ast.Yield, ast.YieldFrom)
    leaves = any(isinstance(n, leaving) for n in ast.walk(statement))
    stores = any(
        isinstance(n, (ast.Attribute, ast.Subscript)) and isinstance(n.ctx, ast.Store) for n in ast.walk(statement)
    )
    unsure = any(isinstance(value, (Undef, Partial)) for name in used if (value := names.get(name)) is not None)
    return not (leaves or stores or unsure or any(m.depends(names[name]) for name in used if name in names))


def _as_it_stands(m: Machine, statement: ast.Try) -> None:
    """ReadsOn the statement itself, as opaque code: what it binds is known at run time only."""
    used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    bound = sorted(_bound(statement))
    frame = m.frame
    values = {name: frame.names[name] for name in sorted(used) if name in frame.names}
    if any(m.depends(v) for v in values.values()) or m.look("$return") == TRUE:
        m.refuse("an exception handler is near values that depend on the differentiated arguments", node=statement)
    outside = {n for n in used if n not in frame.names and n not in bound}
    unsure = [n for n in bound if n not in values and not all(n in _bound(h) for h in statement.handlers)]
    function = compile_block(m, statement, sorted(values), bound, outside, unsure)
    result = m.emit("call", function, *(to_atom(m, v) for v in values.values()), keywords=())
    for k, name in enumerate(bound):
        value: Value = Obj(m.emit("subscript", result, k))
        if name in unsure:
            is_bound = m.emit("subscript", result, len(bound) + unsure.index(name))
            value = Partial(value, m.emit("truth", is_bound))
        m.bind(name, value)


def _bound(node: ast.AST) -> set[str]:
    """The names that are bound outside of comprehensions and functions, and not deleted."""
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)):
        return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    found = set[str]().union(*map(_bound, ast.iter_child_nodes(node)))
    deleted = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)}
    return found - deleted


def compile_block(
    m: Machine, statement: ast.Try, inputs: list[str], outputs: list[str], outside: set[str], unsure: list[str]
) -> Const:
    """A function of the block: its inputs as parameters, its outputs as a tuple, with which of the unsure are bound."""
    given = "".join(f"locals().get({n!r}), " if n in unsure else f"{n}, " for n in outputs)
    given += "".join(f"{n!r} in locals(), " for n in unsure)
    module = ast.parse(f"def block({', '.join(inputs)}):\n    pass\n    return ({given})")
    definition = module.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body[0] = statement
    names = dict(m.code.globals)
    names.update({n: c.cell_contents for n, c in m.code.closure if n in outside})
    with unwarned():
        code = compile(ast.fix_missing_locations(module), m.code.path, "exec")
    exec(code, names)
    block = names["block"]
    block.__srcad_text__ = ast.unparse(module)  # which stands nowhere else
    return Const(block, OPAQUE)
