"""Which object a name stands for, and of which class a number is: `is`, `isinstance`, bools that are added up."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from tests.frontend import Programs, tangents

X = np.array([0.7, 1.3])
Y = np.array([-0.7, 1.3])

programs = Programs()
right, refused = programs, programs.refused


@right(X, also=((Y,),))
def bool_of_python(x):
    s = float(x[0])
    return s**2 if (s > 0) is True else s**3


@right(X, also=((Y,),))
def bool_of_numpy_is_none_of_python(x):
    return x[0] ** 2 if (x[0] > 0) is True else x[0] ** 3


@right(X, also=((Y,),))
def bool_of_numpy(x):
    return x[0] ** 2 if (x[0] > 0) is not np.True_ else x[0] ** 3


@right(X, also=((Y,),))
def two_bools(x):
    positive, small = bool(x[0] > 0), any(x < 1)
    return x[0] ** 2 if positive is small else x[0] ** 3


@right(X, also=((Y,),))
def matched_bools(x):
    match bool(x[0] > 0), bool(x[1] > 0):
        case True, False:
            return x[0]
        case True, True:
            return x[0] ** 2
        case False, _:
            return x[0] ** 3


@right(X, also=((Y,),))
def bools_are_counted(x):
    return x[0] ** 2 * (bool(x[0] > 0) + bool(x[1] > 0) + any(x > 0) + all(x > -9) + bool(x[1]))


@right(X)
def bools_of_functions_are_counted(x):
    return x[0] ** 2 * (np.array_equal(x, x) + np.allclose(x, x) + -np.allclose(x, 2 * x))


@right(X)
def one_number(x):
    s = float(x[0])
    parts = [s, 2 * s]
    return s**2 if parts[0] is s and parts[0] is not None else s**3


@right(X)
def numbers_that_are_made_anew(x):
    s = float(x[0])
    other = s * 1
    return s**2 if other is not s and x[0] is not x[1] and other is not np.nan else s**3


@right(X)
def nan_in_a_list(x):
    s = float(x[0])
    odd = s * float("nan")
    return s**2 if odd in [odd] else s**3


@right(X)
def tuples_and_functions(x):
    pair, square = (x[0], x[1]), lambda v: v**2
    same, other = pair, square
    return square(x[0]) if same is pair and other is square else x[0] ** 3


@right(X)
def first_turn_by_a_flag(x):
    found = False
    for v in x:
        found = v**2 if found is False else found * v
    return found


@right(X)
def first_turn_by_a_class(x):
    found = 0
    for v in x.tolist():
        found = v**2 if isinstance(found, int) else found * v
    return found


@right(X, also=((Y,),))
def classes_that_all_numbers_have(x):
    s = float(x[0])
    t = 0 if s > 0 else s
    return s**2 * isinstance(t, (int, float)) + isinstance(t, (np.ndarray, list))


@refused(X)
def int_or_float(x):
    s = float(x[0])
    t = 0 if s > 0 else s
    return s**2 if isinstance(t, int) else s**3  # <- several classes


@refused(X)
def class_of_an_int_or_a_float(x):
    s = float(x[0])
    t = 0 if s > 0 else s
    return s**2 if type(t) is int else s**3  # <- several classes


@refused(X)
def two_numbers(x):
    s = float(x[0])
    return s**2 if max(s, 0.5) is s else s**3  # <- one object


@right(X)
def one_view(x):
    part = x[1:]
    same = part
    return x[0] ** 2 if same is part and x[1:] is not x else x[0] ** 3


@refused(X)
def new_or_old_number(x):
    s = float(x[0])
    t = s * 1
    u = t if s > 0 else s
    return s**2 if u is t else s**3  # <- one object


@refused(X)
def two_views(x):
    k = int(x[0])
    part, other = x[k:], x[k:]
    return x[0] ** 2 if part is other else x[0] ** 3  # <- one object


def matched_number(s: Any) -> Any:
    match s > 0, s:
        case True, v:
            return v**2
        case False, v:
            return v**3


@pytest.mark.parametrize("s", [0.7, -0.7])
def test_bools_of_numbers_are_matched(s: float) -> None:
    assert srcad.jvp(matched_number, (s,), (1.0,))[0] == matched_number(s)


def with_default(s: Any, fill: Any = 0.0) -> Any:
    return s**2 if fill is np.nan else s * fill


def test_whether_an_argument_is_a_float_of_the_program_is_refused() -> None:
    with pytest.raises(NotYetSupported, match="one object"):
        srcad.grad(partial(with_default, fill=0.5))(2.0)


test_gradients, test_refusals = programs.tests()
test_tangents = tangents(programs)


def by_a_bool_of_numpys(x):
    return [x[0], x[1]][x[0] > x[1]]


def test_bools_of_numpys_are_no_indices_of_lists() -> None:
    with pytest.raises(TypeError):
        srcad.grad(by_a_bool_of_numpys)(X)
