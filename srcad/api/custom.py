"""The user's own rules: custom_rule, stop_gradient."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from types import MethodType
from typing import Concatenate, Generic, ParamSpec, TypeVar, cast, overload

import numpy as np

from srcad.calls.example import example_call
from srcad.errors import ArgumentError
from srcad.frontend.core.reading import Reads, means
from srcad.frontend.core.signatures import annotations_of, signature_of
from srcad.frontend.derivatives.custom import refuse_making, stopped
from srcad.runtime.instances import instance_of
from srcad.runtime.values import copied
from srcad.trace.dims import UNKNOWN_DIM
from srcad.trace.fields import makes_itself
from srcad.trace.nodes import Leaf, Node, Tree
from srcad.trace.types import Array, Scalar, Type, is_differentiable, rank_of, type_of

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
T = TypeVar("T")
RuleFunction = TypeVar("RuleFunction", bound=Callable[..., object])

Types = tuple[Type | None, ...]
Shape = tuple[tuple[Tree, ...], tuple[str, ...]]


class CustomRule(Generic[P, R_co]):
    """A function whose derivative is given by rules: what `custom_rule` makes."""

    __name__: str
    __qualname__: str
    __srcad_rules__ = True

    def __init__(self, function: Callable[P, R_co], returns: str = "", inline: bool = False) -> None:
        if not callable(function):
            raise ArgumentError(f"srcad.custom_rule takes a function, and got {function!r}")
        self.function = function
        self.__srcad_inline__ = inline
        self._returns = returns or _annotated(function)
        self._rules: dict[str, Callable[..., object]] = {}
        self._callees: dict[Hashable, Callable[..., object]] = {}
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(self, name, getattr(function, name, "function"))
        with suppress(TypeError, ValueError):  # of some builtins none is known
            self.__signature__ = signature_of(function)

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        return self.function(*args, **kwargs)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> CustomRule[P, R_co]: ...

    @overload
    def __get__(self: CustomRule[Concatenate[S, Q], R], instance: S, owner: type | None = None) -> Callable[Q, R]: ...

    def __get__(self, instance: object, owner: type | None = None) -> object:
        """A method, whose first argument is the instance."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<srcad.custom_rule {self.__name__}>"

    def __reduce__(self) -> str:
        return self.__qualname__

    def tangent(self, rule: RuleFunction) -> RuleFunction:
        """Give the tangent, `rule(dots, value, *args)`: how the value moves when the arguments move by `dots`.

        `dots` is a tuple with one for each argument, None for what has none (an int, a string).
        """
        return self._give("tangent", rule)

    def adjoint(self, rule: RuleFunction) -> RuleFunction:
        """Give the adjoint, `rule(bar, value, *args)`: from the adjoint of the value those of the arguments.

        It returns a tuple with one for each argument, None for what has none or is zero; of one argument, it alone.
        """
        return self._give("adjoint", rule)

    def _give(self, way: str, rule: RuleFunction) -> RuleFunction:
        if self._callees:
            raise ArgumentError(f"{self!r} is in use by a derivative already", do=f"give its {way} beforehand")
        self._rules[way] = rule
        return rule

    # ---- what the frontend asks for

    def __srcad_rule__(self, way: str) -> Callable[..., object] | None:
        return self._rules.get(way)

    def __srcad_returns__(self) -> tuple[bool, list[Type]] | None:
        """Whether it returns a tuple, and the types of what it returns, if that is declared."""
        if not self._returns:
            return None
        example = example_call(_one, f"value: {self._returns}").args[0]
        items = example if isinstance(example, tuple) else (example,)
        return isinstance(example, tuple), [_declared(item) for item in items]

    def __srcad_callee__(
        self, way: str, kinds: Types, types: tuple[Type, ...], many: bool, shape: Shape
    ) -> Callable[..., object]:
        """What generated code calls: the function, or a rule, for arguments and results of these types."""
        key = (way, tuple(map(_kind, kinds)), tuple(map(_kind, types)), many, repr(shape))
        if key not in self._callees:
            self._callees[key] = Callee(self, way, kinds, types, many, shape)
        return self._callees[key]


class Callee:
    """A function or a rule as generated code calls it: all that comes back is checked, and shares no memory.

    A rule gets its arguments flat: derivatives, results, arguments; of derivatives those alone that exist. `many`: the
    function returns a tuple. `shape`: the structures of the arguments, and the names of those last ones that are given
    by name.
    """

    def __init__(
        self, rule: CustomRule[..., object], way: str, kinds: Types, types: tuple[Type, ...], many: bool, shape: Shape
    ) -> None:
        self.way, self.kinds, self.types, self.many = way, kinds, types, many
        self.trees, self.names = shape
        called = rule.function if way == "primal" else rule.__srcad_rule__(way)
        assert called is not None
        self.called = called
        name = getattr(called, "__name__", "_")
        plain = name.isidentifier() and name != "_"
        self.__name__ = name if plain else f"{rule.__name__}_{way}"

    def __call__(self, *values: object) -> object:
        if self.way == "primal":
            return self.checked(self.call((), values), self.types, (None,) * len(self.types), self.many)
        moving = [t is not None and is_differentiable(t) for t in (self.types if self.way == "adjoint" else self.kinds)]
        given = iter(values)
        firsts = tuple(next(given) if moves else None for moves in moving)
        results, args = values[sum(moving) :][: len(self.types)], values[sum(moving) + len(self.types) :]
        value = results if self.many else results[0]
        if self.way == "tangent":
            dots = tuple(_rebuilt(tree, firsts) for tree in self.trees)
            return self.checked(self.call((dots, value), args), tuple(map(_moving, self.types)), results, self.many)
        made = self.call((firsts if self.many else firsts[0], value), args)
        return self.fitted(self.flattened(made), self.kinds, args)

    def call(self, firsts: tuple[object, ...], values: Sequence[object]) -> object:
        """What is called, with arguments of the structure that it knows."""
        args = [_rebuilt(tree, values) for tree in self.trees]
        named = dict(zip(self.names, args[len(args) - len(self.names) :], strict=True))
        return self.called(*firsts, *args[: len(args) - len(named)], **named)

    def flattened(self, made: object) -> list[object]:
        """The adjoints of all that is in the arguments."""
        alone = len(self.trees) == 1 and (isinstance(self.trees[0], Node) or not isinstance(made, tuple))
        parts = (made,) if alone else made
        if not isinstance(parts, (tuple, list)) or len(parts) != len(self.trees):
            raise self.mismatch(len(parts) if isinstance(parts, (tuple, list)) else 1, len(self.trees))
        rows = zip(self.trees, parts, strict=True)
        return [leaf for tree, part in rows for leaf in self.leaves(tree, part)]

    def leaves(self, tree: Tree, part: object) -> Iterator[object]:
        """What stands in `part` where the tree has its leaves."""
        if not isinstance(tree, Node):
            yield part
            return
        if part is None:
            parts: Sequence[object] = [None] * len(tree.children)
        elif tree.kind == "dict" and isinstance(part, dict) and set(part) == set(tree.keys):
            parts = [part[key] for key in tree.keys]
        elif tree.kind == "dataclass" and isinstance(part, tree.cls or ()):
            parts = [getattr(part, key) for key in tree.keys]
        elif isinstance(part, (tuple, list)) and tree.kind != "dict" and len(part) == len(tree.children):
            parts = part
        else:
            what = f"{self.__name__} returned {part!r} for an argument that is a {tree.kind}"
            raise ArgumentError(what, do="return a derivative with the structure of the argument, or None")
        for child, inner in zip(tree.children, parts, strict=True):
            yield from self.leaves(child, inner)

    def checked(self, made: object, types: Types, like: Sequence[object], many: bool) -> object:
        """What has come back: as many values as there are types, each of its type and shaped like another one."""
        parts = tuple(made) if many and isinstance(made, (tuple, list)) else (made,)
        if len(parts) != len(types):
            raise self.mismatch(len(parts), len(types))
        return self.fitted(parts, types, like)

    def mismatch(self, count: int, due: int) -> ArgumentError:
        return ArgumentError(f"{self.__name__} returned {count} values where {due} are due")

    def fitted(self, parts: Sequence[object], types: Types, like: Sequence[object]) -> object:
        rows = zip(parts, types, like, strict=True)
        made = tuple(self.fit(part, t, of) for part, t, of in rows if t is not None)
        return made[0] if len(made) == 1 else made

    def fit(self, part: object, t: Type, like: object) -> object:
        if part is None and like is not None:
            return np.zeros_like(like)[()] if isinstance(t, Array) else 0.0
        array = np.asarray(part)
        if isinstance(t, Scalar):
            if array.ndim != 0 or (np.iscomplexobj(array) and not t.dtype.startswith("complex")):
                raise ArgumentError(f"{self.__name__} returned {part!r} where a number of type {t} is due")
            number = array.astype(t.dtype)[()]
            return number.item() if t.python else number
        assert isinstance(t, Array)
        wrong_shape = array.ndim != rank_of(t) or (like is not None and array.shape != np.asarray(like).shape)
        if wrong_shape or not np.can_cast(array.dtype, t.dtype, "same_kind"):
            due = f"of shape {np.asarray(like).shape}" if like is not None else f"of rank {t.rank}"
            what = f"{self.__name__} returned {array.dtype}{list(array.shape)} where {t.dtype} {due} is due"
            raise ArgumentError(what, do="return arrays of the shapes of what they belong to")
        return np.array(array, t.dtype)


def _rebuilt(tree: Tree, leaves: Sequence[object]) -> object:
    """A structure with these leaves."""
    if isinstance(tree, Leaf):
        return leaves[tree.index]
    assert isinstance(tree, Node)
    parts = [_rebuilt(child, leaves) for child in tree.children]
    if tree.kind in ("tuple", "list"):
        return tuple(parts) if tree.kind == "tuple" else parts
    if tree.kind == "dict":
        return (tree.cls or dict)(zip(tree.keys, parts, strict=True))
    assert tree.cls is not None
    named = {str(key): part for key, part in zip(tree.keys, parts, strict=True)}
    return tree.cls(**named) if tree.kind == "namedtuple" or makes_itself(tree.cls) else instance_of(tree.cls, **named)


def _moving(t: Type) -> Type | None:
    return t if is_differentiable(t) else None


def _kind(t: Type | None) -> Hashable:
    return None if t is None else (type(t), getattr(t, "dtype", None), rank_of(t), getattr(t, "python", False))


def _declared(example: object) -> Type:
    t = type_of(example)
    return Array(t.dtype, (UNKNOWN_DIM,) * t.rank) if isinstance(t, Array) else t


def _one(value: object) -> object:
    return value


def _annotated(function: Callable[..., object]) -> str:
    """What a function is said to return, if that is a float."""
    annotation = annotations_of(function).get("return")
    return "float" if annotation in (float, "float") else ""


# ---- the public functions


@overload
def custom_rule(function: Callable[P, R], *, returns: str = "", inline: bool = False) -> CustomRule[P, R]: ...


@overload
def custom_rule(
    function: None = None, *, returns: str = "", inline: bool = False
) -> Callable[[Callable[P, R]], CustomRule[P, R]]: ...


@means(Reads(refuse_making))
def custom_rule(function: Callable[..., object] | None = None, *, returns: str = "", inline: bool = False) -> object:
    """A function whose derivative you give yourself: by its tangent, by its adjoint, or by both.

        @srcad.custom_rule
        def soft(x):
            return np.log1p(np.exp(x))

        @soft.adjoint
        def soft_bar(bar, value, x):
            return bar / (1 + np.exp(-x))

    The rules are plain functions: `adjoint(bar, value, *args)` returns the adjoint of each argument, `tangent(dots,
    value, *args)` the tangent of the value. One of them is enough if its source can be read and it is linear in its
    first argument: the other mode is derived from it. Derivatives of derivatives read the source of the rules.
    The function and its rules must not change anything, and give the same results for the same arguments.
    Arguments may be containers of arrays; their derivatives have the same structure. Those by keyword alone come to the
    rules by keyword, and last in `dots` and in what the adjoint returns.
    `returns` declares what a function returns whose source can't be read, as in "float" or "float64[n]". With `inline`
    generated code has the source of the function and of its rules in it, instead of calls of them.

    >>> import numpy as np, srcad
    >>> @srcad.custom_rule
    ... def double(x):
    ...     return 2 * x
    >>> @double.tangent
    ... def double_dot(dots, value, x):
    ...     return 2 * dots[0]
    >>> float(srcad.grad(lambda x: double(x) ** 2)(3.0))
    24.0
    """
    if function is None:
        return lambda decorated: CustomRule(decorated, returns, inline)
    return CustomRule(function, returns, inline)


@means(Reads(stopped))
def stop_gradient(x: T) -> T:
    """A copy of x, a constant to all derivatives.

    >>> import srcad
    >>> srcad.grad(lambda x: x * srcad.stop_gradient(x))(3.0)
    3.0
    """
    return cast(T, copied(x))


__all__ = ["CustomRule", "custom_rule", "stop_gradient"]
