"""The NumPy back end: generated source, executed as it stands."""

from __future__ import annotations
import __future__ as future

import importlib
import itertools
import linecache
from types import FunctionType

from srcad.codegen import Generated
from srcad.runtime import named

_numbers = itertools.count(1)  # taking the next one is atomic


def compile_source(generated: Generated, name: str | None = None) -> FunctionType:
    """The function, in a namespace of its own (its `__globals__`); `generated` is kept as its attribute.

    Its source is known to `linecache`, so that tracebacks, pdb and `inspect.getsource` show it.
    """
    path = _register(generated)
    code = compile(generated.source, path, "exec", flags=future.annotations.compiler_flag, dont_inherit=True)
    scope = namespace(generated)
    exec(code, scope)
    function = scope[generated.name]
    assert isinstance(function, FunctionType)
    function.__qualname__ = name or generated.name
    function.__dict__["generated"] = generated
    return function


def namespace(generated: Generated) -> dict[str, object]:
    """The globals of the function: modules, helpers, and the user's objects."""
    scope: dict[str, object] = {"__name__": f"srcad generated: {generated.name}"}
    for text in generated.imports:
        module, _, alias = text.partition(" as ")
        package = module.partition(".")[0]
        imported = importlib.import_module(module)
        scope[alias or package] = imported if alias else importlib.import_module(package)
    scope.update(named(generated.helpers))
    scope.update(generated.bindings)
    return scope


def _register(generated: Generated) -> str:
    """Make the source known to `linecache`, under a name that no other has."""
    path = f"<srcad: {generated.name} {next(_numbers)}>"
    lines = generated.source.splitlines(keepends=True)
    linecache.cache[path] = (len(generated.source), None, lines, path)
    return path


class Compiled:
    """A generated function that pickles by its source. `function` is the function itself, to call without a detour."""

    def __init__(self, generated: Generated) -> None:
        self.generated = generated
        self.function = compile_source(generated)

    def __call__(self, *args: object, **kwargs: object) -> object:
        return self.function(*args, **kwargs)

    def __reduce__(self) -> tuple[type[Compiled], tuple[Generated]]:
        return Compiled, (self.generated,)
