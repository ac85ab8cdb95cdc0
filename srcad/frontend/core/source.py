"""Finding and parsing the source of a function, and the places in it."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import CellType, CodeType, FunctionType
from typing import Any, Protocol, TypeGuard

from srcad.errors import NotYetSupported, Span
from srcad.frontend.core.versions import is_rewritten, unwarned, version_of

DEFINITIONS = "srcad.definitions."
FunctionNode = ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef
Definition = tuple[FunctionNode, str, tuple[str, ...], int]  # a node, its path, its lines and the first one's number


@dataclass(frozen=True, eq=False)
class FunctionSource:
    """The source of a function: its syntax tree, its file, where its names are found; `holder`: the class around it."""

    node: FunctionNode
    path: str
    lines: tuple[str, ...]
    first: int
    name: str
    globals: dict[str, Any]
    closure: tuple[tuple[str, CellType], ...] = ()
    code: CodeType | None = None
    local_names: frozenset[str] = frozenset()
    holder: str = ""
    nonlocals: frozenset[str] = frozenset()

    @property
    def defines(self) -> bool:
        """Whether it is a definition of a library's function, which stands at the place of the user's call."""
        return str(self.globals.get("__name__", "")).startswith(DEFINITIONS)


def code_of(function: FunctionType) -> FunctionSource:
    """The source of a Python function, with where its names are found.

    Raises NotYetSupported where there is no source.
    """
    tree = _tree(function.__code__)
    if isinstance(tree, Missing):
        raise NotYetSupported(f"the source of {function.__qualname__!r} can't be found", why=tree.why, do=tree.do)
    node, path, lines, first = tree
    closure = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    holder = _class_holding(function.__code__)
    return make_code(node, path, lines, first, function.__globals__, tuple(closure), function.__code__, holder)


class Wrapper(Protocol):
    """What wraps a function."""

    __wrapped__: FunctionType


def transparent(value: object) -> TypeGuard[Wrapper]:
    """Whether a decorated function computes what the function in it does, as that of `lru_cache` and `numba.njit` does.

    They are told by name: another wrapper in C may do anything with what the function returns. A wrapper in Python is
    read as what it is, a function that calls another one.
    """
    return _is_looked_through(type(value)) and is_function(getattr(value, "__wrapped__", None))


def _is_looked_through(kind: type) -> bool:
    match kind.__module__.partition(".")[0]:
        case "functools":
            return kind.__name__ == "_lru_cache_wrapper"
        case "numba":
            return any(base.__name__ == "Dispatcher" for base in kind.__mro__)
        case "jax" | "jaxlib":
            return kind.__name__ == "PjitFunction"
    return False


def is_function(value: object) -> TypeGuard[FunctionType]:
    """Whether it is a function in Python, and not something that passes for one, as a proxy of wrapt does."""
    return type(value) is FunctionType


def vectorised_by_numba(value: object) -> FunctionType | None:
    """The function of a `numba.vectorize`; None for anything else."""
    kind = type(value)
    if kind.__module__.partition(".")[0] != "numba" or not any(base.__name__ == "DUFunc" for base in kind.__mro__):
        return None
    function = getattr(value, "py_func", None) or getattr(getattr(value, "_dispatcher", None), "py_func", None)
    return function if is_function(function) else None


CALLER = "srcad_caller"  # the extension module of the native back end, which calls derivatives for their own method


def called_in_python(value: object) -> bool:
    """Whether a call of an object runs a method that is written in Python, or what stands for one."""
    call = inspect.getattr_static(type(value), "__call__", None)
    return isinstance(call, FunctionType) or type(call).__module__ == CALLER


def make_code(
    node: FunctionNode,
    path: str,
    lines: tuple[str, ...],
    first: int,
    global_names: dict[str, Any],
    closure: tuple[tuple[str, CellType], ...] = (),
    code: CodeType | None = None,
    holder: str = "",
) -> FunctionSource:
    name = getattr(node, "name", "<lambda>")
    stored, not_local = _stored_names(node)
    return FunctionSource(node, path, lines, first, name, global_names, closure, code, stored, holder, not_local)


def span_of(code: FunctionSource, node: ast.AST) -> Span:
    """The place of a node in the user's file."""
    row = getattr(node, "lineno", 1)
    text = code.lines[row - 1] if row - 1 < len(code.lines) else ""
    end = getattr(node, "end_lineno", row) or row
    start = _characters(text, getattr(node, "col_offset", 0))
    stop = _characters(text, getattr(node, "end_col_offset", 0) or 0) if end == row else len(text)
    return Span(
        code.path, code.first + row - 1, text, start, stop, code.name, code.first + end - 1, type(node).__name__
    )


def _characters(text: str, count: int) -> int:
    return len(text.encode()[:count].decode(errors="ignore"))


def attribute_name(code: FunctionSource, name: str) -> str:
    """The attribute that a name in the source stands for: a private one carries the class that it is written in."""
    private = name.startswith("__") and not name.endswith("__")
    holder = code.holder.lstrip("_")
    return f"_{holder}{name}" if private and holder else name


def _class_holding(code: CodeType) -> str:
    """The innermost class that a function is written in; "" for none."""
    parts = code.co_qualname.split(".")
    classes = [part for part, inner in pairwise(parts) if "<locals>" not in (part, inner)]
    return classes[-1] if classes else ""


@dataclass(frozen=True)
class Missing:
    """Why there is no source of a function, and what to do about it."""

    why: str
    do: str


def _tree(code: CodeType) -> Definition | Missing:
    """(node, path, lines, number of the first line) for a code object: as it is when it is asked for first."""
    return _found(code, code.co_filename)


@lru_cache(maxsize=4096)
def _found(code: CodeType, filename: str) -> Definition | Missing:
    linecache.checkcache(filename)
    path = _path_of(code)
    module = inspect.getmodule(code, path)
    return _definition(code, path, "".join(linecache.getlines(path, getattr(module, "__dict__", None))))


def _path_of(code: CodeType) -> str:
    if code.co_filename.startswith("<frozen "):  # of the standard library, whose files are there all the same
        module = sys.modules.get(code.co_filename.removeprefix("<frozen ").removesuffix(">"))
        return getattr(module, "__file__", None) or code.co_filename
    try:
        return inspect.getsourcefile(code) or code.co_filename
    except TypeError:
        return code.co_filename


def _definition(code: CodeType, path: str, text: str) -> Definition | Missing:
    """The definition of a function in the text of its file, which may be another one than the one that was run."""
    if not text:
        return _carried(code) or _no_text(code)
    now = version_of(code, text)
    if now is None and code.co_filename == "<string>":  # python -c keeps its own text under this name since 3.13
        return _no_text(code)
    if now is None and not is_rewritten(code):
        return Missing(
            f"{path} doesn't have the code that runs: it has been edited since it was imported, or a decorator or an "
            "import hook has replaced the function.",
            "import the module again (importlib.reload), or run the cell again, after an edit.",
        )
    now = now or code
    return (
        _by_block(now, code, path)
        or _parse_file(now, path, text)
        or Missing(
            f"{path} has no definition of it in line {code.co_firstlineno}.",
            "define it with def in a file or a notebook cell.",
        )
    )


def _by_block(now: CodeType, code: CodeType, path: str) -> Definition | None:
    """Its lines alone, where they stand as they stood."""
    if now.co_firstlineno != code.co_firstlineno:
        return None
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        return None
    return _parse_block(code, path, lines, max(first, 1))


CARRIED = "<carried: "  # what linecache calls a text that came with a function from another process


def texts_of(function: object) -> dict[str, str]:
    """The texts of the files of a function, and of those of its module that it calls, if they can't be imported."""
    found: dict[str, str] = {}
    todo, met = [function], set()
    while todo:
        one = todo.pop()
        if not is_function(one) or id(one) in met:
            continue
        met.add(id(one))
        path = one.__code__.co_filename
        text = "".join(linecache.getlines(path))
        if text and path not in found:
            found[path] = text
        cells = [cell.cell_contents for cell in one.__closure__ or () if cell != CellType()]
        todo += [one.__globals__.get(name) for name in one.__code__.co_names] + cells
        todo[:] = [f for f in todo if getattr(f, "__module__", None) == one.__module__]
    return found


def carry(texts: dict[str, str]) -> None:
    """Make texts known that came with a function from another process."""
    for path, text in texts.items():
        name = f"{CARRIED}{path}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def _carried(code: CodeType) -> Definition | None:
    """The definition in one of the texts that came along."""
    for name in [name for name in linecache.cache if name.startswith(CARRIED)]:
        text = "".join(linecache.getlines(name))
        now = version_of(code, text)
        found = None if now is None else _parse_file(now, name.removeprefix(CARRIED).removesuffix(">"), text)
        if found is not None:
            return found
    return None


def _no_text(code: CodeType) -> Missing:
    """There is no source at all: by what the file is called one can tell why."""
    match code.co_filename:
        case "<stdin>":
            version = ".".join(map(str, sys.version_info[:2]))
            return Missing(
                f"srcad reads source, and the prompt of Python {version} keeps none of what is typed in.",
                "define it in a file, in a notebook cell, or at the prompt of IPython or of Python 3.13.",
            )
        case "<string>":
            return Missing(
                "srcad reads source, and this function has none: it was made by exec, eval or python -c.",
                "define it with def in a file, a notebook cell or at the prompt.",
            )
    if code.co_filename in ("<timed exec>", "<magic-timeit>"):
        return Missing(
            "srcad reads source, and IPython keeps none of what stands behind %%time or %timeit.",
            "define it in a cell of its own, and time its call.",
        )
    if code.co_filename == "<dynamic-code>":
        return Missing(
            "srcad reads source, and this function came from another process by cloudpickle, which carries none.",
            "hand the derivative to the other process, srcad.grad(f), which carries it; or define f in a module.",
        )
    if code.co_filename.startswith("<"):
        return Missing(
            f"srcad reads source, and the text of {code.co_filename} isn't kept in this process.",
            "define it with def in a file that is there, also in the processes that work for this one.",
        )
    return Missing(
        f"srcad reads source, and the file {code.co_filename} isn't there.",
        "define it with def in a file that is there, also in the processes that work for this one.",
    )


def _parse_block(code: CodeType, path: str, lines: list[str], first: int) -> Definition | None:
    text = textwrap.dedent("".join(lines))
    try:
        with unwarned():
            tree = ast.parse(text)
    except SyntaxError:
        return None
    node = _find(tree, code, first, len(lines[0]) - len(text.splitlines(keepends=True)[0]))
    return None if node is None else (node, path, tuple(text.splitlines()), first)


def _parse_file(code: CodeType, path: str, text: str) -> Definition | None:
    """A lambda in the middle of an expression, say: the whole file has it."""
    try:
        with unwarned():
            tree = ast.parse(text)
    except SyntaxError:
        return None
    node = _find(tree, code, 1)
    return None if node is None else (node, path, tuple(text.split("\n")), 1)


def _find(tree: ast.AST, code: CodeType, first: int, indent: int = 0) -> FunctionNode | None:
    """The definition of a code object: told by kind, name, line, and, for lambdas on one line, by its columns.

    The tree begins at line `first` of the file, and has lost `indent` columns.
    """
    wanted = ast.Lambda if code.co_name == "<lambda>" else (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [n for n in ast.walk(tree) if isinstance(n, wanted) and _starts_at(n, code, first)]
    if wanted is not ast.Lambda:
        return found[0] if found else None
    place = _extent(code)
    if place is None:
        return found[0] if len(found) == 1 else None
    around = [(_body_extent(n, first, indent), n) for n in found if isinstance(n, ast.Lambda)]
    holding = [(start, stop, n) for (start, stop), n in around if start <= place[0] and place[1] <= stop]
    return max(holding, key=lambda one: one[0])[2] if holding else None


def _extent(code: CodeType) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """From where to where, as (line, column), the instructions of a code object come from."""
    known = [p for p in code.co_positions() if None not in p and p[2:] != (0, 0)]
    if not known:
        return None
    return min((p[0] or 0, p[2] or 0) for p in known), max((p[1] or 0, p[3] or 0) for p in known)


def _body_extent(node: ast.Lambda, first: int, indent: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where to where the body of a lambda stands; of lambdas around each other, the innermost starts last."""
    body, shift = node.body, first - 1
    end = (body.end_lineno or body.lineno) + shift, (body.end_col_offset or 0) + indent
    return (body.lineno + shift, body.col_offset + indent), end


def _starts_at(node: FunctionNode, code: CodeType, first: int) -> bool:
    decorators = getattr(node, "decorator_list", [])
    lines = {node.lineno, *(d.lineno for d in decorators)}
    named = isinstance(node, ast.Lambda) or node.name == code.co_name
    return named and code.co_firstlineno - first + 1 in lines


@lru_cache(maxsize=1024)  # of trees that aren't changed: a reading asks several times, and is done several times
def _stored_names(node: FunctionNode) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a function binds itself, and those that it declares global or nonlocal."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a]
    names = {a.arg for a in every}
    outside: set[str] = set()
    body = node.body if isinstance(node.body, list) else [node.body]
    for statement in body:
        _collect(statement, names, outside)
    return frozenset(names - outside), frozenset(outside)


@lru_cache(maxsize=1024)
def declared_global(node: FunctionNode) -> frozenset[str]:
    """The names that a function declares global."""
    names: set[str] = set()
    todo: list[ast.AST] = [*(node.body if isinstance(node.body, list) else [])]
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Global):
            names.update(one.names)
        elif not isinstance(one, _SCOPES):
            todo += ast.iter_child_nodes(one)
    return frozenset(names)


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _collect(node: ast.AST, names: set[str], outside: set[str]) -> None:
    if isinstance(node, _SCOPES):
        if not isinstance(node, ast.Lambda):
            names.add(node.name)
        return
    match node:
        case ast.Name() if isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
        case ast.Global() | ast.Nonlocal():
            outside.update(node.names)
        case ast.Import() | ast.ImportFrom():
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        case ast.ExceptHandler() if node.name:
            names.add(node.name)
    if isinstance(node, _COMPREHENSIONS):
        names.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
        return
    for child in ast.iter_child_nodes(node):
        _collect(child, names, outside)


# ---- what stands in a function


@lru_cache(maxsize=4096)
def is_yielding(node: ast.AST) -> bool:
    """Whether a function or a statement has a `yield` of its own."""
    return any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in own_nodes(node))


def is_alone(function: ast.AST, node: ast.expr) -> bool:
    """Whether a `yield` is all of a statement, or all that a statement gives to names.

    One that isn't in the function is of a statement that has been taken apart, and a step of its own.
    """
    return node in _alone(function) or node not in _yields(function)


@lru_cache(maxsize=1024)
def _yields(function: ast.AST) -> frozenset[ast.AST]:
    return frozenset(n for n in own_nodes(function) if isinstance(n, (ast.Yield, ast.YieldFrom)))


@lru_cache(maxsize=1024)
def _alone(function: ast.AST) -> frozenset[ast.AST]:
    found = [s for s in own_nodes(function) if isinstance(s, (ast.Expr, ast.Assign, ast.AnnAssign))]
    plain = [s for s in found if all(isinstance(t, ast.Name) for t in getattr(s, "targets", ()))]
    return frozenset(s.value for s in plain if s.value is not None)


def gets_attributes(function: FunctionNode, node: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a function sets attributes of one that is defined in it: counter.calls = 0."""
    return node in _with_attributes(function)


@lru_cache(maxsize=1024)
def _with_attributes(function: FunctionNode) -> frozenset[ast.AST]:
    nodes = list(ast.walk(function))
    stored = [n.value for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    names = {owner.id for owner in stored if isinstance(owner, ast.Name)}
    found: set[ast.AST] = {n for n in nodes if isinstance(n, ast.FunctionDef) and n.name in names}
    for n in nodes:
        if isinstance(n, ast.Assign) and isinstance(n.value, ast.Lambda):
            found |= {n.value for target in n.targets if isinstance(target, ast.Name) and target.id in names}
    return frozenset(found)


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function that aren't of a function inside."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child
            yield from own_nodes(child)
