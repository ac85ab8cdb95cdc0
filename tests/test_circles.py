"""No circle of imports: a file imports what stands below it, wherever in the file the import stands.

Imports for types alone, under TYPE_CHECKING, don't count. What a file needs of those above it is handed to it: in the
frontend by `srcad.frontend.core.ports`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.test_layering import MODULES, PACKAGE, imported, without_types

FRONTEND = [path for path in MODULES if path.is_relative_to(PACKAGE / "frontend")]
OPTIONAL = {"scipy"}  # packages that need not be installed: imported where they are used


def name_of(path: Path) -> str:
    parts = ("srcad", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_of(name: str, modules: set[str]) -> str | None:
    """The module that a dotted name is, or stands in."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or None


def imports(sources: Mapping[str, tuple[str, list[str]]]) -> dict[str, set[str]]:
    """Module -> the modules that it imports, of modules with their source and the package they stand in."""
    found = {}
    for module, (source, package) in sources.items():
        names = (module_of(name, set(sources)) for name in imported(without_types(source), package))
        found[module] = {name for name in names if name is not None} - {module, *containing(module)}
    return found


def containing(module: str) -> Iterator[str]:
    """The packages that a module stands in, which are imported before it in any case."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules of a circle, the first one again at its end; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle() -> None:
    sources = {name_of(path): (path.read_text(), ["srcad", *path.relative_to(PACKAGE).parts[:-1]]) for path in MODULES}
    found = circle(imports(sources))
    assert not found, "these import each other: " + " <- ".join(found)


def inner_imports(source: str) -> Iterator[ast.Import | ast.ImportFrom]:
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (node for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom)))


@pytest.mark.parametrize("path", FRONTEND, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_of_the_frontend_stand_at_the_top(path: Path) -> None:
    for node in inner_imports(path.read_text()):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        assert {name.partition(".")[0] for name in names} <= OPTIONAL, f"{path}:{node.lineno}"


def test_a_circle_is_found_wherever_its_imports_stand() -> None:
    sources = {
        "srcad.a": ("from srcad.b import x", ["srcad"]),
        "srcad.b": ("def f():\n    from srcad import c", ["srcad"]),
        "srcad.c": ("import srcad.a", ["srcad"]),
        "srcad": ("from srcad.a import x", []),
    }
    assert set(circle(imports(sources))) == {"srcad.a", "srcad.b", "srcad.c"}


def test_imports_for_types_make_no_circle() -> None:
    sources = {
        "srcad.a": ("from srcad.b import x", ["srcad"]),
        "srcad.b": ("if TYPE_CHECKING:\n    from srcad.a import y", ["srcad"]),
    }
    assert not circle(imports(sources))
    assert [node.lineno for node in inner_imports("import a\ndef f():\n    import b")] == [3]
