"""What srcad gives can be pickled and copied, and goes to other processes with its source."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([0.7, 1.3, 0.4])
scale = 2.0


def f(x: Any) -> Any:
    return np.sum(np.sin(x) * x) * scale


def in_a_loop(x: Any) -> Any:
    total = 1.0
    for v in x:
        total = total * np.sin(v) + v
    return total


WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda o: pickle.loads(pickle.dumps(o)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("function", [f, in_a_loop])
def test_pullbacks(way: str, function: Any) -> None:
    pullback = srcad.vjp(function, X)[1]
    again = WAYS[way](pullback)
    np.testing.assert_array_equal(again(1.5)[0], pullback(1.5)[0])
    assert again.source == pullback.source


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("function", [f, in_a_loop])
def test_linear_maps(way: str, function: Any) -> None:
    linear_map = srcad.linearize(function, X)[1]
    again = WAYS[way](linear_map)
    assert again(X) == linear_map(X)


@pytest.mark.parametrize("way", WAYS)
def test_derived_functions(way: str) -> None:
    made = (srcad.grad(f), srcad.value_and_grad(f), srcad.jacobian(f), srcad.hessian(f), srcad.sparse.hessian(f))
    for derived in made:
        again: Any = WAYS[way](derived)
        one, other = again(X), derived(X)
        for a, b in zip(one, other, strict=True) if isinstance(one, tuple) else [(one, other)]:
            assert np.all(np.asarray(a == b)) if not hasattr(a, "toarray") else np.all(a.toarray() == b.toarray())
    product: Any = WAYS[way](srcad.hvp(f))
    np.testing.assert_array_equal(product(X, X), srcad.hvp(f)(X, X))


SCRIPT = """
import cloudpickle, pickle, subprocess, sys
import numpy as np
import srcad

FACTOR = 3.0

def helper(x):
    return x * x * FACTOR

def f(x):
    return np.sum(helper(x))

gradient = srcad.grad(lambda x: f(x) + np.sum(x))
data = {"gradient": cloudpickle.dumps(gradient), "f": cloudpickle.dumps(f)}
code = '''
import pickle, sys
import numpy as np
import srcad
data = pickle.load(sys.stdin.buffer)
print(pickle.loads(data["gradient"])(np.ones(2)))
'''
done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(data), capture_output=True)
print(done.stdout.decode().strip(), done.stderr.decode()[-300:])
alone = code.replace('pickle.loads(data["gradient"])', 'srcad.grad(pickle.loads(data["f"]))')
done = subprocess.run([sys.executable, "-c", alone], input=pickle.dumps(data), capture_output=True)
print(done.stdout.decode().strip(), done.stderr.decode()[-400:])
"""


def test_to_another_process_without_the_file(tmp_path: Path) -> None:
    pytest.importorskip("cloudpickle")
    path = tmp_path / "sends.py"
    path.write_text(SCRIPT)
    root = str(Path(srcad.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, env={"PYTHONPATH": root}, check=False
    )
    assert "[7. 7.]" in done.stdout, done.stdout + done.stderr
    assert "hand the derivative to the other process" in done.stdout
