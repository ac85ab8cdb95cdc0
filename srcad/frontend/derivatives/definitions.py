"""Functions and classes of SciPy that are defined by programs: `srcad.definitions` has these, area by area.

    stats.norm.logpdf(x, m)   is read as   logpdf(norm, x, m), of srcad.definitions.univariate
    CubicSpline(t, y)         is an instance of the class CubicSpline of srcad.definitions.interpolate

A definition has the parameters of the function that it defines. One that it lacks must be what SciPy takes it to be
where it isn't given, or the call is refused by the parameter's name. Definitions import SciPy, so they are loaded
where a program has called it.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import FunctionType, MethodType, ModuleType
from typing import Any, NoReturn

import numpy as np

from srcad.definitions import words
from srcad.errors import SrcadError
from srcad.frontend.containers.keys import value_of_key
from srcad.frontend.core.cells import DictCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments, Keywords
from srcad.frontend.core.values import ArrayRef, Func, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.derivatives.binding import named_arguments
from srcad.frontend.derivatives.custom import stopped
from srcad.frontend.derivatives.dense import at_times
from srcad.frontend.derivatives.solvers import SolverCall, emit_call, member, option
from srcad.frontend.library.calls import call_object
from srcad.frontend.library.opaque import as_it_stands, is_generator, object_of, object_or_value
from srcad.frontend.library.randomness import numbers_of
from srcad.frontend.memory.arrays import new_array, to_array, to_atom, to_number, to_python
from srcad.frontend.memory.objects import get_attribute
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import const
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.dims import fixed as dim_of
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import OPAQUE, Array, Scalar, Type, dims_of, dtype_of, is_complex, is_inexact

AREAS = (
    *("cluster", "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "spatial"),
    "stats",
)


def definition(m: Machine, f: object, given: Arguments) -> Value | None:
    """A call of what is defined by a program; None for other functions, and calls that may run as they stand."""
    design = _design(m, f, given)
    if design is not None:
        return design
    found = _found(m, f, given)
    if found is None:
        return sample(m, Static(f), given)
    what, args, keywords = found
    inactive = not any(m.depends(v) for v in (*given.args, *given.keywords.values()))
    with m.attempt(SrcadError, when=lambda _: inactive):
        return m.call(what, args, keywords)
    return None


def _design(m: Machine, f: Any, given: Arguments) -> Value | None:
    """What a function of SciPy makes of options alone, where these are known now: a window, say."""
    area = area_of(f)
    if area is None or getattr(f, "__name__", "") not in getattr(area, "DESIGNS", ()):
        return None
    plain = [to_python(m, v) for v in given.args]
    named = {name: to_python(m, v) for name, v in given.keywords.items()}
    if not all(map(_is_plain, (*plain, *named.values()))):
        rests = not any(m.depends(v) for v in (*given.args, *given.keywords.values()))
        if rests and f.__name__ in getattr(area, "WINDOWS", ()):
            return found(m, Static("float64"), Static(1), Static(f), *given.args, **given.keywords)
        return None
    try:
        made = f(*plain, **named)
    except (TypeError, ValueError) as error:
        m.raises(error)
    return _constants(m, made)


DefinedCall = tuple[Value, tuple[Value, ...], Keywords]


def sample(m: Machine, function: Static | Obj, given: Arguments) -> Value | None:
    """A sampler of numpy.random whose parameters depend on what is differentiated; None for any other call."""
    owner, name = _sampler(m, function)
    if owner is None or not any(m.depends(v) for v in (*given.args, *given.keywords.values())):
        return None
    defined = importlib.import_module("srcad.definitions.random").SAMPLERS.get(name)
    if defined is None:
        refused(m, Static(f"the sampler {name}"), Static("keep its parameters constant, or draw from another one."))
    return m.call(Static(defined), (owner, Static(_is_legacy(m, owner)), *given.args), given.keywords)


def _sampler(m: Machine, function: Static | Obj) -> tuple[Value | None, str]:
    """The generator of random numbers that a method belongs to, and the method's name."""
    if isinstance(function, Static):
        owner = getattr(function.value, "__self__", None)
        is_one = isinstance(owner, (np.random.Generator, np.random.RandomState))
        return (Static(owner), function.value.__name__) if is_one else (None, "")
    made = m.variables.definitions.get(function.var) if isinstance(function.var, Var) else None
    if made is None or made.op != "attribute" or not is_generator(m, made.operands[0]):
        return None, ""
    return Obj(made.operands[0]), str(made.params["name"])


def _is_legacy(m: Machine, owner: Value) -> bool:
    """Whether a generator is a RandomState."""
    if isinstance(owner, Static):
        return isinstance(owner.value, np.random.RandomState)
    assert isinstance(owner, Obj)
    made = m.variables.definitions.get(owner.var) if isinstance(owner.var, Var) else None
    if made is not None:
        return made.operands[0] == Const(np.random.RandomState, OPAQUE)
    return isinstance(object_of(m, owner.var), np.random.RandomState)


def object_call(m: Machine, function: Obj, given: Arguments) -> Value:
    """A call of an object that the run alone knows: of a sampler, or of any other one."""
    made = sample(m, function, given)
    return call_object(m, function, given) if made is None else made


def _found(m: Machine, f: object, given: Arguments) -> DefinedCall | None:
    """The definition of what is called, with the arguments as the definition takes them."""
    if isinstance(f, MethodType):
        return _of_object(f.__self__, f.__name__, given)
    if isinstance(f, FunctionType) and "." in f.__qualname__ and "<locals>" not in f.__qualname__:
        return _of_instance(m, f, given)
    area = area_of(f)
    if area is None:
        return None
    name = str(getattr(f, "__name__", ""))
    if name not in area.__all__:
        return None if isinstance(f, (FunctionType, type)) else _of_object(f, "__call__", given)
    defined = getattr(area, name)
    if _is_without_signature(f):
        return Static(defined), given.args, given.keywords
    return Static(defined), *_bound(m, f, defined, given.args, given.keywords)


def _is_without_signature(f: Any) -> bool:
    """Whether a class or a function in C doesn't say what its parameters are called: the definition does."""
    try:
        inspect.signature(f)
    except ValueError:
        return True
    return False


def area_of(f: object) -> ModuleType | None:
    """The definitions of the part of SciPy that a function, class or object stands in."""
    module = getattr(f, "__module__", None) or type(f).__module__
    parts = str(module).split(".")
    if parts[0] != "scipy" or len(parts) < 2 or parts[1] not in AREAS:
        return None
    return importlib.import_module(f"srcad.definitions.{parts[1]}")


def _of_object(owner: object, method: str, given: Arguments) -> DefinedCall | None:
    """A method of an object that SciPy has made, such as scipy.stats.norm."""
    area = area_of(type(owner))
    if area is None:
        return None
    for base in type(owner).__mro__:
        defined = area.METHODS.get(f"{base.__name__}.{method}")
        if defined is not None:
            return Static(defined), (Static(owner), *given.args), given.keywords
    return None


def _of_instance(m: Machine, f: FunctionType, given: Arguments) -> DefinedCall | None:
    """A method of an instance of a class of SciPy, of which the attributes alone are read."""
    area = area_of(f)
    cell = m.content(given.args[0]) if given.args and area is not None else None
    if area is not None and f.__qualname__ in getattr(area, "STATIC", {}):
        return Static(area.STATIC[f.__qualname__]), given.args, given.keywords
    if area is None or not isinstance(cell, InstanceCell):
        return None
    for base in cell.cls.__mro__:
        defined = area.METHODS.get(f"{base.__name__}.{f.__name__}")
        if defined is not None:
            return Static(defined), given.args, given.keywords
    return None


def _bound(
    m: Machine, f: Any, defined: Callable[..., object], args: tuple[Value, ...], keywords: Keywords
) -> tuple[tuple[Value, ...], Keywords]:
    """The arguments by name, without those that the definition lacks and SciPy would take in any case.

    Those of a definition that takes any number of them come first, by place.
    """
    signature = inspect.signature(f)
    arguments = named_arguments(m, signature, args, keywords)
    takes = inspect.signature(defined).parameters
    first: tuple[Value, ...] = ()
    for name in [name for name, p in takes.items() if p.kind is p.VAR_POSITIONAL]:
        every = arguments.pop(name, Tup(()))
        assert isinstance(every, Tup)
        first = every.items
    more = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    for name in [name for name in arguments if name not in takes]:
        if more and name not in signature.parameters:
            continue
        value = arguments.pop(name)
        default = signature.parameters[name].default if name in signature.parameters else inspect.Parameter.empty
        if value != Static(default):
            m.refuse(f"{f.__name__} with {name}= has no derivative yet", do=f"leave {name} out.")
    return first, arguments


# ---- the words of definitions


def floats(m: Machine, x: Value) -> Value:
    """x in float64, as NumPy has it."""
    if isinstance(x, Static) and type(x.value) in (int, float):
        return Static(np.float64(x.value))
    atom = x.var if isinstance(x, Num) else to_array(m, x)
    if is_complex(atom.type):
        m.refuse("a complex number is given to a function of SciPy that takes real ones")
    if dtype_of(atom.type) == "float64":
        python = isinstance(atom.type, Scalar) and atom.type.python
        return (
            m.call(Static(np.float64), (given(m, atom),))
            if python
            else x
            if isinstance(x, ArrayRef)
            else given(m, atom)
        )
    if isinstance(atom.type, Scalar):
        return m.call(Static(np.float64), (given(m, atom),))
    return given(m, m.emit("cast", atom, dtype="float64"))


def numbers(m: Machine, x: Value) -> Value:
    """x with a floating dtype."""
    atom = to_number(m, x)
    if is_complex(atom.type) or not is_inexact(dtype_of(atom.type)):
        return floats(m, x)
    return x if isinstance(x, ArrayRef) else given(m, atom)


def given(m: Machine, atom: Atom) -> Value:
    if isinstance(atom, Const):
        return Static(atom.value)
    return Num(atom) if isinstance(atom.type, Scalar) else new_array(m, atom)


def is_known(_m: Machine, x: Value) -> Value:
    """Whether a number is known beforehand."""
    return Static(isinstance(x, Static) and isinstance(x.value, (int, float)))


def single(m: Machine, x: Value) -> Value:
    """Whether an array has one element along its first axis: lengths other than 1 are at least 2."""
    dims = dims_of(to_array(m, x).type)
    if dims and (dims[0].is_one or (dims[0].least or 0) > 1):
        return Static(dims[0].is_one)
    length = fixed(m, m.call(Static(len), (x,)))
    return Static(length == Static(1))


def of_module(m: Machine, x: Value, module: Value) -> Value:
    """Whether x is an instance of a class of a module."""
    if isinstance(x, Obj):
        m.refuse(f"whether an object is one of {_text(module)} isn't known before the run", do="make it outside.")
    cell = m.content(x)
    kinds = cell.cls.__mro__ if isinstance(cell, InstanceCell) else ()
    return Static(any(f"{kind.__module__}.".startswith(f"{_text(module)}.") for kind in kinds))


def count_of_parameters(m: Machine, f: Value) -> Value:
    """How many parameters a function has."""
    match f:
        case Func():
            a = f.code.node.args
            return Static(len(a.posonlyargs) + len(a.args))
        case Static() if callable(f.value):
            return Static(len(inspect.signature(f.value).parameters))
    m.refuse(f"how many parameters {f.describe()} has isn't known", do="give p0.")


def same(m: Machine, x: Value, y: Value) -> Value:
    """Whether two values are one, or known to be equal."""
    if isinstance(x, Static) and isinstance(y, Static):
        return Static(bool(x.value == y.value))
    return Static(to_number(m, x) is to_number(m, y))


def held(m: Machine, x: Value) -> Value:
    """x, as a constant to derivatives."""
    return stopped(m, x) if m.depends(x) else x


def run(m: Machine, function: Value, *args: Value, **keywords: Value) -> Value:
    """A call as it stands."""
    assert isinstance(function, Static)
    return as_it_stands(m, function, function.value.__name__, Arguments(args, keywords))


def moves(m: Machine, *values: Value) -> Value:
    """Whether one of the values depends on what is differentiated."""
    return Static(any(m.depends(v) for v in values))


def found(m: Machine, dtype: Value, rank: Value, function: Value, *args: Value, **keywords: Value) -> Value:
    """What a function of SciPy, or a method of what run() gave, finds: an array with so many axes."""
    assert isinstance(function, (Static, Obj))
    callee = function.var if isinstance(function, Obj) else Const(function.value, OPAQUE)
    operands = tuple(object_or_value(m, v) for v in args)
    named = tuple((name, option(m, name, v)) for name, v in keywords.items())
    call = SolverCall("", (), (), operands, named, called=callee)
    return given(m, emit_call(m, call, _of_rank(m, dtype, rank)))


def part(m: Machine, dtype: Value, rank: Value, owner: Value, name: Value) -> Value:
    """An attribute or an item of what a call gave: an array with so many axes."""
    assert isinstance(owner, Obj) and isinstance(owner.var, Var) and isinstance(name, Static)
    return given(m, member(m, owner.var, name.value, _of_rank(m, dtype, rank)))


def _of_rank(m: Machine, dtype: Value, rank: Value) -> Type:
    assert isinstance(rank, Static)
    dims = (UNKNOWN_DIM,) * rank.value
    return m.lengths.named(Array(_text(dtype), dims)) if dims else Scalar(_text(dtype))


def designed(m: Machine, function: Value, *args: Value, **keywords: Value) -> Value:
    """What a function makes of options: now, where these are known, and else as the call stands."""
    assert isinstance(function, Static)
    plain = [to_python(m, v) for v in (*args, *keywords.values())]
    if not all(map(_is_plain, plain)):
        return run(m, function, *args, **keywords)
    named = dict(zip(keywords, plain[len(args) :], strict=True))
    return _constants(m, function.value(*plain[: len(args)], **named))


def _is_plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str))


def _constants(m: Machine, made: object) -> Value:
    if isinstance(made, tuple):
        return Tup(tuple(_constants(m, item) for item in made))
    return new_array(m, m.emit("copy", const(made))) if isinstance(made, np.ndarray) else Static(made)


def fixed(m: Machine, x: Value) -> Value:
    """x, which becomes known beforehand."""
    atom = to_number(m, x)
    if isinstance(atom, Const):
        return Static(atom.value)
    raise NeedsStatic(atom, "an option of a function of SciPy")


def refused(m: Machine, what: Value, do: Value) -> NoReturn:
    """What a definition can't do."""
    m.refuse(f"{_text(what)} has no derivative yet", do=_text(do))


def rests(m: Machine, x: Value, what: Value) -> Value:
    """x, which must not depend on what is differentiated."""
    if m.depends(x):
        refused(m, Static(f"a change of {_text(what)}"), Static("keep it constant."))
    return x


def sparse_product(m: Machine, data: Value, rows: Value, columns: Value, x: Value, count: Value, width: Value) -> Value:
    """A sparse matrix, by its entries, times a vector or a matrix."""
    operands = (data, x, rows, columns, count, width)
    return given(m, m.emit("sparse_product", *(to_number(m, v) for v in operands)))


def sparse_solve(m: Machine, data: Value, rows: Value, columns: Value, b: Value, count: Value) -> Value:
    """The solution of a sparse system, whose matrix is given by its entries."""
    return given(m, m.emit("sparse_solve", *(to_number(m, v) for v in (data, b, rows, columns, count))))


def nearest(m: Machine, points: Value, x: Value, k: Value, p: Value) -> Value:
    """Which k points are the nearest to each place."""
    places, count = to_array(m, x), to_number(m, k)
    dims = dims_of(places.type)
    if not dims or not isinstance(count, Const) or not isinstance(count.value, int):
        m.refuse("how many points are looked for isn't known before the run")
    tree = emit_call(m, SolverCall("scipy.spatial.cKDTree", (), (), (to_array(m, points),)), OPAQUE)
    query = m.emit("attribute", tree, name="query")
    found = emit_call(m, SolverCall("", (), (), (places, count), (("p", to_number(m, p)),), called=query), OPAQUE)
    rest = (*dims[:-1], *((dim_of(count.value),) if count.value > 1 else ()))
    kind = m.lengths.named(Array("int64", rest)) if rest else Scalar("int64")
    return given(m, member(m, found, 1, kind))


def drawn(m: Machine, dtype: Value, function: Value, size: Value, args: Value, random_state: Value) -> Value:
    """Random numbers, as many as `size` says."""
    assert isinstance(function, Static) and isinstance(args, Tup)
    kind = numbers_of(_text(dtype), size)
    if kind is None:
        m.refuse("how many random numbers are drawn isn't known before the run", do="give size as a number or a tuple.")
    atoms = (Const(function.value, OPAQUE), *(to_atom(m, v) for v in (*args.items, size, random_state)))
    start = len(m.builder.equations)
    keywords = ("size", "random_state")
    (result,) = m.builder.structured("call", atoms, (), (m.lengths.named(kind),), keywords=keywords)
    m.variables.definitions[result] = m.builder.equations[start]
    return given(m, result)


def entry(m: Machine, table: Value, key: Value, what: Value) -> Value:
    """What a table has under a name."""
    assert isinstance(table, Static)
    if _text(key) not in table.value:
        refused(m, Static(f"{_text(what)} {_text(key)}"), Static("write it with NumPy and scipy.special."))
    return Static(table.value[_text(key)])


def _text(value: Value) -> str:
    assert isinstance(value, Static) and isinstance(value.value, str)
    return value.value


def bound(m: Machine, function: Value, args: Value, keywords: Value) -> Value:
    """The values of all parameters of a function in a call, in their order."""
    cell = m.content(keywords)
    assert isinstance(function, Static) and isinstance(args, Tup) and isinstance(cell, DictCell)
    try:
        arguments = inspect.signature(function.value).bind(*args.items, **{str(k): v for k, v in cell.items})
    except TypeError as error:
        m.raises(error)
    given = arguments.arguments
    names = arguments.signature.parameters.items()
    return Tup(tuple(given[name] if name in given else Static(p.default) for name, p in names))


def object_named(m: Machine, module: Value, owner: Value) -> Value:
    """The object of a module that `owner` is, told by its class and its name."""
    assert isinstance(module, Static)
    name = _text(get_attribute(m, owner, "name"))
    cell = m.content(owner)
    kind = cell.cls if isinstance(cell, InstanceCell) else type(getattr(owner, "value", None))
    known = getattr(module.value, name, None)
    if type(known) is not kind:
        m.refuse(f"{kind.__name__} is none of SciPy's own", do="write its formulas with NumPy and scipy.special.")
    return Static(known)


def in_order_of_set(m: Machine, keys: Value) -> Value:
    """The keys of a dict in the order of a set of them, so far as all runs agree on it."""
    cell = m.content(keys)
    names = tuple(cell.entries()) if isinstance(cell, DictCell) else None
    if names is not None and isinstance(cell, DictCell) and not cell.unsure:
        return Tup(tuple(value_of_key(m, key) for key in set(names)))
    if names is not None and isinstance(cell, DictCell) and all(type(k) is int and 0 <= k < SMALLEST for k in names):
        items = tuple(sorted(cell.items))  # each stands at the place of its number
        return Ref(m.allocate(replace(cell, items=items, ordered=True)))
    m.refuse(
        "a set is run through whose elements only the run knows",
        why="in which order that is depends on how Python keeps them.",
        do="run through sorted(...) of it.",
    )


SMALLEST = 8  # how many places the smallest set has

WORDS: Mapping[object, Callable[..., Value]] = {
    words.floats: floats,
    words.numbers: numbers,
    words.known: is_known,
    words.single: single,
    words.of_module: of_module,
    words.count_of_parameters: count_of_parameters,
    words.same: same,
    words.fixed: fixed,
    words.held: held,
    words.in_order_of_set: in_order_of_set,
    words.run: run,
    words.moves: moves,
    words.found: found,
    words.part: part,
    words.designed: designed,
    words.sparse_product: sparse_product,
    words.sparse_solve: sparse_solve,
    words.at_times: at_times,
    words.nearest: nearest,
    words.rests: rests,
    words.drawn: drawn,
    words.refused: refused,
    words.entry: entry,
    words.bound: bound,
    words.object_named: object_named,
}

__all__ = ["WORDS", "definition"]
