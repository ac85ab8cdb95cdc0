"""Names for variables: those that generated code can't use, and identifiers near to a text."""

from __future__ import annotations

import builtins
import keyword
import re

# names that generated code uses for what they are
RESERVED = (
    frozenset(keyword.kwlist)
    | {"np", "math", "cmath", "_"}
    | {name for name in dir(builtins) if name.islower() or name.endswith("Error")}
    - {"id", "input", "hash", "credits", "copyright", "license", "exit", "quit", "vars", "dir", "help", "next", "iter"}
)


def identifier(text: str) -> str:
    """A Python identifier near to this text."""
    if text.isidentifier() and text.strip("_") and not keyword.iskeyword(text):
        return text
    name = re.sub(r"\W+", "_", text).strip("_") or "v"
    name = f"v{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


__all__ = ["RESERVED", "identifier"]
