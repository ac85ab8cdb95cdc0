"""with, and try: what they hold of the program is read in a region of its own.

with np.errstate(divide="ignore"):     ->     v2 = scope with v1 = errstate(...): v3 = x / y; yield v3
    z = x / y
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType

from srcad.errors import SrcadError
from srcad.frontend.core.attempts import RestorableDict
from srcad.frontend.core.machine import Branch, Machine
from srcad.frontend.core.values import NONE, TRUE, Cell, Obj, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import name_of
from srcad.frontend.memory.merge import Key, Merger, Side
from srcad.ops.catalogue import operation
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import OPAQUE, Array, Type


def with_statement(m: Machine, statement: ast.With) -> None:
    """`with a as b: ...`, one manager after the other."""
    _with(m, statement.items, statement.body)


def _with(m: Machine, items: list[ast.withitem], body: list[ast.stmt]) -> None:
    if not items:
        m.execute(body)
        return
    manager = to_atom(m, m.evaluate(items[0].context_expr))
    if m.is_active(manager):
        m.refuse("a context manager depends on the differentiated arguments", node=items[0].context_expr)
    target = items[0].optional_vars

    def run() -> Value:
        if target is not None:
            entered = m.emit("call", m.emit("attribute", manager, name="__enter__"), keywords=())
            m.assign(target, Obj(entered))
        _with(m, items[1:], body)
        return NONE

    if target is not None:
        m.refuse("`with ... as name` in a differentiated function isn't supported yet", node=target)
    done = m.apart(run)
    check_suppression(m, manager, done, items[0].context_expr)
    inside(m, done, (manager,), {"kind": "with"})


ELSEWHERE = (LookupError, AttributeError, OSError, ImportError, StopIteration, TypeError)  # not from arithmetic


def check_suppression(m: Machine, manager: Atom, done: Branch, node: ast.expr) -> None:
    """Refuse contextlib.suppress around what may raise half-way, and sets what is differentiated."""
    made = m.variables.definitions.get(manager) if isinstance(manager, Var) else None
    callee = made.operands[0] if made is not None and made.op == "call" else None
    if made is None or not isinstance(callee, Const) or callee.value is not contextlib.suppress:
        return
    kinds = [a.value for a in made.operands[1:] if isinstance(a, Const) and isinstance(a.value, type)]
    elsewhere = len(kinds) == len(made.operands) - 1 and all(issubclass(kind, ELSEWHERE) for kind in kinds)
    if any(_may_raise(e, elsewhere) for e in done.equations) and any(depends_on_active(m, e) for e in done.equations):
        m.refuse(
            "an exception that is suppressed could leave out what is differentiated",
            why="which of the two ways the run takes isn't known, and neither is what was done before the error.",
            do="test for the condition by an if instead of suppressing the exception.",
            node=node,
        )


def _may_raise(equation: Equation, elsewhere: bool) -> bool:
    facts = operation(equation)
    if equation.regions and not facts.effect:
        return any(_may_raise(e, elsewhere) for r in equation.regions for e in r.equations)
    if facts.effect:
        return True
    arrays = facts.elementwise and all(isinstance(r.type, Array) for r in equation.results)
    return not (elsewhere or arrays or facts.total)


def inside(m: Machine, done: Branch, operands: tuple[Atom, ...], params: dict[str, object], *more: Region) -> None:
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
    region = Region((), tuple(done.equations), tuple(b for _, b in rows.values()))
    results = tuple(v for v, _ in rows.values())
    start = len(m.builder.equations)
    m.builder.append(Equation("scope", operands, results, MappingProxyType(params), (region, *more)))
    m.note(start)


# ---- try


def try_statement(m: Machine, statement: ast.Try) -> None:
    """try/finally keeps its finalizer; a handler must not be able to change what is differentiated."""
    if statement.handlers:
        _handlers(m, statement)
        return
    done = m.apart(lambda: _run(m, lambda: m.execute([*statement.body, *statement.orelse])))
    if any(_changes(m, node) for node in statement.finalbody):
        m.heap, m.builder.equations[len(m.builder.equations) :] = done.heap, done.equations
        m.views.append(RestorableDict())
        m.execute(statement.finalbody)
        return
    finalizer = m.apart(lambda: _run(m, lambda: m.execute(statement.finalbody)))
    region = Region((), tuple(finalizer.equations), ())
    if not finalizer.equations:
        _take_over(m, done)
        return
    inside(m, done, (), {"kind": "finally"}, region)


def _take_over(m: Machine, done: Branch) -> None:
    m.heap = done.heap
    m.builder.equations += done.equations


def _changes(_m: Machine, node: ast.stmt) -> bool:
    """Whether a statement binds or changes something (rather than calling a function for its effect)."""
    kinds = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.For, ast.While, ast.If, ast.Delete)
    return any(isinstance(n, kinds) for n in ast.walk(node))


def _run(_m: Machine, execute: Callable[[], None]) -> Value:
    execute()
    return NONE


def _handlers(m: Machine, statement: ast.Try) -> None:
    """try/except whose handlers only raise: the body, guarded; whose body is inactive: as Python runs it."""
    if all(_only_raises(h.body) for h in statement.handlers):
        m.execute([*statement.body, *statement.orelse, *statement.finalbody])
        return
    before, touches = dict(m.heap), False
    with m.attempt(SrcadError), m.rehearsal():
        done = m.apart(lambda: _run(m, lambda: m.execute([*statement.body, *statement.orelse])))
        touches = any(depends_on_active(m, e) for e in done.equations) or not _harmless(m, done, before)
    if touches:
        m.refuse(
            "an exception handler could change values that depend on the differentiated arguments",
            why="which of the two ways the run takes isn't known, and neither is what was done before the error.",
            do="test for the condition by an if instead of catching the exception.",
            node=statement,
        )
    _as_it_stands(m, statement)


def _only_raises(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise) and not any(isinstance(n, ast.Return) for s in body for n in ast.walk(s))


def depends_on_active(m: Machine, equation: Equation) -> bool:
    if any(m.is_active(a) for a in equation.operands):
        return True
    return any(depends_on_active(m, e) for region in equation.regions for e in region.equations)


def _harmless(m: Machine, done: Branch, before: Mapping[int, Cell]) -> bool:
    """Whether only names of the present frame have changed, to inactive values."""
    for cell_id, cell in before.items():
        if done.heap.get(cell_id) is cell:
            continue
        if cell_id != m.stack.frames[-1]:
            return False
    return True


def _as_it_stands(m: Machine, statement: ast.Try) -> None:
    """Run the statement itself, as opaque code: what it binds is known at run time only."""
    used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    bound = sorted({n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})
    frame = m.frame
    values = {name: frame.names[name] for name in sorted(used) if name in frame.names}
    if any(m.depends(v) for v in values.values()) or m.look("$return") == TRUE:
        m.refuse("an exception handler is near values that depend on the differentiated arguments", node=statement)
    outside = {n for n in used if n not in frame.names and n not in bound}
    function = compile_block(m, statement, sorted(values), bound, outside)
    result = m.emit("call", function, *(to_atom(m, v) for v in values.values()), keywords=())
    for k, name in enumerate(bound):
        m.bind(name, Obj(m.emit("subscript", result, k)))


def compile_block(m: Machine, statement: ast.Try, inputs: list[str], outputs: list[str], outside: set[str]) -> Const:
    """A function of the block: its inputs as parameters, its outputs as a tuple."""
    module = ast.parse(f"def block({', '.join(inputs)}):\n    pass\n    return ({''.join(n + ', ' for n in outputs)})")
    definition = module.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body[0] = statement
    names = dict(m.code.globals)
    names.update({n: c.cell_contents for n, c in m.code.closure if n in outside})
    exec(compile(ast.fix_missing_locations(module), m.code.path, "exec"), names)
    return Const(names["block"], OPAQUE)
