"""What Python 3.12 and 3.13 can say: programs as text, as older versions can't read them."""

from __future__ import annotations

import importlib.util
import re
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

SINCE: dict[tuple[int, int], str] = {}

SINCE[3, 11] = """
import numpy as np


def group(x):
    try:
        y = x / 2.0
    except* ZeroDivisionError:
        y = x
    return np.sum(y * y)


def left_in_finally(x):
    try:
        y = x * x
    finally:
        return np.sum(x * 2.0)
"""

SINCE[3, 12] = """
import itertools
from typing import NamedTuple, override

import numpy as np

type Numbers = np.ndarray
type Pair[T] = tuple[T, T]


class Box[T]:
    def __init__(self, v: T):
        self.v = v

    def squared(self) -> T:
        return self.v * self.v

    def times[U](self, u: U) -> U:
        return self.v * u


def generic[T: (float, np.ndarray), *Ts, **P](x: T, *rest: *Ts) -> T:
    return np.sum(np.sin(x)) + sum(rest)


def with_generics(x):
    type Number = float

    def cube[T](y: T) -> T:
        return y**3

    return np.sum(cube(x)) + generic(x, x[0])


def generic_classes(x):
    class Own[T]:
        def __init__(self, v: T):
            self.v = v

    return np.sum(Box(x).squared()) + np.sum(Box[float](x).times(Own(x).v))


def quotes_in_quotes(x):
    d = {"a": x, "b": 2.0 * x}
    name = "a"
    k = f"{d["a"].ndim}{f"{name!r:>{10}}"}"
    return np.sum(d[f"{"b" if len(k) > 2 else "a"}"] * x)


def lines_and_comments_in_strings(x):
    s = f"{
        x.shape[0]  # how many
    }{'\\n'.join(["0", ""])}"
    return np.sum(x) * int(s) + x[0] * len(f"{f"{f"{1 + 1}"}"}")


def names_of_comprehensions(x):
    i = 5.0
    s = sum([i * i for i in x])
    later = [lambda z: z * k for k in (1.0, 2.0)]
    at_once = [lambda z, k=k: z * k for k in (1.0, 2.0)]
    return s * i + sum(f(x[0]) for f in at_once) + sum(f(x[1]) for f in later)


def comprehension_in_a_class(x):
    class C:
        n = 3.0
        values = [v * 2 for v in (1.0, 2.0)]

    return np.sum(x) * C.values[1] * C.n + np.sum([(t := v * v) + t for v in x])


def overridden(x):
    class A:
        def f(self, y):
            return y

    class B(A):
        @override
        def f(self, y):
            return y * y

    return np.sum(B().f(x))


def batches(x):
    return sum(a * b for a, b in itertools.batched(x, 2))
"""

SINCE[3, 13] = '''
import copy
import dataclasses
import math
import warnings
from typing import NamedTuple

import numpy as np


@dataclasses.dataclass
class Point:
    a: float
    b: float


class Named(NamedTuple):
    a: float
    b: float


class Own:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __replace__(self, **changes):
        return Own(changes.get("a", self.a), changes.get("b", self.b))


def replaced(x):
    p = Point(x[0], x[1])
    q = copy.replace(p, a=p.a * 2.0)
    r = copy.replace(Named(x[0], x[1]), b=p.a * q.a)
    s = copy.replace(Own(x[0], x[1]), b=x[2] ** 2)
    return q.a * q.b + p.a + r.a * r.b + s.a * s.b


def replaced_wrongly(x):
    return copy.replace(Named(x[0], x[1]), c=x[2]).a


@warnings.deprecated("old")
def old(x):
    """What it does.

        An example, of which the compiler takes the spaces in front.
    """
    return np.sum(x * x)


class Methods:
    @warnings.deprecated("a method")
    def f(self, x):
        return np.sum(x**2)

    @staticmethod
    @warnings.deprecated("a function")
    def g(x):
        return np.sum(x**3)


@warnings.deprecated("a class")
class Old:
    def __init__(self, v):
        self.v = v


def deprecated(x):
    @warnings.deprecated("gone", category=None)
    def h(y):
        return y**4

    return old(x) + Methods().f(x) * Methods.g(x) + np.sum(h(x)) + np.sum(Old(x).v ** 2)


def default_of_a_type[T = float](x: T) -> T:
    return np.sum(x**2)


def multiplied_and_added(x):
    return math.fma(x[0], x[1], x[2]) * math.fma(x[0], x[0], -x[0] * x[0]) + math.fma(x[3], x[2], 1.0) ** 2


def own_names(x):
    y = x * 2.0
    return np.sum(locals()["y"] * y)
'''

SINCE[3, 14] = """
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from somewhere import Numbers


class Later:
    def square(self, y: Afterwards) -> Afterwards:
        return y * y


def annotated_with_what_is_not_there(x: Numbers) -> Numbers | None:
    def cube(y: Numbers) -> Numbers:
        return y**3

    z: Elsewhere = Later().square(x)
    return np.sum(z) + np.sum(cube(x))


class Afterwards:
    pass


def template(x):
    t = t"{x[0]}"
    return t.interpolations[0].value * x[1]
"""

REFUSED = {"group": "except", "own_names": "locals", "template": ""}
RAISES = {"replaced_wrongly": "unexpected field names"}
# what other programs of the text are made of
PARTS = ("generic", "old")
NAMES = [
    pytest.param(since, name, id=name, marks=pytest.mark.skipif(sys.version_info < since, reason=f"of Python {since}"))
    for since, text in SINCE.items()
    for name in re.findall(r"^def (\w+)", text, re.MULTILINE)
    if name not in PARTS
]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], ModuleType]:
    folder = tmp_path_factory.mktemp("newer")
    made = {}
    for since, text in SINCE.items():
        if sys.version_info >= since:
            path = folder / f"of_{'_'.join(map(str, since))}.py"
            path.write_text(text)
            spec = importlib.util.spec_from_file_location(path.stem, path)
            assert spec is not None and spec.loader is not None
            made[since] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(made[since])
    return made


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.parametrize(("since", "name"), NAMES)
def test_right_or_refused(since: tuple[int, int], name: str, modules: dict[tuple[int, int], Any]) -> None:
    f = getattr(modules[since], name)
    x = np.array([1.3, 0.7, -0.4, 2.1])
    if name in REFUSED:
        with pytest.raises(NotYetSupported, match=REFUSED[name]):
            srcad.grad(f)(x)
        return
    if name in RAISES:
        for call in (f, srcad.grad(f)):
            with pytest.raises(TypeError, match=RAISES[name]):
                call(x)
        return
    h = 1e-5
    due = np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(4)])
    np.testing.assert_allclose(srcad.grad(f)(x), due, rtol=1e-7, atol=1e-8)
    value, slope = srcad.jvp(f, (x,), (np.ones(4),))
    assert value == f(x)
    np.testing.assert_allclose(slope, np.sum(due), rtol=1e-7, atol=1e-8)
