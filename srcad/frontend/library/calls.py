"""Calls, by what is called: a function of the program, a method, a NumPy function, anything else as it stands.

A function that srcad doesn't know may run as it stands as long as nothing in it depends on the differentiated
arguments; else it is refused. Which of these readers are asked for which values, and in which order, is one table in
`srcad.frontend.assembly`.
"""

from __future__ import annotations

import collections
import contextlib
import enum
import functools
import itertools
import operator
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from types import FunctionType, MethodType
from typing import Any, NoReturn, cast

import numpy as np

from srcad.definitions import iterators
from srcad.definitions.numpy.table import PROGRAMS
from srcad.definitions.tables import RunCounter
from srcad.errors import NotYetSupported, SrcadError
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.keys import holders
from srcad.frontend.containers.strings import string_method
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.control.collecting import taken
from srcad.frontend.control.streams import is_generator
from srcad.frontend.core.cells import DictCell, InstanceCell, ListCell
from srcad.frontend.core.counting import countable
from srcad.frontend.core.inside import meant_by
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments, Keywords, ReadCall
from srcad.frontend.core.source import DEFINITIONS, called_in_python, is_function, transparent, vectorised_by_numba
from srcad.frontend.core.suspended import GeneratorCell
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Bound,
    Choice,
    Func,
    Iter,
    Method,
    Num,
    Obj,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.library.kinds import python_types
from srcad.frontend.library.lowered import entry, lower, lowering_of, ufunc_method
from srcad.frontend.library.methods import DICT_METHODS, LIST_METHODS, TUPLE_METHODS
from srcad.frontend.library.mutators import array_method, ufunc_at
from srcad.frontend.library.opaque import as_it_stands
from srcad.frontend.library.probing import named_method, tried
from srcad.frontend.library.taking import GENERATOR_METHODS
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import check_defined, is_list
from srcad.frontend.memory.branches import distribute
from srcad.frontend.memory.lookup import DispatchedMethod
from srcad.frontend.memory.nested import change_nested
from srcad.frontend.memory.tables import make_table, needs_table
from srcad.frontend.procedures.classes import construct
from srcad.frontend.procedures.functions import call_external, call_function
from srcad.ops.names import public_name

Handler = Callable[..., Value]
GENERATORS = (np.random.Generator, np.random.RandomState)  # what their methods give is known by their names
NAMESPACES = (exec, eval, compile, locals, globals)
PARAMETRISED = (types.GenericAlias, type(typing.List[int]))  # noqa: UP006 - list[int] and List[int]
ARRAYS = ("numpy", "scipy")  # what they have in Python that is in no catalogue is not to be read
LAZY = (  # they run through their arguments when they are run through themselves, or item by item
    *(zip, map, enumerate, iter, next, filter, sum, list, any, all),
    *(isinstance, hasattr, getattr, callable, type),  # which look at an iterator, and take nothing from it
    *(itertools.takewhile, itertools.dropwhile, itertools.filterfalse, itertools.islice, itertools.chain),
    *(itertools.chain.from_iterable, itertools.pairwise, itertools.accumulate, itertools.starmap),
    *(functools.partial, iterators.sent, iterators.end_of),
)
# methods of containers that take any object, and an iterator as such
STORING = ("append", "appendleft", "insert", "setdefault", "get", "pop", "__setitem__")


KEYED = ("get", "setdefault", "pop", "__getitem__", "__setitem__", "__contains__")  # methods that take a key
OF_DICTS = ("__getitem__", "copy", "count")  # methods that a Counter has as any dict has them
KEEPING = (isinstance, callable, print, type, id)  # they take any object


# ---- by the class of what is called


def call_either(m: Machine, function: Choice, given: Arguments) -> Value:
    """One of two functions, by a condition of the run."""
    return distribute(m, function, lambda f: m.call(f, given.args, given.keywords, given.unused))


def call_program(m: Machine, function: Func, given: Arguments) -> Value:
    """A function of the program."""
    return call_function(m, function, given.args, given.keywords)


def call_bound(m: Machine, function: Bound, given: Arguments) -> Value:
    """A function whose first arguments are there already."""
    keywords = {**dict(function.keywords), **given.keywords}
    return m.call(function.function, (*function.first, *given.args), keywords, given.unused)


def call_method(m: Machine, method: Method, given: Arguments) -> Value:
    """A method of an array, of text, or of a container."""
    owner, name, args = method.owner, method.name, given.args
    if isinstance(owner, Choice):
        return distribute(m, owner, lambda one: m.call(objects.get_attribute(m, one, name), args, given.keywords))
    match owner:
        case Choice():
            return distribute(m, owner, lambda one: call_method(m, replace(method, owner=one), given))
        case ArrayRef() if is_list(m, owner):
            own = replace(method, owner=NONE)
            adds = name in ("append", "extend")
            return change_nested(m, owner, lambda one: call_method(m, replace(own, owner=one), given), adds)
        case ArrayRef() | Num():
            whole = Arguments((owner, *args), given.keywords)
            return tried(m, named_method(name), whole, lambda: _array_method(m, owner, name, given), True)
        case Static():
            return string_method(m, owner, name, args, given.keywords)
    if isinstance(owner, Ref) and args and needs_table(m, m.heap[owner.cell], args[0]) and name in KEYED:
        make_table(m, owner)
        return m.call(objects.get_attribute(m, owner, name), args, given.keywords)
    cell = m.content(owner)
    if isinstance(cell, InstanceCell):  # a dict when the method was taken from it, and a table by now
        return m.call(objects.get_attribute(m, owner, name), args, given.keywords)
    if isinstance(cell, GeneratorCell):
        return _from_table(m, GENERATOR_METHODS, "a generator", method, given)
    if isinstance(owner, Tup):
        return _from_table(m, TUPLE_METHODS, "a tuple", method, given)
    either = next((a for a in args if isinstance(a, Choice)), None)
    if isinstance(cell, DictCell) and args and args[0] is either and not countable(m, either.condition):
        if name == "setdefault":
            distribute(m, either, lambda a: _done(m.call(method, (a, *(_apart(m, d) for d in args[1:])))))
            return get_at(m, owner, either)
        return distribute(m, either, lambda a: call_method(m, method, replace(given, args=(a, *args[1:]))))
    if isinstance(cell, DictCell):
        counting = vars(RunCounter).get(name) if cell.cls is collections.Counter and name not in OF_DICTS else None
        if counting is not None:
            return m.call(Static(counting), (owner, *args), given.keywords)
        return _from_table(m, DICT_METHODS, "a dict", method, given)
    return _from_table(m, LIST_METHODS, "a list", method, given)


def _apart(m: Machine, value: Value) -> Value:
    """A container that nobody has yet, once more: of several ways to go on each has one of its own."""
    new = isinstance(value, Ref) and isinstance(m.heap[value.cell], (ListCell, DictCell)) and not holders(m, value.cell)
    return Ref(m.allocate(m.heap[value.cell])) if isinstance(value, Ref) and new else value


def _done(_value: Value) -> Value:
    """Nobody looks at what a call gives."""
    return NONE


def _array_method(m: Machine, owner: ArrayRef | Num, name: str, given: Arguments) -> Value:
    special = array_method(m, owner, name, given.args, given.keywords)
    return lower(m, name, (owner, *given.args), given.keywords) if special is None else special


def _from_table(m: Machine, table: Mapping[str, Handler], what: str, method: Method, given: Arguments) -> Value:
    handler = table.get(method.name)
    if handler is None:
        m.refuse(f"the method {method.name!r} of {what} isn't supported yet")
    lazy = table is GENERATOR_METHODS or method.name in STORING
    return handled(m, handler, (method.owner, *given.args), given.keywords, lazy)


def call_known(m: Machine, function: Static, given: Arguments) -> Value:
    """A Python object that is known now: the first reader that knows it.

    An argument that may be one of two is what is known of both, and where that doesn't do, the call is one of two.
    """
    values = (*given.args, *given.keywords.values())
    either = next((value for value in values if isinstance(value, Choice)), None)
    if either is None or function.value in KEEPING:
        return _read_known(m, function, given)
    with m.attempt(SrcadError) as tried:
        return _read_known(m, function, given)
    assert tried.error is not None

    def one(value: Value) -> Value:
        args = tuple(value if a is either else a for a in given.args)
        keywords = {k: value if a is either else a for k, a in given.keywords.items()}
        return m.call(function, args, keywords, given.unused)

    return distribute(m, either, one)


def _read_known(m: Machine, function: Static, given: Arguments) -> Value:
    for read in m.ports.readers:
        value = read(m, function.value, given)
        if value is not None:
            return value
    m.bug(f"nobody reads a call of {function.describe()}")


def call_object(m: Machine, function: Obj, given: Arguments) -> Value:
    """An object that the run alone knows."""
    return as_it_stands(m, function, "an object", given)


def call_instance(m: Machine, function: Ref, given: Arguments) -> Value:
    """An instance, by its __call__."""
    cell = m.heap[function.cell]
    if not isinstance(cell, InstanceCell):
        refuse_call(m, function, given)
    method = objects.special_method(m, function, "__call__")
    if method is None:
        m.raises(TypeError(f"{function.describe()} is called, and isn't callable"))
    return m.call(method, given.args, given.keywords)


def refuse_call(m: Machine, function: Value, _given: Arguments) -> NoReturn:
    """What can't be called."""
    check_defined(m, function)
    m.refuse(f"{function.describe()} is called")


# ---- by the object that is called; each gives None for objects of another kind


def in_table(table: Mapping[Hashable, Handler]) -> ReadCall:
    """The reader of the functions in a table."""

    def read(m: Machine, f: object, given: Arguments) -> Value | None:
        handler = entry(table, f)
        if handler is None:
            return None
        lazy = any(f is one for one in LAZY)
        called = cast("Callable[..., Any]", f)
        return tried(m, called, given, lambda: handled(m, handler, given.args, given.keywords, lazy))

    return read


def handled(m: Machine, handler: Handler, args: tuple[Value, ...], keywords: Keywords, lazy: bool = False) -> Value:
    """What a handler, which takes the arguments as the program gives them, makes of a call."""
    if not lazy:
        args = tuple(taken(m, a) for a in args)
    try:
        return handler(m, *args, **keywords)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            m.refuse(f"these arguments aren't supported: {error}")
        raise


def defined_inside(m: Machine, f: object, given: Arguments) -> Value | None:
    """What stands for a function of the program in a class that it defines."""
    inside = meant_by(m, f)
    return None if inside is None else m.call(inside, given.args, given.keywords, given.unused)


def namespace(m: Machine, f: object, given: Arguments) -> Value | None:
    """exec, locals and the like."""
    name = next((one.__name__ for one in NAMESPACES if one is f), None)
    if f is vars and not given.args:
        name = "vars"
    if name is None:
        return None
    m.refuse(
        f"{name}() is called in a differentiated function",
        why="it sees the names of the function by their text, which those of its derivative aren't.",
        do="use the variables themselves; to choose a function by its name, use a dict of functions.",
    )


def added_at(m: Machine, f: Any, given: Arguments) -> Value | None:
    """np.add.at."""
    adds = ufunc_method(f) == "at" and f.__self__ in (np.add, np.subtract)
    return ufunc_at(m, f.__self__, *given.args) if adds else None


def catalogued(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function of the catalogue; where it can't do what is asked for, its program may."""
    if lowering_of(f) is None:
        return None
    called = cast("Callable[..., Any]", f)
    if entry(PROGRAMS, f) is None:
        return tried(m, called, given, lambda: lower(m, f, given.args, given.keywords), True)
    with m.attempt(NotYetSupported):
        return tried(m, called, given, lambda: lower(m, f, given.args, given.keywords), True)
    return None


def with_first_arguments(m: Machine, f: object, given: Arguments) -> Value | None:
    """A partial function or a bound method from outside of the program."""
    match f:
        case functools.partial():
            named = {k: Static(v) for k, v in f.keywords.items()}
            return m.call(Static(f.func), (*map(Static, f.args), *given.args), named | given.keywords)
        case enum.Enum() if called_in_python(f):
            return m.call(Static(type(f).__call__), (Static(f), *given.args), given.keywords)
        case MethodType() if not isinstance(f.__self__, GENERATORS):
            return m.call(Static(f.__func__), (Static(f.__self__), *given.args), given.keywords)
    return None


def of_first_argument(m: Machine, f: object, given: Arguments) -> Value | None:
    """A method as its class has it, np.ndarray.sum; what operator makes to get items, attributes, or call a method."""
    if not given.args:
        return None
    owner, *others = given.args
    match f:
        case types.MethodDescriptorType() | types.WrapperDescriptorType() if f.__objclass__ in (np.ndarray, np.generic):
            return m.call(objects.get_attribute(m, owner, f.__name__), tuple(others), given.keywords, given.unused)
        case operator.itemgetter():
            return _together([m.call(Static(operator.getitem), (owner, Static(key))) for key in _made_of(f)])
        case operator.attrgetter():
            return _together([functools.reduce(_attribute_of(m), n.split("."), owner) for n in _made_of(f)])
        case operator.methodcaller():
            name, values, named = _method_called(f)
            return m.call(objects.get_attribute(m, owner, name), values, named, given.unused)
    return None


def _attribute_of(m: Machine) -> Callable[[Value, str], Value]:
    return functools.partial(objects.get_attribute, m)


def _made_of(f: object) -> tuple[Any, ...]:
    """What an object of operator was made of, as it says to be pickled."""
    return cast("tuple[Any, ...]", cast("tuple[Any, ...]", f.__reduce__())[1])


def _method_called(f: object) -> tuple[str, tuple[Value, ...], dict[str, Value]]:
    """The name of the method that a methodcaller calls, and with what."""
    maker, made, *_ = cast("tuple[Any, ...]", f.__reduce__())
    keywords: dict[str, object] = {}
    if isinstance(maker, functools.partial):
        made, keywords = (*maker.args, *made), maker.keywords
    name, *values = made
    return name, tuple(map(Static, values)), {key: Static(value) for key, value in keywords.items()}


def _together(values: list[Value]) -> Value:
    return values[0] if len(values) == 1 else Tup(tuple(values))


def instance(m: Machine, f: object, given: Arguments) -> Value | None:
    """A class of the user; any other one is called as it stands."""
    if isinstance(f, PARAMETRISED):  # Box[float](v)
        return m.call(Static(typing.get_origin(f)), given.args, given.keywords)
    if not isinstance(f, type):
        return None
    made = construct(m, f, given.args, given.keywords)
    return as_it_stands(m, Static(f), f.__name__, given) if made is None else made


def named_tuple(m: Machine, f: object, given: Arguments) -> Value | None:
    """Fields._make(values)."""
    cls = given.args[0] if len(given.args) == 2 and getattr(f, "__name__", "") == "_make" else None
    if not isinstance(cls, Static) or not hasattr(cls.value, "_fields"):
        return None
    return m.call(cls, known_items(m, given.args[1], "the fields of a named tuple"), given.keywords)


def vectorised(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function by numba.vectorize: its source, for each element."""
    function = vectorised_by_numba(f)
    if function is None or given.keywords:
        return None
    return m.call(m.call(Static(np.vectorize), (Static(function),)), given.args)


def dispatched(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function by functools.singledispatch, and a method: the type of the first argument chooses."""
    place, dispatcher = (1, f.dispatcher) if isinstance(f, DispatchedMethod) else (0, f)
    registry = getattr(dispatcher, "registry", None)
    if not is_function(dispatcher) or not isinstance(registry, types.MappingProxyType):
        return None
    if len(given.args) <= place:
        m.refuse("a function by singledispatch is called without positional arguments")
    kinds = python_types(m, given.args[place])
    if kinds is None or len(kinds) > 1:
        m.refuse("which function singledispatch chooses depends on a type that only the run knows")
    return m.call(Static(dispatcher.dispatch(kinds[0])), given.args, given.keywords, given.unused)  # type: ignore[attr-defined]


def vectorize_object(m: Machine, f: object, given: Arguments) -> Value | None:
    """What np.vectorize has made outside of the program."""
    if not isinstance(f, np.vectorize):
        return None
    options = {name: getattr(f, name, None) for name in ("excluded", "signature")}
    made = m.call(Static(np.vectorize), (Static(f.pyfunc),), {k: Static(v) for k, v in options.items() if v})
    return m.call(made, given.args, given.keywords)


def context_manager(m: Machine, f: object, given: Arguments) -> Value | None:
    """A generator function that contextlib.contextmanager has decorated."""
    if not is_function(f) or not hasattr(f, "__wrapped__") or objects.standard(f):
        return None
    if (f.__code__.co_filename, f.__code__.co_name) != (contextlib.__file__, "helper"):
        return None
    made = m.call(Static(f.__wrapped__), given.args, given.keywords)
    if not is_generator(m, made):
        m.refuse(f"the context manager {f.__name__}, whose source can't be read", do="call it outside of the function.")
    return Iter("contextmanager", (made,))


def python(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function whose source may be there, and one that wraps such a function."""
    function = f.__wrapped__ if transparent(f) else f
    if not is_function(function):
        return None
    if not objects.standard(function):
        return _read_or_run(m, function, given)
    inactive = not _any_active(m, given) and not any(_is_made(m, v) for v in given.args)
    if str(function.__module__).partition(".")[0] in ARRAYS or inactive:
        return None
    with m.attempt(SrcadError):  # of the standard library: UserDict, total_ordering, statistics
        return call_external(m, function, given.args, given.keywords)
    return None


def _is_made(m: Machine, value: Value) -> bool:
    """Whether it is an instance that the program has made, which no function as it stands can be given."""
    cell = m.content(value)
    return isinstance(cell, InstanceCell) and cell.path is None


def _any_active(m: Machine, given: Arguments) -> bool:
    return any(m.depends(v) for v in (*given.args, *given.keywords.values()))


def _read_or_run(m: Machine, f: FunctionType, given: Arguments) -> Value:
    """Read a function's source. What can't be read may run as it stands if nothing active goes in."""
    if str(f.__globals__.get("__name__", "")).startswith(DEFINITIONS):
        return call_external(m, f, given.args, given.keywords)
    inactive = not _is_reading(m) and not _any_active(m, given)
    with m.attempt(SrcadError, when=lambda error: inactive and not error.final):
        return call_external(m, f, given.args, given.keywords)
    return unknown(m, f, given)


def _is_reading(m: Machine) -> bool:
    """Whether the function that failed is the differentiated one itself."""
    return len(m.stack.functions) == 0


def unknown(m: Machine, f: object, given: Arguments) -> Value:
    """Any other object."""
    return as_it_stands(m, Static(f), public_name(f), given)
