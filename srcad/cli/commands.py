"""The command line: show, trace and emit derivatives of a function in a file or module.

`cli_check` and `cli_compare` add their commands to it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

import srcad
from srcad.api.derived import Derived
from srcad.api.forward import hvp, tangent_of
from srcad.api.gradients import grad, value_and_grad
from srcad.api.jacobians import hessian, jacfwd, jacrev
from srcad.calls.arguments import Argnums, Binder, differentiable_argnums, name_of
from srcad.calls.example import Example, example_call
from srcad.calls.programs import program_of
from srcad.calls.specialise import entered
from srcad.calls.typespec import parse_values
from srcad.cli.kernels import native_parts
from srcad.cli.proposals import gives, proposed_types
from srcad.compile.requests import Request
from srcad.errors import ArgumentError, SrcadError
from srcad.show.library import CLibrary
from srcad.show.passes import Runs, all_passes, known_pass
from srcad.show.traces import table_of
from srcad.show.values import input_values

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Source-to-source differentiation of Python and NumPy functions.",
)

OWN = os.path.dirname(srcad.__file__) + os.sep
TARGET = "The function: path.py:name, or package.module:name."
Target = Annotated[str, typer.Argument(metavar="FILE.py:FUNC", help=TARGET)]
Wrt = Annotated[str, typer.Option(metavar="NAMES", help="The arguments to differentiate: w,b. Else: all that can be.")]
Mode = Annotated[
    str,
    typer.Option(
        metavar="MODE",
        help="reverse: the gradient; forward: the value and its tangent; hvp: the Hessian times a direction; "
        "jacfwd, jacrev: the Jacobian by columns, by rows; hessian: the Hessian.",
    ),
]
WithValue = Annotated[bool, typer.Option("--value", help="With the gradient, return the value as well.")]
Types = Annotated[
    str,
    typer.Option(
        "--args", metavar="TYPES", help="Types of arguments: 'w: float64\\[n], X: float64\\[m, n], b: float'."
    ),
]


@app.command(
    epilog="Example: srcad show model.py:loss --wrt w,b --args 'w: float64\\[n], X: float64\\[m, n], b: float'"
)
def show(
    target: Annotated[str, typer.Argument(metavar="FILE.py:FUNC", help=TARGET)] = "",
    wrt: Wrt = "",
    mode: Mode = "reverse",
    value: WithValue = False,
    args: Types = "",
    passes: Annotated[
        bool, typer.Option("--passes", help="List the passes; with a function, how they run over it.")
    ] = False,
    after: Annotated[
        str, typer.Option(metavar="PASS", help="Print the trace behind a pass; fold:2 is the second run of fold.")
    ] = "",
    diff: Annotated[str, typer.Option(metavar="PASS", help="Print what a pass has changed.")] = "",
    types: Annotated[bool, typer.Option("--types", help="With the types of variables, in traces.")] = False,
    native: Annotated[bool, typer.Option("--native", help="Print what runs as C, and that C.")] = False,
    timings: Annotated[bool, typer.Option("--timings", help="With --native, how long each step takes.")] = False,
) -> None:
    """Print the source of the derivative, or the trace between two passes on the way to it."""
    if sum((passes, bool(after), bool(diff), native)) > 1:
        raise typer.BadParameter("it is one of --passes, --after, --diff and --native")
    if types and not (after or diff):
        raise typer.BadParameter("--types goes with --after and --diff")
    if timings and not native:
        raise typer.BadParameter("--timings goes with --native")
    if passes and not target:
        print_plain(all_passes())
        return
    if not target:
        raise typer.BadParameter("which function? FILE.py:FUNC")
    function = load(target)
    example = example_for(function, args)
    if native:
        srcad.config(backend="native")
    derived = derivative_of(mode, function, example, wrt, value)
    tell_assumed(example)
    with types_needed(function, example):
        require_results(function, derived, example)
        if native:
            print_code("\n\n".join(native_parts(derived, example, timings)), "c")
        elif passes or after or diff:
            print_passes(derived, example, after, diff, types)
        else:
            print_code(derived.source(*example.args, **example.kwargs))


@app.command("trace", epilog="Example: srcad trace model.py:f --adjoint --at 'x1=2, x2=3'")
def trace_command(
    target: Target,
    tangent: Annotated[bool, typer.Option("--tangent", help="Show tangents, as sums over parents.")] = False,
    adjoint: Annotated[bool, typer.Option("--adjoint", help="Show adjoints, as sums over children.")] = False,
    at: Annotated[
        str, typer.Option(metavar="VALUES", help="Values of arguments, to show those of all variables: 'x1=2, x2=3'.")
    ] = "",
    seed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VALUES", help="A direction for --tangent, with --at: 'x1=1, x2=0.5'. May be given several times."
        ),
    ] = None,
    wrt: Wrt = "",
    args: Types = "",
) -> None:
    """Print the evaluation trace as a table of v1, v2, ..."""
    if seed and not (tangent and at):
        raise typer.BadParameter("--seed goes with --tangent and --at")
    function = load(target)
    example = example_for(function, args, at)
    tell_assumed(example)
    call = Binder(function).bind(example.args, example.kwargs)
    with types_needed(function, example):
        program = program_of(function, call, Request("primal", chosen(wrt, example), single=False))
    if program.reading.diverges and example.assumed:
        refuse_assumed(function, example)
    values = input_values(program.primal, call.flat, program.reading.roots) if at else None
    seeds = [directions(text) for text in seed] if seed else None
    print_plain(str(table_of(program, values, tangent=tangent, adjoint=adjoint, seeds=seeds)))


@app.command(epilog="Example: srcad emit model.py:loss --wrt w -o loss_grad.py --args 'w: float64\\[n]'")
def emit(
    target: Target,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write; - for standard output.")
    ],
    wrt: Wrt = "",
    mode: Mode = "reverse",
    value: WithValue = False,
    args: Types = "",
    language: Annotated[
        str, typer.Option(metavar="LANGUAGE", help="python: a module; c: a header FILE.h and its source FILE.c.")
    ] = "python",
    example_main: Annotated[
        bool, typer.Option("--example", help="With C, write FILE_example.c as well, a program that calls it.")
    ] = False,
) -> None:
    """Write a module with the function and its derivative that imports NumPy alone, or C that needs no Python."""
    if language not in ("python", "c"):
        raise typer.BadParameter(f"--language: it is python or c, not {language!r}")
    if example_main and language != "c":
        raise typer.BadParameter("--example goes with --language c")
    function = load(target)
    example = example_for(function, args)
    tell_assumed(example)
    derived = derivative_of(mode, function, example, wrt, value)
    with types_needed(function, example), user_output():
        require_results(function, derived, example)
        if language == "c":
            stem = "" if str(output) == "-" else output.stem
            files = c_files(derived.library(example.args, example.kwargs, command_line(), stem), output, example_main)
        else:
            files = {output: derived.emitted(example.args, example.kwargs, made=command_line())}
    if str(output) == "-":
        print_code("\n".join(files.values()), language)
        return
    for path, text in files.items():
        write(text, path)
    tell(f"wrote {', '.join(map(str, files))}")


def c_files(library: CLibrary, output: Path, example: bool) -> dict[Path, str]:
    """The files of a library of C, the header first, each with its text."""
    if str(output) != "-" and output.suffix != ".c":
        raise typer.BadParameter(f"-o {output}: a source of C is called FILE.c")
    files = {output.with_suffix(".h"): library.header, output: library.source}
    return {**files, output.with_name(f"{library.name}_example.c"): library.example} if example else files


@app.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Source-to-source differentiation of Python and NumPy functions."""
    if version:
        typer.echo(f"srcad {srcad.__version__}")
        raise typer.Exit


def main() -> None:
    """The entry point: refusals exit with 1, misuse with 2."""
    for more in ("cache", "check", "compare", "completion"):
        importlib.import_module(f"srcad.cli.{more}")  # its commands
    try:
        app(prog_name="srcad")
    except SrcadError as error:
        Console(stderr=True, highlight=False).print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
        sys.exit(1)


# ---- the function


def load(target: str) -> Callable[..., object]:
    """The function that `path.py:name` or `package.module:name` speaks of."""
    where, colon, name = target.rpartition(":")
    if not colon or not where or not name:
        raise typer.BadParameter(f"{target!r} is not of the form FILE.py:FUNC or MODULE:FUNC")
    with imported(where):
        found: object = _load_file(Path(where)) if where.endswith(".py") else _load_module(where)
    for part in name.split("."):
        if not hasattr(found, part):
            raise typer.BadParameter(f"{where} has no {name!r}")
        found = getattr(found, part)
    if not callable(found):
        raise typer.BadParameter(f"{name!r} in {where} is not a function")
    return found


@contextmanager
def imported(where: str) -> Iterator[None]:
    """What is raised in here comes of the user's file: it is told in one line, and is a misuse of the command."""
    try:
        with user_output():
            yield
    except typer.BadParameter:
        raise
    except SyntaxError as error:
        place = f"{error.filename or where}:{error.lineno}"
        raise typer.BadParameter(f"{where} can't be read: {error.msg} ({place})") from None
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if not frame.filename.startswith((OWN, "<frozen"))]
        place = f" ({inside[-1].filename}:{inside[-1].lineno})" if inside else ""
        raise typer.BadParameter(f"{where} can't be imported: {type(error).__name__}: {error}{place}") from None


@contextmanager
def user_output() -> Iterator[None]:
    """What the user's code prints meanwhile is no part of what the command prints."""
    with redirect_stdout(sys.stderr):
        yield


def write(text: str, path: Path) -> None:
    """Write a module, but never over the source of what it was made from."""
    own = {getattr(module, "__file__", None) for module in tuple(sys.modules.values())}
    read = {Path(file).resolve() for file in own if file}
    if path.resolve() in read:
        raise typer.BadParameter(f"{path} was read for this, and isn't overwritten: choose another file")
    try:
        path.write_text(text)
    except OSError as error:
        raise typer.BadParameter(f"{path} can't be written: {error.strerror or error}") from None


@contextmanager
def types_needed(function: Callable[..., object], example: Example) -> Iterator[None]:
    """Say that types are needed, where what goes wrong in here goes wrong for types that were assumed."""
    try:
        yield
    except SrcadError:
        if example.assumed and not runs(function, example):
            refuse_assumed(function, example)
        raise


def require_results(function: Callable[..., object], derived: Derived[..., object], example: Example) -> None:
    """Say that types are needed, where all that comes of those that were assumed is an error."""
    if example.assumed:
        wanted, request = derived.__srcad__
        call = Binder(wanted).bind(example.args, example.kwargs)
        if program_of(entered(wanted), call, request).reading.diverges:
            refuse_assumed(function, example)


def runs(function: Callable[..., object], example: Example) -> bool:
    """Whether the function gives anything for the arguments that were made up."""
    with user_output():
        return gives(function, example.args, example.kwargs)


def refuse_assumed(function: Callable[..., object], example: Example) -> NoReturn:
    """Ask for types, with a proposal if there is one."""
    with user_output():
        proposal = proposed_types(function, example)
    do = f"; for example\n    --args {shlex.quote(proposal)}" if proposal else ""
    taken = ", ".join(example.assumed)
    raise typer.BadParameter(f"{name_of(function)} raises for {taken}: say the types of its arguments with --args{do}")


def _load_file(path: Path) -> ModuleType:
    """The module of a file, found as `python path.py` finds what it imports."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise typer.BadParameter(f"there is no file {path}")
    sys.path.insert(0, str(path.parent.resolve()))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _load_module(name: str) -> ModuleType:
    sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise typer.BadParameter(f"there is no module {name!r} ({error})") from None


def example_for(function: Callable[..., object], types: str, at: str = "") -> Example:
    """A made-up call; a description that can't be read is a misuse of the command."""
    with misuse():
        return example_call(function, types, at)


def directions(text: str) -> dict[str, object]:
    """A seed that is written as values are."""
    with misuse():
        return parse_values(text)


@contextmanager
def misuse() -> Iterator[None]:
    """What is refused here is a misuse of the command."""
    try:
        yield
    except ArgumentError as error:
        raise typer.BadParameter(str(error)) from None


def derivative_of(
    mode: str, function: Callable[..., object], example: Example, wrt: str, value: bool
) -> Derived[..., object]:
    """What a mode derives."""
    makers: dict[str, Callable[..., Derived[..., object]]] = {
        "forward": tangent_of,
        "hvp": hvp,
        "jacfwd": jacfwd,
        "jacrev": jacrev,
        "hessian": hessian,
    }
    if mode == "reverse":
        return gradient(function, example, wrt, value)
    if mode not in makers:
        raise typer.BadParameter(f"there is no mode {mode!r}: it is one of reverse, {', '.join(makers)}")
    if value:
        raise typer.BadParameter("--value goes with --mode reverse")
    return makers[mode](function, argnums=argnums(wrt, example))


def gradient(function: Callable[..., object], example: Example, wrt: str, value: bool) -> Derived[..., object]:
    if isinstance(function, Derived) and not wrt and not value:
        return function
    derived = (value_and_grad if value else grad)(function, argnums=argnums(wrt, example))
    assert isinstance(derived, Derived)
    return derived


def argnums(wrt: str, example: Example) -> Argnums:
    """The arguments to differentiate, in the form that `grad` takes: a single one comes alone."""
    numbers = chosen(wrt, example)
    return numbers[0] if len(numbers) == 1 else numbers


def chosen(wrt: str, example: Example) -> tuple[int | str, ...]:
    """The arguments to differentiate; what there isn't, and that there are none, is a misuse of the command."""
    names = tuple(name.strip() for name in wrt.split(",") if name.strip())
    unknown = [name for name in names if name not in example.names]
    if unknown:
        there = f"the parameters are {', '.join(example.names)}" if example.names else "the function takes none"
        raise typer.BadParameter(f"--wrt: no parameter is called {', '.join(unknown)}: {there}")
    found = names or differentiable_argnums(example.args)
    if not found:
        taken = f" ({', '.join(example.assumed)})" if example.assumed else ""
        raise typer.BadParameter(f"no argument can be differentiated, as none has floats{taken}: say types with --args")
    return found


# ---- printing


def tell_assumed(example: Example) -> None:
    if example.assumed:
        tell(f"taken as {', '.join(example.assumed)}; say otherwise with --args", style="yellow")


def tell(text: str, style: str = "") -> None:
    """A remark, which doesn't stand in the way of what is piped on."""
    Console(stderr=True, highlight=False).print(Text(text, style=style), soft_wrap=True)


def print_passes(derived: Derived[..., object], example: Example, after: str, diff: str, types: bool) -> None:
    """The runs of the passes, the trace behind one, or what it has changed; a name that isn't there is a misuse."""
    for text in filter(None, (after, diff)):
        with misuse():
            known_pass(text.partition(":")[0])
    function, request = derived.__srcad__
    runs = Runs.of(function, request, example.args, example.kwargs)
    with misuse():
        if after:
            print_code(runs.after(after, types))
        elif diff:
            print_code(runs.diff(diff, types), "diff")
        else:
            print_plain(runs.listed())


def print_code(code: str, language: str = "python") -> None:
    """Coloured on a terminal, plain in a pipe."""
    console = Console()
    if console.is_terminal:
        console.print(Syntax(code, language, background_color="default", word_wrap=True))
    else:
        sys.stdout.write(code if code.endswith("\n") else code + "\n")


def print_plain(text: str) -> None:
    sys.stdout.write(text + "\n")


def command_line() -> str:
    """The command, as it can be typed again."""
    return shlex.join(["srcad", *sys.argv[1:]])
