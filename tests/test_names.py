"""One word, one meaning: the names of classes in the package, and of what stands beside them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "srcad"
SOURCES = {path.relative_to(PACKAGE): ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def classes() -> Iterator[tuple[str, str]]:
    """(name, where) of the classes that stand at the top of a module."""
    for path, tree in SOURCES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield node.name, f"{path}:{node.lineno}"


def aliases() -> Iterator[tuple[str, str]]:
    """(name, where) of what a module assigns at its top."""
    for path, tree in SOURCES.items():
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, f"{path}:{node.lineno}"


def test_classes_have_names_of_their_own() -> None:
    places = defaultdict(list)
    for name, place in classes():
        places[name].append(place)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_type_is_called_like_a_class() -> None:
    known = dict(classes())
    assert {name: (place, known[name]) for name, place in aliases() if name in known} == {}


def test_docstrings_stand_alone() -> None:
    """One that begins with "The same" or "As" says what something is by what stands elsewhere."""
    leaning = [
        f"{path}:{node.lineno} {ast.get_docstring(node)}"
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module))
        and (ast.get_docstring(node) or "").startswith(("The same ", "As ", "Same "))
    ]
    assert leaning == []
