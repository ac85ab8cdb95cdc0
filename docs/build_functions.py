"""Writes docs/functions.md, the list of the functions of libraries that srcad knows, from its tables.

python docs/build_functions.py            writes the page
python docs/build_functions.py --print    prints it

It needs SciPy, as the page has SciPy's functions, too.
"""

import importlib
import inspect
import platform
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy

from srcad.definitions.continuous import CONTINUOUS
from srcad.definitions.discrete import DISCRETE
from srcad.definitions.distribution import Counts, Distribution
from srcad.definitions.numpy.families import SERIES
from srcad.definitions.numpy.table import OF_UFUNCS, PROGRAMS
from srcad.frontend.derivatives import calls, definitions
from srcad.frontend.library.combinators import COMBINATORS
from srcad.frontend.library.indexers import INDEXERS
from srcad.frontend.library.managers import CONTEXTS
from srcad.frontend.library.mutators import MUTATORS
from srcad.ops.catalogue import ATTRIBUTES, BY_NAME, LOWERINGS, METHODS
from srcad.ops.signatures import INDIFFERENT, signature_of, table_name

PAGE = Path(__file__).parent / "functions.md"
HEAD = """\
# Functions

Which functions of NumPy, SciPy and the standard library have derivatives, and with which of their arguments. Written by
[build_functions.py](build_functions.py) from the tables that srcad itself reads: don't edit it here.

An argument that is in brackets is refused, by its name, unless it is what the function takes anyway. `out=` is
understood wherever a function has it. What isn't listed runs as it stands, as long as nothing that depends on the
differentiated arguments goes in; else it is [refused](howto/refusals.md).
"""
DISTRIBUTIONS = """\
With derivatives by the place, the shape parameters, `loc` and `scale`; frozen ones likewise. What `rvs` draws moves
with `loc` and `scale` alone.
"""
# What the functions of these versions take; those of others are understood as they are installed.
VERSIONS = "NumPy {}, SciPy {} and Python {}".format(
    *(".".join(version.split(".")[:2]) for version in (np.__version__, scipy.__version__, platform.python_version()))
)

# Why nothing moves with these, though they are given what moves. The register of the tests has each of them.
INACTIVE: dict[str, str] = {
    **dict.fromkeys(
        (
            *("np.argmax", "np.argmin", "np.nanargmax", "np.nanargmin", "np.argsort", "np.argpartition", "np.argwhere"),
            *("np.searchsorted", "np.digitize", "np.lexsort", "np.count_nonzero", "np.linalg.matrix_rank"),
            *(".argmax", ".argmin", ".argsort", ".argpartition", ".searchsorted"),
        ),
        "gives places or counts",
    ),
    **dict.fromkeys(
        (
            *("np.all", "np.any", "np.allclose", "np.array_equal", "np.isclose", "np.isfinite", "np.isinf", "np.isnan"),
            *("np.equal", "np.not_equal", "np.less", "np.less_equal", "np.greater", "np.greater_equal", "np.signbit"),
            *("np.logical_and", "np.logical_or", "np.logical_xor", "np.logical_not", ".all", ".any", "builtins.bool"),
            *(f"{library}.{name}" for library in ("math", "cmath") for name in ("isfinite", "isinf", "isnan")),
            "np.bool",
        ),
        "gives true or false",
    ),
    **dict.fromkeys(
        (
            *("np.floor", "np.ceil", "np.trunc", "np.rint", "np.fix", "np.round", "np.around", "np.sign", ".round"),
            *("np.floor_divide", "np.spacing", "math.ceil", "math.floor", "math.trunc", "math.ulp", "builtins.int"),
            "scipy.special.round",
        ),
        "is piecewise constant",
    ),
    **dict.fromkeys(
        (
            *("np.bitwise_and", "np.bitwise_or", "np.bitwise_xor", "np.left_shift", "np.right_shift", "np.invert"),
            *("np.gcd", "np.lcm", *(f"np.{sign}int{width}" for sign in ("", "u") for width in (8, 16, 32, 64))),
        ),
        "is of integers",
    ),
    **dict.fromkeys(
        (
            *(
                "np.zeros",
                "np.ones",
                "np.empty",
                "np.ndarray",
                "np.empty_like",
                "np.eye",
                "np.identity",
                "np.tri",
                "np.indices",
            ),
            *("np.bartlett", "np.blackman", "np.hamming", "np.hanning", "np.fft.fftfreq", "np.fft.rfftfreq"),
        ),
        "is made of lengths",
    ),
}
# ufuncs whose `outer`, `reduce` and `accumulate` move no more than they do
METHODS_OF_UFUNCS = (".outer", ".reduce", ".accumulate")


@dataclass(frozen=True)
class Known:
    """A function that srcad knows: which of its arguments it takes, and which are refused."""

    name: str
    takes: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why nothing moves; "" where something does."""
        name = self.name
        for method in METHODS_OF_UFUNCS:
            name = name.removesuffix(method)
        return INACTIVE.get(name, "")

    def line(self) -> str:
        taken = ", ".join([*self.takes, *(f"[{name}]" for name in self.refuses)])
        return f"| `{self.name}` | {taken} |"


def main() -> None:
    if "--print" in sys.argv[1:]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page())


def page() -> str:
    found = everything()
    moving, fixed = [k for k in found if not k.reason], [k for k in found if k.reason]
    of_numpy, of_scipy = (sum(k.name.startswith(start) for k in moving) for start in (("np.", ".", "@"), "scipy."))
    shares = f"{of_numpy} of NumPy, {of_scipy} of SciPy, {len(moving) - of_numpy - of_scipy} others"
    shares += f"; and {len(CONTINUOUS) + len(DISCRETE)} distributions of scipy.stats"
    counts = f"As they are in {VERSIONS}. With a derivative: {shares}.\n"
    titles = {"NumPy": ("np.",), "Methods and attributes of arrays": (".", "@"), "SciPy": ("scipy.",)}
    sections = [table(title, [k for k in moving if k.name.startswith(starts)]) for title, starts in titles.items()]
    sections.append(distributions())
    known = tuple(start for starts in titles.values() for start in starts)
    sections.append(table("Python", [k for k in moving if not k.name.startswith(known)]))
    return "\n".join([HEAD, counts, *sections, without(fixed)])


def table(title: str, rows: list[Known]) -> str:
    return "\n".join([f"## {title}\n", "| function | arguments |", "|---|---|", *(row.line() for row in rows), ""])


def distributions() -> str:
    """The distributions of one variable, each with the methods that have derivatives, as frozen ones have."""
    lines = ["## Distributions\n", DISTRIBUTIONS, "| distribution | shape parameters | methods |", "|---|---|---|"]
    for name, known in sorted({**CONTINUOUS, **DISCRETE}.items()):
        methods = of_density(known) if isinstance(known, Distribution) else of_counts(known)
        shapes = getattr(scipy.stats, name).shapes or ""
        lines.append(f"| `scipy.stats.{name}` | {shapes} | {' '.join([*methods, *of_moments(known)])} |")
    return "\n".join([*lines, ""])


def of_density(known: Distribution) -> list[str]:
    methods = ["pdf", "logpdf"]
    if known.cdf is not None or known.logcdf is not None:
        methods += ["cdf", "logcdf", "sf", "logsf"]
    if known.ppf is not None:
        methods += ["ppf", "isf", "median", "interval"]
    if known.entropy is not None:
        methods.append("entropy")
    return [*methods, "support", "expect"]


def of_counts(known: Counts) -> list[str]:
    return ["pmf", "logpmf", *(["cdf", "logcdf", "sf", "logsf"] if known.cdf is not None else [])]


def of_moments(known: Distribution | Counts) -> list[str]:
    methods = ["mean"] if known.mean is not None else []
    return [*methods, *(["var", "std"] if known.var is not None else []), "rvs"]


def without(rows: list[Known]) -> str:
    """The functions through which no derivative passes, by the reason."""
    lines = ["## Without a derivative\n", "Known, and constant to derivatives: what they compute doesn't move.\n"]
    for reason in dict.fromkeys(INACTIVE.values()):
        names = ", ".join(f"`{row.name}`" for row in rows if row.reason == reason)
        lines.append(f"- {reason}: {names}")
    return "\n".join([*lines, ""])


# ---- what is known


def everything() -> list[Known]:
    found: dict[str, Known] = {}
    for known in (*of_catalogue(), *of_programs(), *of_frontend(), *of_scipy()):
        found.setdefault(known.name, known)
    return [found[name] for name in sorted(found, key=lambda name: (name.lstrip(".@"), name))]


def of_catalogue() -> Iterator[Known]:
    for function, lowering in LOWERINGS.items():
        program = PROGRAMS.get(function)
        yield known_by(called(function), function, [lowering, *([program] if program else [])], skipped=1)
    for name, lowering in METHODS.items():
        yield known_by(f".{name}", name, [lowering], skipped=1)
    yield from (Known(f"@{name}") for name in ATTRIBUTES)
    for path, lowering in BY_NAME.items():
        module, _, name = path.rpartition(".")
        function = getattr(importlib.import_module(module), name)
        yield known_by(path, function, [lowering], skipped=1)


def of_programs() -> Iterator[Known]:
    for function, program in PROGRAMS.items():
        if function is not np.lib.stride_tricks.as_strided:  # which is there to be refused
            yield known_by(called(function), function, [program], skipped=0)
    for function, (program, _) in SERIES.items():
        yield known_by(called(function), function, [program], skipped=1)
    yield from (Known(f"np.ufunc.{method}") for method in OF_UFUNCS)


def of_frontend() -> Iterator[Known]:
    names = {np.r_: "r_", np.c_: "c_", np.s_: "s_", np.index_exp: "index_exp", np.mgrid: "mgrid", np.ogrid: "ogrid"}
    yield from (Known(f"np.{names[indexer]}") for indexer in INDEXERS)
    for function in (*MUTATORS, *COMBINATORS, *CONTEXTS):
        if isinstance(function, (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type)) or callable(function):
            name = called(function)
            if not name.startswith("srcad."):
                yield Known(name)


def of_scipy() -> Iterator[Known]:
    """Solvers, and what is defined by programs, area by area."""
    yield from (Known(path) for path in calls.SOLVERS)
    for area in definitions.AREAS:
        module = importlib.import_module(f"srcad.definitions.{area}")
        library = importlib.import_module(f"scipy.{area}")
        for name in module.__all__:
            defined, function = getattr(module, name), getattr(library, name, None)
            if inspect.isfunction(defined) and inspect.isfunction(function):
                yield known_by(f"scipy.{area}.{name}", function, [defined], skipped=0)
            else:
                yield Known(f"scipy.{area}.{name}")
        yield from (Known(f"scipy.{area}.{method_called(name)}") for name in module.METHODS if name[:3] != "rv_")


def method_called(name: str) -> str:
    """The name by which people call a method of a distribution, whose class they never see."""
    return name.replace("_gen.__call__", "(...)").replace("_gen.", ".").replace("_frozen.", "(...).")


def called(function: object) -> str:
    """The name by which people call a function."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{getattr(function, '__name__', '')}"
    if isinstance(function, type) and issubclass(function, np.generic):
        return f"np.{function.__name__}"
    return table_name(function).replace("_operator.", "operator.")


def known_by(name: str, function: object, takers: Iterable[Callable[..., object]], skipped: int) -> Known:
    """A function by its signature and those of what is read in its place."""
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        return Known(name)
    own = [p for taker in takers for p in list(inspect.signature(taker).parameters.values())[skipped:]]
    names, several = {p.name for p in own}, any(p.kind is p.VAR_POSITIONAL for p in own)
    takes, refuses = [], []
    for k, p in enumerate(signature.parameters.values()):
        if p.name in INDIFFERENT or p.name.startswith("out") or p.name == "self":
            continue
        understood = (
            p.name in names or p.kind is p.VAR_POSITIONAL or (p.default is p.empty and (several or k < len(own)))
        )
        (takes if understood else refuses).append(p.name)
    return Known(name, tuple(takes), tuple(refuses))


if __name__ == "__main__":
    main()
