"""Generated functions as Python objects: tracebacks, source, pickling, threads."""

from __future__ import annotations

import builtins
import inspect
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import get_type_hints

import numpy as np
import pytest

from srcad.backends.numpy import Compiled, compile_source
from srcad.codegen import generate
from srcad.runtime import HELPERS, imports_of, source_of
from srcad.show.emit import names_read
from srcad.trace.types import FLOAT
from tests.codegen.building import Maker
from tests.codegen.design import EXAMPLES


def test_source_is_found() -> None:
    generated = generate(EXAMPLES["newton_grad"](), "newton_grad")
    assert inspect.getsource(compile_source(generated)) == generated.source


def test_tracebacks_show_the_line() -> None:
    m = Maker(x=FLOAT, y=FLOAT)
    function = compile_source(generate(m.trace(m.emit("divide", m.x, m.y, name="q")), "quotient"))
    with pytest.raises(ZeroDivisionError) as caught:
        function(1.0, 0.0)
    assert "q = x / y" in "".join(traceback.format_exception(caught.value))


def test_pickling() -> None:
    compiled = pickle.loads(pickle.dumps(Compiled(generate(EXAMPLES["newton_grad"](), "newton_grad"))))
    assert compiled(2.0, 5) == compiled.function(2.0, 5)


def test_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        functions = list(pool.map(lambda _: compile_source(generate(EXAMPLES["f_grad"](), "f_grad")), range(16)))
    assert len({f.__code__.co_filename for f in functions}) == 16


@pytest.mark.parametrize("name", HELPERS)
def test_helpers_can_be_copied_into_a_file(name: str) -> None:
    """Whatever the source and its annotations name means something there."""
    scope: dict[str, object] = {}
    head = ["from __future__ import annotations", *imports_of([name])]
    exec("\n".join([*head, source_of([name])]), scope)
    helper = scope[name]
    assert isinstance(helper, FunctionType)
    assert [word for word in names_read(helper.__code__) if word not in scope and not hasattr(builtins, word)] == []
    assert "return" in get_type_hints(helper)


def test_helpers_with_their_imports_run() -> None:
    scope: dict[str, object] = {}
    exec("\n".join([*imports_of(["converged"]), source_of(["converged"])]), scope)
    with pytest.warns(RuntimeWarning, match="too many steps"):
        scope["converged"]({"success": False, "message": "too many steps"})  # type: ignore[operator]


def test_sum_to_shape() -> None:
    sum_to_shape = HELPERS["sum_to_shape"]
    g = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(sum_to_shape(g, np.ones((3, 1))), g.sum(axis=(0, 2), keepdims=True)[0])
    np.testing.assert_array_equal(sum_to_shape(g, np.ones((1, 3, 4))), g.sum(axis=0, keepdims=True))
    assert sum_to_shape(g, 1.0) == g.sum()
    assert sum_to_shape(g, g) is g
    assert sum_to_shape(2.0, 1.0) == 2.0
