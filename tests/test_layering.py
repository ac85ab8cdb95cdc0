"""Who may import whom, as docs/architecture.md says: enforced, so that the rooms stay rooms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "srcad"

ROOMS = (PACKAGE.parent / "docs" / "architecture.md").read_text().partition("## The rooms")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|(.*)\|$", re.MULTILINE)


def rows_with(columns: int) -> list[tuple[list[str], str]]:
    """(rooms, last column) of the rows of the page's table with so many columns."""
    found = [(names, rest.split("|")) for names, rest in ROW.findall(ROOMS)]
    return [(re.findall(r"\w+", names), rest[-1]) for names, rest in found if len(rest) == columns - 1]


MAY_IMPORT = {name: set(re.findall(r"\w+", others)) for names, others in rows_with(3) for name in names}
ABOVE = [set(names) for names, _ in rows_with(2)]
# Inside of the frontend, from below: each may import what stands before it here.
FRONTEND = [
    "core",
    "memory",
    "containers",
    "control",
    "procedures",
    "library",
    "derivatives",
    "syntax",
    "assembly",
    "read",
    "__init__",
]
ONLY = {  # a module outside srcad -> the rooms that may import it
    "ast": {"frontend", "codegen"},
    "astor": {"codegen"},
    "numba": {"native"},
    "llvmlite": {"native"},
    "sympy": {"compare"},
    "mpmath": {"compare"},
    "matplotlib": {"compare"},
    "typer": {"cli"},
    "rich": {"cli", "show"},
    "networkx": {"patterns"},
}
IN_A_CIRCLE = {"frontend"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(source: str, package: list[str]) -> Iterator[str]:
    """The dotted names of all that a module of `package` imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def without_types(source: str) -> str:
    """The source without what stands under TYPE_CHECKING."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return ast.unparse(tree)


def room_imported(name: str) -> str | None:
    """The room or module of srcad that a dotted name stands in; None for what is not srcad's."""
    top, _, rest = name.partition(".")
    if top != "srcad":
        return None
    inner = rest.partition(".")[0]
    return inner if inner and ((PACKAGE / inner).is_dir() or (PACKAGE / f"{inner}.py").exists()) else "__init__"


def allowed(room: str) -> set[str]:
    """The rooms and modules of srcad that a room or module may import, itself included."""
    if room in MAY_IMPORT:
        return {room, "errors"} | MAY_IMPORT[room]
    level = next(k for k, names in enumerate(ABOVE) if room in names)
    return set(MAY_IMPORT).union(*ABOVE[: level + 1])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports(path: Path) -> None:
    room = room_of(path)
    package = ["srcad", *path.relative_to(PACKAGE).parts[:-1]]
    for name in imported(path.read_text(), package):
        wanted = room_imported(name)
        assert wanted is None or wanted in allowed(room), f"{room} may not import {name}"
        assert room in ONLY.get(name.partition(".")[0], {room}), f"{room} may not import {name}"


def dotted(path: Path) -> str:
    parts = ["srcad", *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_files_import_each_other_in_a_circle() -> None:
    names = {dotted(path): path for path in MODULES if room_of(path) not in IN_A_CIRCLE}
    graph = TopologicalSorter[str]()
    for name, path in names.items():
        package = dotted(path.parent / "__init__.py").split(".")
        wanted = {full if full in names else full.rpartition(".")[0] for full in imported(path.read_text(), package)}
        graph.add(name, *(wanted & names.keys() - {name}))
    graph.prepare()  # raises CycleError, with the circle


def test_files_import_each_other_at_their_top() -> None:
    """An import inside a function hides that a file needs another; those of optional packages may stand there."""
    for path in MODULES:
        if room_of(path) not in IN_A_CIRCLE:
            top = ast.parse(path.read_text())
            inner = [node for node in ast.walk(top) if isinstance(node, ast.Import | ast.ImportFrom)]
            late = [node for node in inner if node not in top.body and "srcad" in ast.unparse(node)]
            assert not late, f"{path.relative_to(PACKAGE)}:{late[0].lineno} imports a file of srcad late"


def part_imported(name: str) -> str | None:
    """The part of the frontend that a dotted name stands in; None for what is no part of it."""
    if not f"{name}.".startswith("srcad.frontend."):
        return None
    inner = name.removeprefix("srcad.frontend").lstrip(".").partition(".")[0]
    return inner if inner in FRONTEND else "__init__"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room_of(p) == "frontend"], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_imports_inside_of_the_frontend(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    package = ["srcad", *parts[:-1]]
    below = FRONTEND[: FRONTEND.index(parts[1]) + 1]
    for name in imported(without_types(path.read_text()), package):
        wanted = part_imported(name)
        assert wanted is None or wanted in below, f"{parts[1]} may not import {name}"


def test_every_module_has_its_place() -> None:
    known = set(MAY_IMPORT).union(*ABOVE)
    assert {room_of(path) for path in MODULES} == known


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
import ast
def f():
    from srcad import api
    from . import types
    from ..rules.table import lookup
    import srcad.codegen.names as names
"""
    assert list(imported(source, ["srcad", "trace"])) == [
        "ast",
        "srcad.api",
        "srcad.trace.types",
        "srcad.rules.table.lookup",
        "srcad.codegen.names",
    ]


def test_an_import_of_the_package_itself_counts() -> None:
    assert room_imported("srcad.grad") == room_imported("srcad") == "__init__"
    assert room_imported("numpy") is None


def test_parts_of_the_frontend() -> None:
    assert part_imported("srcad.frontend.core.values.Value") == "core"
    assert part_imported("srcad.frontend.read") == "read"
    assert part_imported("srcad.frontend") == "__init__"
    assert part_imported("srcad.ops") is None


def test_nothing_is_imported_for_what_its_import_does() -> None:
    """Tables are put together by name, not by imports that fill them: so no import needs to be kept from the linter."""
    kept = [str(path.relative_to(PACKAGE)) for path in MODULES if "noqa: F401" in path.read_text()]
    assert kept == []
