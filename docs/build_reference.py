"""Writes docs/reference.md from the docstrings of the public interface.

python docs/build_reference.py            writes the page
python docs/build_reference.py --print    prints it
"""

import inspect
import sys
import typing
from pathlib import Path

import srcad
import srcad.compare
import srcad.errors
import srcad.implicit
import srcad.sparse
import srcad.testing

PAGE = Path(__file__).parent / "reference.md"
HEAD = """\
# Reference

Written by [build_reference.py](build_reference.py) from the docstrings: don't edit it here.
"""


def main() -> None:
    if "--print" in sys.argv[1:]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page())


def page() -> str:
    sections = [
        section("srcad", [getattr(srcad, name) for name in sorted(srcad.__all__)]),
        section("srcad.implicit", [srcad.implicit.root, srcad.implicit.fixed_point]),
        section("srcad.sparse", [srcad.sparse.jacobian, srcad.sparse.hessian, srcad.sparse.pattern]),
        section("srcad.compare", [srcad.compare.compare]),
        section("srcad.testing", [srcad.testing.check_derivatives, srcad.testing.check_gradient]),
        section("srcad.errors", error_classes()),
    ]
    return "\n".join([HEAD, *sections])


def section(title: str, things: list[object]) -> str:
    return "\n".join([f"## {title}\n", *(entry(thing) for thing in things if callable(thing))])


def entry(thing: object) -> str:
    """The name, the signature and the docstring of a function or class, and of a class's public methods."""
    lines = [f"### {thing.__name__}\n", *described(thing, thing.__name__)]
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        for name, method in vars(thing).items():
            if inspect.isfunction(method) and not name.startswith("_") and method.__doc__:
                lines += described(method, f"{thing.__name__}.{name}")
    return "\n".join(lines)


def described(thing: object, name: str) -> list[str]:
    return [f"    {name}{signature(thing)}\n", (inspect.getdoc(thing) or "").strip() + "\n"]


class Plain(str):
    """An annotation that shows as it stands in the source, without quotes."""

    def __repr__(self) -> str:
        return str(self)


def signature(thing: object) -> str:
    """The parameters as they stand in the source; nothing for a class."""
    if inspect.isclass(thing):
        return ""
    found = inspect.signature(thing)
    parameters = [p.replace(annotation=plain(p.annotation)) for p in found.parameters.values()]
    shown = found.replace(parameters=parameters, return_annotation=plain(result_of(thing)))
    return str(shown).replace("'", '"')


def result_of(thing: object) -> object:
    """What a function returns; of several signatures the first says it, which is that of the plain call."""
    first = next(iter(typing.get_overloads(thing)), thing)
    return inspect.signature(first).return_annotation


def plain(annotation: object) -> object:
    return Plain(annotation) if isinstance(annotation, str) else annotation


def error_classes() -> list[object]:
    """The errors, the base first, in the order of the source."""
    classes = [thing for thing in vars(srcad.errors).values() if inspect.isclass(thing)]
    return [cls for cls in classes if issubclass(cls, Exception) and cls.__module__ == "srcad.errors"]


if __name__ == "__main__":
    main()
