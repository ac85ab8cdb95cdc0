"""Exceptions that carry what depends on the differentiated arguments, from where they are raised to their handlers."""

# ruff: noqa: B904

import math
from contextlib import contextmanager

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.3, 0.4, 1.1, -0.2])
Y = np.array([0.2, 0.5, -0.4, 1.6, 0.9])

programs = Programs()
right, refused = programs, programs.refused


class TooLow(Exception):
    """It has the value that was too low."""

    def __init__(self, value, message="too low"):
        super().__init__(message)
        self.value = value


class FarTooLow(TooLow):
    def scaled(self, k):
        return self.value * k


class Bare(Exception):
    pass


def root(v):
    if v < 0:
        raise TooLow(v * v)
    return np.sqrt(v)


def graded(v):
    if v < -1:
        raise FarTooLow(v**3)
    return root(v)


@right(X, also=((Y,),))
def attribute_of_an_exception(x):
    total = 0.0
    for v in x:
        try:
            total += root(v)
        except TooLow as error:
            total += error.value * 2
    return total


@right(X, also=((Y,),))
def arguments_of_an_exception(x):
    total = 0.0
    for i, v in enumerate(x):
        try:
            if v < 0:
                raise Bare(i, v**3)
            total += v * v
        except Bare as error:
            k, cube = error.args
            total += cube * x[k] + len(error.args)
    return total


@right(X, also=((Y,),))
def attribute_that_is_set_later(x):
    total = 0.0
    for v in x:
        try:
            if v < 0:
                error = Bare("negative")
                error.square = v * v
                raise error
            total += v**3
        except Bare as caught:
            total += caught.square * len(str(caught))
    return total


@right(X, also=((Y,),))
def result_that_did_not_converge(x):
    def newton(f, slope, start, most):
        for k in range(most):
            step = f(start) / slope(start)
            start = start - step
            if abs(step) < 1e-14:
                return start
        raise FarTooLow(start, most)

    try:
        found = newton(lambda t: t * t - 2 - x[0], lambda t: 2 * t, 1.0 + x[2] ** 2, 3)
    except FarTooLow as error:
        found = error.value * error.args[0]
    return found * x[1]


@right(X, also=((Y,),))
def told_apart_by_clauses(x):
    total = 0.0
    for v in x:
        try:
            total += graded(v)
        except FarTooLow as error:
            total += error.scaled(3.0)
        except TooLow as error:
            total += error.value
    return total


@right(X, also=((Y,),))
def told_apart_by_isinstance(x):
    scales = {TooLow: lambda e: e.value, FarTooLow: lambda e: e.value * 5}
    total = 0.0
    for v in x:
        try:
            total += graded(v)
        except TooLow as error:
            total += scales[type(error)](error)
            if isinstance(error, FarTooLow):
                total += error.scaled(2.0)
    return total


@right(X, also=((Y,),))
def own_and_those_of_python(x):
    total = 0.0
    for v in x:
        try:
            if v < -1:
                raise ValueError(v * v)
            total += math.sqrt(v)
        except ValueError as error:
            total += error.args[0] if v < -1 else v**3
    return total


@right(X, also=((Y,),))
def out_of_a_loop(x):
    total = 1.0
    try:
        for k, v in enumerate(x):
            total += root(v) * k
    except TooLow as error:
        total = total * error.value
    else:
        total = total**2
    return total


@right(X, also=((Y,),))
def out_of_a_generator(x):
    def doubled():
        for v in x:
            if v < 0:
                raise TooLow(v * v)
            yield v * 2

    total = 0.0
    try:
        for v in doubled():
            total += v
    except TooLow as error:
        total += error.value * 3
    return total


@right(X, also=((Y,),))
def through_several_calls(x):
    def outer(v):
        return middle(v) * 2

    def middle(v):
        return root(v) + 1

    total = 0.0
    for v in x:
        try:
            total += outer(v)
        except TooLow as error:
            total += error.value**2
    return total


@right(X, also=((Y,),))
def changed_and_raised_again(x):
    total = 0.0
    for v in x:
        try:
            try:
                total += root(v)
            except TooLow as error:
                error.value = error.value * 5
                raise
        except TooLow as error:
            total += error.value
    return total


@right(X, also=((Y,),))
def another_one_from_it(x):
    total = 0.0
    for v in x:
        try:
            try:
                total += root(v)
            except TooLow as error:
                raise ValueError(error.value**3) from error
        except ValueError as error:
            total += error.args[0] + error.__cause__.value
    return total


@right(X, also=((Y,),))
def collected_exceptions(x):
    errors, total = [], 0.0
    for v in x:
        try:
            total += root(v)
        except TooLow as error:
            errors.append(error)
    return total + sum(error.value for error in errors)


@right(X, also=((Y,),))
def last_exception(x):
    last, total = None, 0.0
    for v in x:
        try:
            total += root(v)
        except TooLow as error:
            last = error
    if last is not None:
        total += last.value * 2
    return total


@right(X, also=((Y,),))
def arrays_and_containers_in_it(x):
    total = 0.0
    for k in range(len(x)):
        try:
            if x[k] < 0:
                raise TooLow({"all": x * k, "some": [x[k], x[k] ** 2]})
            total += x[k]
        except TooLow as error:
            total += np.sum(error.value["all"] ** 2) + sum(error.value["some"])
    return total


@right(X, also=((Y,),))
def what_was_done_before_it(x):
    y, total = x.copy(), 0.0
    for k in range(len(x)):
        try:
            y[k] = y[k] * 2
            if x[k] < 0:
                raise TooLow(y[k])
            y[k] += 1
        except TooLow as error:
            total += error.value**2
        finally:
            total += y[k]
    return total + np.sum(y**2)


@right(X, also=((Y,),))
def notes_and_text(x):
    total = 0.0
    for v in x:
        try:
            if v < 0:
                error = TooLow(v)
                error.add_note("negative")
                raise error.with_traceback(None)
            total += v
        except TooLow as error:
            total += len(error.__notes__) * error.value**2 + len(repr(error))
    return total


# ---- managers


class Kept:
    """It deals with an exception, and keeps what that says."""

    def __enter__(self):
        self.value = 0.0
        return self

    def __exit__(self, kind, error, _traceback):
        if kind is not None and issubclass(kind, TooLow):
            self.value = error.value
            return True
        return False


@right(X, also=((Y,),))
def dealt_with_by_a_manager(x):
    total = 0.0
    for v in x:
        with Kept() as kept:
            total += graded(v)
        total += kept.value * 3
    return total


@contextmanager
def noted(notes):
    try:
        yield notes
    except TooLow as error:
        notes.append(error.value)
    else:
        notes.append(1.0)
    finally:
        notes.append(2.0)


@right(X, also=((Y,),))
def dealt_with_by_a_generator(x):
    notes, total = [], 0.0
    for v in x:
        with noted(notes):
            total += root(v)
            total *= 2
    return total + sum(notes) ** 2


@right(X, also=((Y,),))
def left_through_a_generator(x):
    def one(v):
        with noted(notes):
            if v > 1:
                return v * v
            return root(v)
        return 5.0 * v

    notes = []
    return sum([one(v) for v in x]) + sum(notes)


@right(X, also=((Y,),))
def let_through_by_a_generator(x):
    notes, total = [], 0.0
    for v in x:
        try:
            with noted(notes):
                if v > 1:
                    raise ValueError(v)
                total += root(v)
        except ValueError as error:
            total += error.args[0] ** 2
    return total + sum(notes) ** 2


@contextmanager
def translated():
    try:
        yield
    except TooLow as error:
        raise ValueError(error.value * 3)


@right(X, also=((Y,),))
def translated_by_a_generator(x):
    total = 0.0
    for v in x:
        try:
            with translated():
                total += root(v)
        except ValueError as error:
            total += error.args[0]
    return total


@right(X, also=((Y,),))
def returned_where_a_manager_deals_with_it(x):
    def one(v):
        with Kept():
            return root(v)
        return 5.0 * v

    return one(x[0]) + one(x[1]) + one(x[2])


# ---- what isn't followed


@refused(X)
def out_of_what_a_generator_expression_calls(x):
    try:
        total = sum(root(v) for v in x)
    except TooLow as error:
        total = error.value * 3  # <- refused
    return total


test_gradient, test_refusal = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
