"""A derivative as a module of its own, which needs NumPy alone and what the user's function itself needs.

What the function and its derivative refer to is found by name: modules are imported, numbers and small arrays written
out, functions of the user's module copied with what they refer to in turn; the rest is imported from where it lives.
"""

from __future__ import annotations

import dis
import importlib
import inspect
import os
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType, ModuleType

import numpy as np

from srcad.calls.programs import program_of
from srcad.codegen import Generated, generate
from srcad.compile.program import Program
from srcad.compile.requests import Call, Request
from srcad.compile.results import result_span
from srcad.errors import NotYetSupported
from srcad.runtime import imports_of, source_of
from srcad.show.assumed import conditions
from srcad.trace.nodes import Trace

LONGEST_SAID = 90
LONGEST_ARRAY = 64  # elements of an array that is written out

_LITERALS = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


@dataclass(frozen=True)
class Emission:
    """What is to be written: a function, the program of its derivative, the call that it was compiled for.

    `primal_call`: a call of the function itself, where the derivative takes other arguments.
    """

    function: Callable[..., object]
    program: Program
    call: Call
    roots: Mapping[str, Callable[[], object]]
    title: str
    made: str
    primal_call: Call | None = None


def emit_module(emission: Emission) -> str:
    """The text of a module with the function and its derivative."""
    program = emission.program.alone()
    require_one_function(program, "can be written")
    needs = Needs(str(getattr(emission.function, "__module__", "")))
    primal = primal_source(emission, needs)
    trace = documented(program.traces[0], emission)
    derivative = generate(trace, trace.name, careful=program.has_effects)
    needs.of_generated(derivative, emission.roots)
    source = derivative.source
    if program.request.kind == "gradient":
        source = with_result_type(source, result_type(emission))
    source = with_conditions(source, program)
    needs.imports |= imports_of(needs.helpers)
    top = "\n\n".join(filter(None, [header(emission), needs.import_text(), needs.constant_text()]))
    parts = [top, source_of(sorted(needs.helpers)), *needs.copied.values(), primal, source]
    return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def require_one_function(program: Program, wanted: str) -> None:
    """Refuse a derivative of several functions, and one of which only the run knows whether the value is a scalar."""
    if len(program.traces) > 1 or program.checked:
        raise NotYetSupported(
            f"only derivatives that are one function, of functions whose result is surely a scalar, {wanted}",
            result_span(program.primal, program.primal.output),
            do="use srcad.grad, srcad.value_and_grad or srcad.jacobian, and say the arguments' types",
        )


# ---- the primal


def primal_source(emission: Emission, needs: Needs) -> str:
    """The user's own text where it is a plain `def`; else the function as srcad reads it."""
    function = emission.function
    text = definition(function) if isinstance(function, FunctionType) else None
    if isinstance(function, FunctionType) and text is not None and function.__name__ == emission.program.primal.name:
        needs.of_function(function, text)
        return text
    request = Request("primal", emission.program.request.argnums)
    program = program_of(function, emission.primal_call or emission.call, request)
    (generated,) = program.alone().generated
    needs.of_generated(generated, program.reading.roots)
    return generated.source


def definition(function: FunctionType) -> str | None:
    """The text of a `def` without decorators; None for a lambda, a wrapper, or where there is no text.

    A function that was made of a statement of the program carries its own.
    """
    if hasattr(function, "__wrapped__"):
        return None
    own: str | None = getattr(function, "__srcad_text__", None)
    if own is not None:
        return own
    try:
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    except (OSError, TypeError):
        return None
    start = next((k for k, line in enumerate(lines) if line.startswith("def ")), None)
    return None if start is None else "\n".join(lines[start:]).rstrip()


# ---- what the text refers to


@dataclass
class Needs:
    """What a module must have for the names in it to mean something; `home`: the module of the user's function."""

    home: str
    imports: set[str] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    copied: dict[str, str] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def import_text(self) -> str:
        plain = sorted(line for line in self.imports if line.startswith("import"))
        return "\n".join(["from __future__ import annotations\n", *plain, *sorted(self.imports - set(plain))])

    def constant_text(self) -> str:
        return "\n".join(f"{name} = {text}" for name, text in self.constants.items())

    def of_generated(self, generated: Generated, roots: Mapping[str, Callable[[], object]]) -> None:
        for text in generated.imports:
            self.imports.add(f"import {text}")
        self.helpers.update(generated.helpers)
        for name, value in generated.bindings.items():
            self.name(name, value)
        for name in names_read(compile(generated.source, "<emitted>", "exec")):
            if name in roots:
                self.name(name, roots[name]())

    def of_function(self, function: FunctionType, text: str) -> None:
        closure = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        self.seen.add(function.__name__)
        for name in [*names_read(function.__code__), *_words_of_head(text), *closure]:
            if name in closure:
                self.name(name, closure[name].cell_contents)
            elif name in function.__globals__:
                self.name(name, function.__globals__[name])

    def name(self, name: str, value: object) -> None:
        """Let a name mean an object."""
        if name in self.seen:
            return
        self.seen.add(name)
        value = getattr(value, "__srcad__", (value,))[0]
        if getattr(type(value), "__srcad_rules__", False):
            value = getattr(value, "function", value)
        text = literal(value)
        if isinstance(value, ModuleType):
            known = value.__name__
            self.imports.add(f"import {known}" if known == name else f"import {known} as {name}")
        elif text is not None:
            self.constants[name] = text
            if "np." in text:
                self.imports.add("import numpy as np")
        elif not self.copy(name, value):
            self.imports.add(self.imported(name, value))

    def copy(self, name: str, value: object) -> bool:
        """Copy a function of the user's module."""
        if not isinstance(value, FunctionType) or value.__module__ != self.home or value.__name__ != name:
            return False
        text = definition(value)
        if text is None:
            return False
        self.of_function(value, text)
        self.copied[name] = text
        return True

    def imported(self, name: str, value: object) -> str:
        known = str(getattr(value, "__name__", ""))
        for module in (str(getattr(value, "__module__", "") or ""), "numpy", "scipy.special"):
            if known.isidentifier() and _attribute(module, known) is value:
                return f"from {module} import {known}" + (f" as {name}" if known != name else "")
        if _attribute(self.home, name) is value and value is not None:
            return f"from {self.home} import {name}"
        raise NotYetSupported(
            f"{name!r} is {type(value).__name__}, and can't be written to a file or imported there",
            do="make it a global of a module, or an argument of the function",
        )


def _attribute(module: str, name: str) -> object:
    try:
        return getattr(importlib.import_module(module), name, None) if module and module != "__main__" else None
    except ImportError:
        return None


def names_read(code: CodeType) -> Iterator[str]:
    """The names that code, and the functions in it, looks up among the globals."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_read(constant)


def _words_of_head(text: str) -> list[str]:
    """The names in the defaults of a signature."""
    head = re.split(r":\s*(?:#.*)?\n", text, maxsplit=1)[0]
    return [word for default in re.findall(r"=([^,]+)", head) for word in re.findall(r"[A-Za-z_]\w*", default)]


def literal(value: object) -> str | None:
    """The text of a number, a string, a container of these or a small array; None for everything else."""
    match value:
        case float() if not np.isfinite(value):
            return f"float({str(float(value))!r})"
        case _ if type(value) in _LITERALS:
            return repr(value)
        case np.ndarray() if value.size <= LONGEST_ARRAY and value.dtype.kind in "fiub":
            return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name})" if np.all(np.isfinite(value)) else None
        case np.generic() if value.dtype.kind in "fiu":
            return f"np.{value.dtype.name}({value.item()!r})"
        case tuple() | list() if type(value) in (tuple, list):
            items = [literal(item) for item in value]
            return None if None in items else _display(type(value), [item for item in items if item is not None])
        case dict() if type(value) is dict:
            pairs = [(literal(key), literal(item)) for key, item in value.items()]
            return None if any(None in pair for pair in pairs) else "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    return None


def _display(kind: type, items: list[str]) -> str:
    text = ", ".join(items) + ("," if kind is tuple and len(items) == 1 else "")
    return f"({text})" if kind is tuple else f"[{text}]"


def with_conditions(source: str, program: Program) -> str:
    """The source of the derivative, which first asks whether it was made for arguments of these lengths."""
    free = frozenset(entry.path.root for entry in program.primal.inputs if entry.free)
    found = conditions(program.reading.guards, program.promises, free)
    if not found or any(p.name == "len" for p in program.primal.parameters):
        return source
    lines = source.splitlines()
    start = 1 + next(k for k, line in enumerate(lines) if line.rstrip().endswith(":"))
    if lines[start].strip().startswith('"""'):
        closing = (
            k for k in range(start, len(lines)) if lines[k].rstrip().endswith('"""') and lines[k].strip() != '"""'
        )
        start = 1 + next(closing, start)
    said = f"this derivative was made for {' and '.join(map(_held, found))}"
    said = said if len(said) < LONGEST_SAID else "this derivative was made for arguments of other lengths"
    check = [f"    if {' or '.join(found)}:", f"        raise ValueError({said!r})"]
    return "\n".join([*lines[:start], *check, *lines[start:]]) + "\n"


def _held(broken: str) -> str:
    """What must be so, where the opposite is a condition."""
    return broken.replace("!=", "==") if "!=" in broken else broken.replace("<", ">=")


# ---- what stands around the code


def header(emission: Emission) -> str:
    primal = emission.program.primal
    types = ", ".join(f"{p.name}: {described(v)}" for p, v in zip(primal.parameters, emission.call.flat, strict=True))
    return f'"""{emission.title}\n\nFor {types}.\n\n{provenance(emission)}\n"""'


def provenance(emission: Emission) -> str:
    """From what, and how, it was made."""
    span = emission.program.primal.span
    where = f" from {os.path.basename(span.path)}" if span else ""
    made = f"Made{where} by\n\n    {emission.made}" if emission.made else f"Made{where} by srcad."
    return f"{made}\n\nMake it anew rather than change it."


def documented(trace: Trace, emission: Emission) -> Trace:
    """The derivative with types in its signature, and a docstring that says what it is."""
    names = (p.name for p in emission.program.primal.parameters if p.kind not in ("*", "**"))
    given = {p.name: v for p, v in zip(emission.program.primal.parameters, emission.call.flat, strict=True)}
    types = {name: annotation(given[name]) for name in names}
    parameters = tuple(replace(p, annotation=types.get(p.name, "")) for p in trace.parameters)
    return replace(trace, parameters=parameters, doc=emission.title)


def annotation(value: object) -> str:
    match value:
        case np.ndarray():
            return "np.ndarray"
        case np.generic():
            return f"np.{value.dtype.name}"
    return type(value).__name__ if type(value) in (bool, int, float, str, list, tuple, dict) else "object"


def described(value: object) -> str:
    match value:
        case np.ndarray():
            return f"{value.dtype}[{', '.join('1' if n == 1 else ':' for n in value.shape)}]"
        case np.generic():
            return value.dtype.name
    return type(value).__name__


def result_type(emission: Emission) -> str:
    request, call = emission.program.request, emission.call
    names = [p.name for p in emission.program.primal.parameters]
    values = dict(zip(names, call.flat, strict=False))
    wanted = [values.get(k) if isinstance(k, str) else call.args[k] for k in request.argnums or ()]
    types = [annotation(value) for value in wanted]
    gradient = types[0] if request.single else f"tuple[{', '.join(types)}]"
    if request.value:
        return f"tuple[{'tuple[float, object]' if request.has_aux else 'float'}, {gradient}]"
    return f"tuple[{gradient}, object]" if request.has_aux else gradient


def with_result_type(source: str, result: str) -> str:
    """The source of a function with the type of what it returns."""
    return re.sub(r"\):\n", lambda _: f") -> {result}:\n", source, count=1)
