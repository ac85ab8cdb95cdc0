"""Generated functions as Python objects: tracebacks, source, pickling, threads."""

from __future__ import annotations

import inspect
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from srcad.backends.numpy import Compiled, compile_source
from srcad.codegen import generate
from srcad.runtime import HELPERS, source_of
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


def test_helpers_can_be_copied_into_a_file() -> None:
    scope: dict[str, object] = {}
    exec("from __future__ import annotations\nimport math\nimport numpy as np\n" + source_of(HELPERS), scope)
    assert set(HELPERS) <= set(scope)


def test_sum_to_shape() -> None:
    sum_to_shape = HELPERS["sum_to_shape"]
    g = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(sum_to_shape(g, np.ones((3, 1))), g.sum(axis=(0, 2), keepdims=True)[0])
    np.testing.assert_array_equal(sum_to_shape(g, np.ones((1, 3, 4))), g.sum(axis=0, keepdims=True))
    assert sum_to_shape(g, 1.0) == g.sum()
    assert sum_to_shape(g, g) is g
    assert sum_to_shape(2.0, 1.0) == 2.0
