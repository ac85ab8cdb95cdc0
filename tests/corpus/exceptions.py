"""Exceptions that a program handles, and context managers: what has been done before, and what is done afterwards."""

import contextlib
import math
import warnings

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def log_likelihood(k, y):
    """Where the covariance isn't positive definite, a penalty."""
    k = 0.5 * (k + k.T)
    try:
        lower = np.linalg.cholesky(k)
    except np.linalg.LinAlgError:
        return -np.sum(k**2)
    half = np.linalg.solve(lower, y)
    return -0.5 * half @ half - np.sum(np.log(np.diag(lower)))


program(log_likelihood, 3 * np.eye(3) + 0.1 * normal(3, 3), normal(3), argnums=(0, 1), also=((-np.eye(3), normal(3)),))


def reciprocal(x):
    try:
        y = 1.0 / (x - 2.0)
    except ZeroDivisionError:
        y = 3.0 * x
    return y * y + x


program(reciprocal, 1.3)


def end_of_the_array(x):
    total = 0.0
    for i in range(len(x) + 2):
        try:
            total += x[i] ** 2
        except IndexError as error:
            total = total * 2 + x[0] * len(error.args)
        finally:
            total = total + x[1]
    return total


program(end_of_the_array, normal(3))


def checked_log(v):
    if v <= 0:
        raise ValueError("not positive")
    return np.log(v)


def handled_in_a_loop(x):
    total = 0.0
    for v in x:
        try:
            total += checked_log(v)
        except ValueError:
            total -= v
            continue
        else:
            total *= 1.1
        total += 0.5 * v
    return total


program(handled_in_a_loop, np.array([0.5, -1.0, 2.0]), also=((np.array([-0.5, -1.0]),),))


def half_way(x):
    """What has been stored before the exception stays stored."""
    y = x.copy()
    try:
        y[0] = x[1] ** 2
        z = y[0] * 3
        y[1] = math.log(x[2])
        y[2] = 100.0 * x[0]
    except ValueError:
        return np.sum(y) + z
    return np.sum(y)


program(half_way, np.array([1.0, 2.0, 3.0]), also=((np.array([1.0, 2.0, -3.0]),),))


class TooLarge(Exception):
    pass


def left_through_a_loop(x):
    def squared(v):
        if v > 2:
            raise TooLarge("large")
        return v * v

    total = 0.0
    try:
        for v in x:
            total += squared(v)
    except TooLarge as error:
        total += 10 * x[0] * len(str(error))
    else:
        total += x[1]
    return total


program(left_through_a_loop, np.array([0.5, 1.0, 1.5]), also=((np.array([0.5, 2.1, 1.5]),),))


def nested(x):
    try:
        try:
            y = math.sqrt(x)
        except TypeError:
            y = 0.0
        z = y * 2
    except ValueError:
        z = x * x
    try:
        z = z + math.acos(x)
        z = z * 2
    except (KeyError, ValueError) as error:
        z = z * len(error.args) + x
    except Exception:
        z = 0.0 * x
    return z


program(nested, 0.3, also=((2.3,), (-2.3,)))


def raised_again(x):
    try:
        try:
            return math.log(x)
        except ValueError as error:
            if x < -1:
                raise
            raise KeyError(str(error)) from error
    except KeyError:
        return x**2
    except ValueError:
        return x**3


program(raised_again, 1.3, also=((-0.3,), (-1.3,)))


def raised_in_a_branch(x):
    """One way through the body raises, and another one comes to its last line."""
    total = 0.0
    for i in range(5):
        try:
            if i == 3:
                raise IndexError
            total += x[i % 3]
        except IndexError:
            total *= 2
            continue
        finally:
            total += x[0]
        total += 0.1 * x[1]
    return total


program(raised_in_a_branch, normal(3))


def collected_roots(x):
    roots, places = [], np.empty(3)
    for i, v in enumerate(x):
        try:
            roots.append(math.sqrt(v - 2))
        except ValueError:
            roots.append(v)
        try:
            places[i] = math.acosh(v - 1)
        except ValueError:
            places[i] = v
    return sum(roots) + places @ x


program(collected_roots, np.array([1.2, 2.2, 3.3]))


def missing_key(x):
    totals = {}
    for v in x:
        try:
            totals["sum"] += v
        except KeyError:
            totals["sum"] = 2 * v
    return totals["sum"] * x[0]


program(missing_key, normal(3))


def until_it_fails(x):
    count = 0
    while True:
        try:
            x = x * math.acos(x)
        except ValueError:
            return x + count
        count += 1
        x = x + 0.7


program(until_it_fails, 0.5)


def floating_point_errors(x):
    with np.errstate(all="raise"):
        try:
            y = np.log(x)
        except FloatingPointError:
            y = x * 2
    return np.sum(y)


program(floating_point_errors, uniform(3), also=((np.array([1.0, -2.0, 3.0]),),))


def other_kinds(x, options):
    """Exceptions that are told before the run: of types, shapes, keys."""
    try:
        scale = options["scale"]
    except KeyError:
        scale = 2.0
    try:
        y = x.no_such_attribute
    except AttributeError:
        y = x * scale
    try:
        y = y @ np.ones(len(x) + 1)
    except ValueError:
        y = y @ np.ones(len(x))
    try:
        assert y > 0, "negative"
    except AssertionError:
        return -y
    return y * y


program(other_kinds, normal(3), {})
program(other_kinds, -normal(3), {"scale": 3.0}, name="other_kinds_again")


def suppressed(x):
    with contextlib.suppress(ValueError):
        x = x * 2
        x = x + math.log(x - 2)
        x = x * 5
    return x * x


program(suppressed, 0.7, also=((1.7,),))


def finally_on_all_ways(x):
    count = np.zeros(1)

    def f(v):
        try:
            return math.log(v)
        except ValueError:
            return v * 2
        finally:
            count[0] += 1

    total = 0.0
    for k in range(3):
        try:
            if k == 1:
                continue
            total += f(x - k)
        finally:
            total = total * 1.5
    return total * count[0]


program(finally_on_all_ways, 1.3)


@contextlib.contextmanager
def scaled(factor):
    state = {"factor": factor}
    try:
        yield state
    finally:
        state["factor"] = 1.0


def managers_of_generators(x):
    with scaled(2.0 * x) as first:
        y = first["factor"] * x
        for i in range(3):
            with scaled(x) as second:
                y = y * second["factor"]
                if i == 1:
                    break
    with scaled(x) as third:
        return y + first["factor"] + third["factor"] ** 2


program(managers_of_generators, 1.3)


class Depth:
    def __init__(self):
        self.depth = 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *exception):
        self.depth -= 1
        return False


def managers_of_classes(x):
    outer = Depth()
    with outer as same:
        y = x * same.depth
        with outer:
            y = y * outer.depth
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        y = y**2
    with np.printoptions(precision=3):
        y = 0.5 * y
    with contextlib.nullcontext(x) as z, contextlib.ExitStack():
        y = y * z
    return np.sum(y) * (1 + outer.depth)


program(managers_of_classes, normal(3))


def set_where_it_is_used(x, mode):
    if mode == "fast":
        a = x * 2.0
    if x > 0:
        b = x**2
    total = x
    if mode == "fast":
        total = total + a
    if x > 0:
        total = total + b
    return total


program(set_where_it_is_used, 1.3, "fast", also=((-0.4, "fast"),))


def message_of_an_assertion(x):
    """What an assertion says is a value like any other."""
    total = 0.0
    for v in x:
        try:
            assert v > 0, v * v
            total += v
        except AssertionError as error:
            total += error.args[0]
    return total


program(message_of_an_assertion, np.array([0.7, -1.3, 0.4]), also=((np.array([-0.7, 1.3, 0.4]),),))
