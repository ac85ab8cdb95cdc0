"""Names and the objects of the world outside: arguments, globals, closure cells, attributes of modules and instances.

Numbers and arrays become inputs of the trace. Containers are taken apart. Functions, strings, None and the like are
known now, and guarded: a call that finds something else there gets another specialisation.
"""

from __future__ import annotations

import builtins
import collections
import enum
import functools
import types
from collections.abc import Hashable
from types import CellType
from typing import Any, cast

import numpy as np

from srcad.definitions.numpy.table import CLASSES
from srcad.frontend.core.cells import ArrayCell, DictCell, FrameCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.guards import (
    IdentityGuard,
    ListGuard,
    NameGuard,
    SameGuard,
    StructureGuard,
    TypeGuard,
    ValueGuard,
)
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.reading import Derivative, derivation
from srcad.frontend.core.roots import CellRoot, GlobalRoot, Root
from srcad.frontend.core.source import (
    FunctionSource,
    called_in_python,
    declared_global,
    is_function,
    transparent,
    vectorised_by_numba,
)
from srcad.frontend.core.values import UNDEFINED_VALUE, ArrayRef, Bound, Num, Obj, Range, Ref, Static, Tup, Value
from srcad.trace.dims import UNKNOWN_DIM, Symbol, fixed
from srcad.trace.fields import fields_of, fields_of_class, overridden
from srcad.trace.nodes import Path, Var
from srcad.trace.types import OPAQUE, Array, ListOf, Scalar, TupleOf, Type, join, type_of
from srcad.trace.widths import WIDE

CONSTANTS = (type(None), bool, str, bytes, type(Ellipsis), np.dtype, slice, complex, set, frozenset, enum.Enum)
KNOWN = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc, types.GenericAlias)
DISPATCHED = type(np.sum)  # what NumPy's functions in Python and C are
INDEXERS = (type(np.r_), type(np.c_), type(np.s_), type(np.mgrid), type(np.ogrid))  # known by what they are
MOST_ITEMS = 32


# ---- names


def lookup(m: Machine, name: str) -> Value:
    """The value of a name: of a frame, of an enclosing one, of a closure cell, a global, a builtin."""
    frame: int | None = m.stack.frames[-1]
    code = m.code
    while frame is not None:
        cell = m.cell(frame, FrameCell)
        if name in cell.names:
            return cell.names[name]
        if name in cell.code.local_names:
            return UNDEFINED_VALUE
        if name in declared_global(cell.code.node):
            return _global(m, cell.code, name)
        frame, code = cell.parent, cell.code
    return _outside(m, code, name)


def _outside(m: Machine, code: FunctionSource, name: str) -> Value:
    for free, cell in code.closure:
        if free == name:
            return _closure(m, code, name, cell)
    return _global(m, code, name)


def _global(m: Machine, code: FunctionSource, name: str) -> Value:
    changed = _set_by_the_program(m, code.globals, name)
    if changed is not None:
        return changed
    if name in code.globals:
        if code.defines:
            return Static(code.globals[name])  # no program changes it
        path = m.outside.root(name, id(code.globals), GlobalRoot(code.globals, name))
        return external(m, code.globals[name], path, free=True)
    if hasattr(builtins, name):
        if not code.defines:
            m.outside.guard(NameGuard(code.globals, name))
        return Static(getattr(builtins, name))
    m.raises(NameError(f"name {name!r} is not defined"))


def _set_by_the_program(m: Machine, holder: object, name: str) -> Value | None:
    """What the program has set a global, or the content of a closure cell, to."""
    known = m.outside.met.get(id(holder))
    cell = m.content(known[1]) if known is not None else None
    value = dict(cell.fields).get(name) if isinstance(cell, InstanceCell) else None
    if value is not None and known is not None and isinstance(known[1], Ref):
        check_stored(m, known[1], name, value)
    return value


def check_stored(m: Machine, owner: Ref, name: str, value: Value) -> None:
    """Refuse to read what the program has put outside of itself, where it moves: outside it is a plain number."""
    place = (owner.cell, name)
    if place not in m.outside.stored or not m.depends(value):
        return
    m.builder.span = m.outside.stored[place] or m.builder.span
    m.refuse(
        "what is stored here depends on the differentiated arguments, outlives the call, and is read again in it",
        why="what is stored outside of the function can be read by anybody; no derivative passes through it.",
        do="keep the value in a variable as well, and use that.",
        never=True,
    )


def state(m: Machine, holder: object, origin: object, label: str, fetch: Root) -> Ref:
    """The cell for what the program sets in a module or a closure cell, as if these were objects with attributes."""
    if id(holder) not in m.outside.met:
        path = m.outside.root(label, id(holder), fetch)
        made = Ref(m.allocate(InstanceCell(type(origin), (), origin, path, True)))
        m.outside.found[made.cell] = m.heap[made.cell]
        m.outside.outer.add(made.cell)
        m.outside.met[id(holder)] = (holder, made)
        m.outside.origins[id(holder)] = path
    known = m.outside.met[id(holder)][1]
    assert isinstance(known, Ref)
    return known


def _closure(m: Machine, _code: FunctionSource, name: str, cell: CellType) -> Value:
    changed = _set_by_the_program(m, cell, "cell_contents")
    if changed is not None:
        return changed
    try:
        content = cell.cell_contents
    except ValueError:
        return UNDEFINED_VALUE
    path = m.outside.root(name, id(cell), CellRoot(cell))
    return external(m, content, path, free=True)


# ---- objects


def external(m: Machine, value: object, path: Path, free: bool, keep: bool = False) -> Value:
    """The abstract value of an object found at a path. `keep`: a differentiated argument, taken apart wholly."""
    if free and id(value) in m.outside.met and (isinstance(value, np.ndarray) or not _is_number(value)):
        if m.outside.origins[id(value)] != path:
            m.outside.guard(SameGuard(path, m.outside.origins[id(value)]))
        return m.outside.met[id(value)][1]
    before = m.ids
    made = _external(m, value, path, free, keep)
    m.outside.found.update((k, m.heap[k]) for k in range(before + 1, m.ids + 1) if k in m.heap)
    if free:
        m.outside.outer.update(range(before + 1, m.ids + 1))
        m.outside.met[id(value)] = (value, made)
        m.outside.origins.setdefault(id(value), path)
    return made


def _external(m: Machine, value: object, path: Path, free: bool, keep: bool) -> Value:
    if isinstance(value, CONSTANTS) and not isinstance(value, (complex, np.generic)):
        m.outside.guard(ValueGuard(path, value))
        return Static(value)
    if path in m.known.kept:
        return _kept(m, value, path, free)
    derived = derivation(value)
    if derived is not None:
        function, request, way = derived
        m.outside.guard(IdentityGuard(path, value))
        inner = external(m, function, path.attr("function"), free)
        loss = getattr(value, "loss", None)
        return Derivative(inner, request, way, None if loss is None else external(m, loss, path.attr("loss"), free))
    marked = getattr(type(value), "__srcad_rules__", False) or getattr(type(value), "__srcad_unread__", False)
    if _is_known(value) or transparent(value) or marked or vectorised_by_numba(value) is not None:
        m.outside.guard(IdentityGuard(path, value))
        return Static(value)
    if isinstance(value, tuple) and hasattr(type(value), "n_sequence_fields"):  # sys.float_info: its numbers stay
        m.outside.guard(IdentityGuard(path, value))
        return Tup(tuple(Static(item) for item in value), type(value))
    _check_kind(m, value, path)
    if _is_number(value):
        return _number(m, value, path, free)
    if isinstance(value, (tuple, list, dict)):
        return _container(m, value, path, free, keep)
    if isinstance(value, range):
        m.outside.guard(ValueGuard(path, value))
        return Range(Static(value.start), Static(value.stop), Static(value.step))
    return _instance(m, value, path, free, keep)


# what a subclass may do in its own way, and still be an array: how it is made, stored and shown
HARMLESS = frozenset(
    ("__array_finalize__", "__new__", "__init__", "__repr__", "__str__", "__format__", "__reduce__", "__setstate__")
)


def _check_kind(m: Machine, value: object, path: Path) -> None:
    """Refuse an instance of a subclass of an array, a number or a container that does something in its own way."""
    for base, advice in PLAIN_KINDS:
        if isinstance(value, base) and not isinstance(value, (np.memmap, *STANDARD_KINDS)):
            own = "its operations" if base is np.ma.MaskedArray else overridden(value, base, HARMLESS)
            if own:
                m.refuse(
                    f"{path} is an instance of {type(value).__name__}, which does {own} in its own way",
                    why=f"srcad would take it for a {base.__name__}.",
                    do=f"pass {advice.format(path)}.",
                )


PLAIN_KINDS = (
    (np.ma.MaskedArray, "{0}.filled(0.0), or {0}.data"),  # which is an array, too
    (np.ndarray, "np.asarray({})"),
    (float, "float({})"),
    (int, "int({})"),
    (dict, "dict({})"),
    (list, "list({})"),
)
STANDARD_KINDS = (collections.OrderedDict, collections.Counter, collections.defaultdict, np.generic, bool, enum.Enum)


def _is_known(value: object) -> bool:
    """Whether it stays what it is; a proxy, whose class isn't what it says, is something else."""
    proxy = isinstance(value, types.FunctionType) and not is_function(value)
    return isinstance(value, (*KNOWN, *INDEXERS, DISPATCHED)) and not proxy


def _is_number(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fcbiu"
    return isinstance(value, (int, float, complex, np.number, np.bool_)) and not isinstance(value, bool)


def _number(m: Machine, value: object, path: Path, free: bool) -> Value:
    if not isinstance(value, np.ndarray) and known_inside(m, path):
        m.outside.guard(ValueGuard(path, value))
        return Static(value)
    var = add_input(m, path, number_type(m, value, path), free)
    if isinstance(value, np.ndarray):
        if not value.flags.writeable:
            m.outside.read_only.add(path)
        flags = value.flags
        m.outside.layouts[path] = "C" if flags.c_contiguous else "F" if flags.f_contiguous else value.strides
        return ArrayRef(m.allocate(ArrayCell(var, contiguous=frozenset([path]), given=True)))
    return Num(var)


def known_inside(m: Machine, path: Path) -> bool:
    """Whether the numbers at a path are to be known beforehand: asked for it, or for what it is in."""
    return any(Path(path.root, path.steps[:k]) in m.known.ints for k in range(len(path.steps) + 1))


def number_type(m: Machine, value: Any, path: Path) -> Type:
    """The type of a number or array; subclasses of float and int count as these."""
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        value = float(value) if isinstance(value, float) else int(value)
    t = with_lengths(m, type_of(value), value, str(path))
    if path in m.known.shapes and isinstance(t, Array):
        t = Array(t.dtype, tuple(map(fixed, value.shape)))
    m.outside.guard(TypeGuard(path, t))
    return t


def with_lengths(m: Machine, t: Type, value: Any, symbol: str) -> Type:
    """The type with a symbol for each length: of the dimensions of an array, and that an integer may stand for."""
    if isinstance(t, Array):
        rows = zip(t.dims, value.shape, strict=True)
        own = (Symbol(f"{symbol}:{k}", least=2) for k in range(t.rank))
        dims = (m.lengths.dim(length, n) if d.number is None else d for length, (d, n) in zip(own, rows, strict=True))
        return Array(t.dtype, tuple(dims))
    if isinstance(t, Scalar) and t.python and t.dtype == "int64":
        return Scalar("int64", True, m.lengths.dim(Symbol(symbol, least=None), value), t.width)
    return t


def add_input(m: Machine, path: Path, t: Type, free: bool) -> Var:
    """The input that is found at a path."""
    return m.outside.input(path, t, name_of(path), free)


def name_of(path: Path) -> str:
    """A name for what stands at a path: its last name, with the numbers that follow it."""
    words: list[str] = []
    for _, key in reversed(path.steps):
        text = str(key).replace(".", "_").replace(" ", "_").replace("-", "_")
        words.insert(0, text)
        if text.isidentifier():
            return "_".join(words)
    return "_".join([path.root, *words])


# ---- containers


def _container(m: Machine, value: Any, path: Path, free: bool, keep: bool) -> Value:
    match value:
        case dict():
            return _dict(m, value, path, free, keep)
        case list() if type(value) is list:
            element = None if path in m.known.shapes or known_inside(m, path) else _common(m, value, keep)
            if element is not None:
                m.outside.guard(ListGuard(path, element))
                kept = GrownCell(add_input(m, path, ListOf(element), free), repeated=isinstance(element, Array))
                return Ref(m.allocate(kept))
    cls = type(value) if hasattr(value, "_fields") else None
    kind = "namedtuple" if cls else "list" if isinstance(value, list) else "tuple"
    m.outside.guard(StructureGuard(path, kind, tuple(range(len(value))), type(value)))
    if cls is not None:
        named = zip(cls._fields, value, strict=True)
        return Tup(tuple(external(m, item, path.attr(k), free, keep) for k, item in named), cls)
    items = tuple(external(m, item, path.item(k), free, keep) for k, item in enumerate(value))
    return Tup(items) if isinstance(value, tuple) else Ref(m.allocate(ListCell(items, value if free else None)))


def _dict(m: Machine, value: dict[Hashable, object], path: Path, free: bool, keep: bool) -> Value:
    m.outside.guard(StructureGuard(path, "dict", tuple(value), type(value)))
    items = tuple((key, external(m, item, path.item(key), free, keep)) for key, item in value.items())
    return Ref(m.allocate(DictCell(items, type(value), value)))


def _common(_m: Machine, items: list[object], keep: bool) -> Type | None:
    """The type of the elements of a list that is better kept as a list: long, or of numbers; None if it isn't."""
    if len(items) < (MOST_ITEMS if keep else 2):
        return None
    common: Type | None = None
    for item in items:
        t = _element_type(item)
        common = t if common is None else None if t is None else join(common, t)
        if common is None:
            return None
    plain = isinstance(common, Scalar) or (
        isinstance(common, TupleOf) and all(isinstance(i, Scalar) for i in common.items)
    )
    return common if plain or len(items) > MOST_ITEMS else None


def _element_type(item: object) -> Type | None:
    if type(item) is tuple:
        parts = [_element_type(part) for part in item]
        return None if any(p is None for p in parts) else TupleOf(tuple(p for p in parts if p is not None))
    t = type_of(item)
    if isinstance(t, Array):
        return Array(t.dtype, tuple(UNKNOWN_DIM if d.number is None else d for d in t.dims))
    if not isinstance(t, Scalar) or t.dtype == "bool":
        return None
    return Scalar(t.dtype, True, None, WIDE) if t.python and t.dtype == "int64" else t  # no guard looks at their sizes


def _kept(m: Machine, value: object, path: Path, free: bool) -> Value:
    """A list or dict that the program changes, and nobody takes apart."""
    m.outside.guard(StructureGuard(path, "instance", (), type(value)))
    m.outside.objects[path] = value
    var = add_input(m, path, OPAQUE, free)
    if path in m.known.filled:
        m.variables.active.add(var)
    return Obj(var)


# ---- instances


def _instance(m: Machine, value: object, path: Path, free: bool, keep: bool) -> Value:
    match value:
        case functools.partial():
            return _partial(m, value, path, free)
        case types.MethodType():
            first = external(m, value.__self__, path.attr("__self__"), free)
            m.outside.guard(IdentityGuard(path.attr("__func__"), value.__func__))
            return Bound(Static(value.__func__), (first,))
    standing = CLASSES.get(cast(Hashable, type(value)))
    if standing is not None:
        m.outside.guard(StructureGuard(path, "instance", (), type(value)))
        return Ref(m.allocate(InstanceCell(standing, (), value, path, free)))
    names = fields_of(value)
    if names is not None:
        return _with_fields(m, value, names, path, free, keep)
    if callable(value) and free and not called_in_python(value) and not isinstance(value, type):
        m.outside.guard(IdentityGuard(path, value))
        return Static(value)
    if has_python_attributes(value):
        m.outside.guard(StructureGuard(path, "instance", (), type(value)))
        return Ref(m.allocate(InstanceCell(type(value), (), value, path, free)))
    if callable(value) and free:
        m.outside.guard(IdentityGuard(path, value))
        return Static(value)
    m.outside.guard(StructureGuard(path, "instance", (), type(value)))
    if isinstance(value, np.ndarray):
        m.outside.guard(TypeGuard(path, OPAQUE))
    m.outside.objects[path] = value
    return Obj(add_input(m, path, OPAQUE, free))


def has_python_attributes(value: object) -> bool:
    module = type(value).__module__.partition(".")[0]
    return hasattr(value, "__dict__") and not callable(getattr(value, "__array__", None)) and module != "numpy"


def _partial(m: Machine, value: functools.partial[object], path: Path, free: bool) -> Value:
    function = external(m, value.func, path.attr("func"), free)
    first = tuple(external(m, a, path.attr("args").item(k), free) for k, a in enumerate(value.args))
    keywords = ((k, external(m, a, path.attr("keywords").item(k), free)) for k, a in value.keywords.items())
    m.outside.guard(StructureGuard(path.attr("args"), "tuple", tuple(range(len(value.args))), tuple))
    return Bound(function, first, tuple(keywords))


def _with_fields(m: Machine, value: Any, names: tuple[str, ...], path: Path, free: bool, keep: bool) -> Value:
    """A dataclass, or another object that is made of its attributes."""
    fixed = fields_of_class(type(value)) != ()
    m.outside.guard(StructureGuard(path, "dataclass", () if fixed or not keep else names, type(value)))
    kept = names if keep else ()
    fields = tuple((name, external(m, getattr(value, name), path.attr(name), free, keep)) for name in kept)
    return Ref(m.allocate(InstanceCell(type(value), fields, value, path, free)))
