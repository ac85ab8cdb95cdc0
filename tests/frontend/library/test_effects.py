"""Assertions and exceptions, try and with, text, printing, logging, random numbers."""

import contextlib
import io
import logging
import math
import random
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pytest

import srcad
from tests import reference
from tests.frontend import Programs

program = Programs()
logger = logging.getLogger("tests.frontend.effects")
x3 = np.array([0.7, -1.3, 0.4])
calls = []


class TooLarge(ValueError):
    def __init__(self, limit, *, by=0):
        super().__init__(f"more than {limit}")
        self.limit, self.by = limit, by


@program(0.7, 3)
def checks(x, n):
    assert x > 0, f"x is {x}"
    assert isinstance(n, int) and n < 10
    if n < 0:
        raise ValueError("negative")
    if x > 100:
        raise TooLarge(100, by=x - 100) from None
    if not math.isfinite(x):
        raise RuntimeError(f"{x!r} isn't finite")
    return x**n


@program(x3)
def finally_runs(x):
    state = {"depth": 0}
    try:
        state["depth"] += 1
        y = np.sum(x * x)
        if y > 100:
            return y
    finally:
        state["depth"] -= 1
    try:
        z = y * x[0]
    finally:
        done = True
    return z * (state["depth"] + 1) * done


@program(0.7)
def finally_in_loops(x):
    total = 0.0
    for k in range(4):
        try:
            if k == 1:
                continue
            total += x**k
            if k == 2:
                break
        finally:
            total += x
    return total


@program(0.7, {"a": "2"})
def inactive_try(x, options):
    try:
        n = int(options["a"])
    except (KeyError, ValueError) as error:
        n = len(str(error))
    try:
        import no_such_module
    except ImportError:
        no_such_module = None
    try:
        k = options["b"]
    except KeyError:
        k = "default"
    else:
        k = "found"
    return x**n * len(k) + (no_such_module is None) * x


@program(0.7)
def handlers_that_only_raise(x):
    try:
        y = math.log(x)
    except ValueError as error:
        raise RuntimeError("not positive") from error
    return y * x


@program(x3)
def contexts(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.sum(1 / x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y += np.sum(x**2)
    with np.errstate(all="ignore"), contextlib.suppress(KeyError):
        y *= x[0]
    with contextlib.nullcontext():
        for v in x:
            if v < 0:
                break
            y += v**2
    return y


@program(0.7, 1.3)
def text(x, y):
    label = f"{x:.3f} and {y!r:>10}" + "%.2f %s" % (x, "a") + "{} {k}".format(x, k=y) + str(x) + repr(y)
    name = f"{'mode'}_{2:03d}"
    parts = name.split("_")
    key = "-".join(reversed(parts)).upper().replace("MODE", "m")
    table = {"002-m": x * y}
    print(label, end="")
    return table[key] + len(name) * y + (name.startswith("mode") and x) + ord("a") * x


@program(x3)
def writes(x):
    print("x is", x, file=sys.stderr)
    print(f"{x[0]:.2f}", end="")
    logger.info("sum %s", np.sum(x))
    logger.debug(f"{x}")
    warnings.warn("careful", stacklevel=2)
    sys.stdout.write("done\n")
    logging.getLogger(__name__).debug("value %f", x[0])
    return np.sum(x * x)


@program(x3, 3)
def random_numbers(x, seed):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=3)
    w = rng.uniform(0.5, 1.0, size=(2, 3))
    k = rng.integers(0, 3)
    order = rng.permutation(3)
    old = np.random.RandomState(seed)
    r = random.Random(seed)
    mask = rng.random(x.shape) < 0.5
    return np.sum((x + noise) ** 2) + np.sum(w @ x) * x[k] + x[order][0] * old.rand() + r.random() * np.sum(x * mask)


@program(x3)
def inactive_work(x):
    start = time.perf_counter()
    table = np.loadtxt(io.StringIO("1 2 3\n4 5 6"))
    names = sorted({"b", "a"})
    index = {name: k for k, name in enumerate(names)}
    elapsed = time.perf_counter() - start
    return np.sum(table[0] * x) * index["b"] + x[index["a"]] + 0.0 * elapsed


# ---- effects happen once, in order


def speaking(x):
    print("start")
    total = 0.0
    for k in range(2):
        total = total + x**k
        print(f"turn {k}: {total:.1f}")
    if x > 0:
        print("positive", end="!\n")
    logger.warning("total %.1f", total)
    return total * x


@pytest.mark.parametrize(
    "derived",
    [
        srcad.grad(speaking),
        srcad.value_and_grad(speaking),
        lambda x: srcad.vjp(speaking, x)[1](1.0),
        lambda x: srcad.jvp(speaking, (x,), (1.0,)),
    ],
    ids=["grad", "value_and_grad", "vjp", "jvp"],
)
def test_effects_happen_once_and_in_order(derived, capsys, caplog) -> None:
    derived(2.0)
    capsys.readouterr()
    caplog.clear()
    derived(2.0)
    assert capsys.readouterr().out == "start\nturn 0: 1.0\nturn 1: 3.0\npositive!\n"
    assert [record.getMessage() for record in caplog.records] == ["total 3.0"]


def test_a_user_s_exception_arrives_with_its_attributes_and_the_place() -> None:
    def f(x):
        if x > 1:
            raise TooLarge(1, by=x - 1)
        return x * x

    with pytest.raises(TooLarge) as caught:
        srcad.grad(f)(3.0)
    assert (caught.value.limit, caught.value.by) == (1, 2.0)
    assert any("test_effects.py" in note and "raise TooLarge" in note for note in caught.value.__notes__)
    assert srcad.grad(f)(0.5) == 1.0


# ---- refusals and errors


@program.raises(-1.3)
def failed_assertion(x):
    assert x > 0, "positive"  # <- raises
    return x * x


@program.raises(1.3)
def always_raises(x):
    y = x * x
    raise TooLarge(1)  # <- raises
    return y


@program.raises(x3)
def raises_in_a_loop(x):
    total = 0.0
    for v in x:
        if v < 0:
            raise ValueError(v)  # <- raises
        total += v
    return total


@program.raises(x3)
def singular(x):
    return np.linalg.inv(np.outer(x, np.zeros(3)))[0, 0]  # <- raises


@program.raises(0.0)
def division_by_zero(x):
    return 1.0 / x  # <- raises


@program.raises(x3)
def shapes_that_do_not_fit(x):
    y = x[:2]
    return np.sum(x + y)  # <- raises


@program(-1.3)
def active_handler(x):
    try:
        y = math.log(x)
    except ValueError:
        y = x * x
    return y


@program(1.3)
def active_suppress(x):
    y = x
    with contextlib.suppress(ValueError):
        y = y * 2
        y = math.log(x - 5)
    return y * x


@program.refused(1.3)
def text_and_back(x):
    return float(str(x)) * x  # <- refused


@program.refused(1.3)
def text_as_key(x):
    table = {"1.3": 2.0}
    return table[str(x)] * x  # <- refused


@program.refused(1.3)
def length_of_text(x):
    return len(f"{x}") * x  # <- refused


@program.refused(1.3)
def printed_into_memory(x):
    buffer = io.StringIO()
    print(x, file=buffer)  # <- refused
    return float(buffer.getvalue()) * x  # <- refused


@program.refused(1.3)
def compared_text(x):
    return x if str(x) == "1.3" else x * x  # <- refused


test_gradients, test_refusals = program.tests()
test_errors = program.errors()


def sampler(rs: np.random.RandomState | None = None) -> Callable[..., float]:
    rs = rs if rs is not None else np.random.RandomState(0)

    def total(p: np.ndarray) -> float:
        drawn = [rs.randn(5, 2) * np.exp(row) for row in p]
        return np.sum(np.stack([np.sum(np.vstack([np.sum(d, axis=-1) for _ in drawn])) for d in drawn]))

    return total


def seeded(p: np.ndarray) -> float:
    return sampler(np.random.RandomState(1))(p)


def test_a_generator_that_was_made_is_not_none() -> None:
    p = np.array([[0.1, 0.4], [0.3, -0.2], [0.5, 0.7]])
    due = reference.along(seeded, (p,), (np.ones_like(p),))
    assert np.sum(srcad.grad(seeded)(p)) == pytest.approx(due.value[0])
