"""How calls of NumPy functions are spelled: operands first, then the options that differ from NumPy's defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from srcad.trace.nodes import Params

Spelling = Callable[[tuple[str, ...], Params], str]


def call(function: str, **defaults: object) -> Spelling:
    """`function(operands, option=...)`; `defaults` names the params that are options, in the order of printing."""

    def spelling(texts: tuple[str, ...], params: Params) -> str:
        return f"{function}({', '.join([*texts, *options(params, defaults)])})"

    return spelling


def sequence_call(function: str, **defaults: object) -> Spelling:
    """`function((operands), option=...)`: of a function that takes its operands as one tuple."""

    def spelling(texts: tuple[str, ...], params: Params) -> str:
        return f"{function}({', '.join([tuple_text(texts), *options(params, defaults)])})"

    return spelling


def shape_call(function: str, **defaults: object) -> Spelling:
    """`function(x, (lengths), option=...)`: of a function that takes operand 0, and a shape made of the others."""

    def spelling(texts: tuple[str, ...], params: Params) -> str:
        return f"{function}({', '.join([texts[0], shape_text(texts[1:]), *options(params, defaults)])})"

    return spelling


def options(params: Params, defaults: Mapping[str, object]) -> list[str]:
    """The options of a call that are not as NumPy has them anyway."""
    given = {name: params.get(name, default) for name, default in defaults.items()}
    return [f"{name}={value_text(given[name], name)}" for name, default in defaults.items() if given[name] != default]


def value_text(value: object, name: str = "") -> str:
    """A static value as source."""
    if name == "dtype":
        return dtype_text(str(value))
    if isinstance(value, float) and not np.isfinite(value):
        return {"inf": "np.inf", "-inf": "-np.inf"}.get(str(value), "np.nan")
    if isinstance(value, tuple):
        return tuple_text(tuple(value_text(item) for item in value))
    return repr(value)


def dtype_text(dtype: str) -> str:
    return "bool" if dtype == "bool" else f"np.{dtype}"


def tuple_text(texts: tuple[str, ...]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def shape_text(texts: tuple[str, ...]) -> str:
    """A shape: the number alone where there is one dimension (or a run-time tuple)."""
    return texts[0] if len(texts) == 1 else tuple_text(texts)


def escaped(text: str, quote: str) -> str:
    """A text as it stands between quotes, one or three, of a kind."""
    kind = quote[0]
    other = '"' if kind == "'" else "'"
    # repr takes the quotes that stand in none of its text, so each part has one of the other kind, and none of this.
    return f"\\{kind}".join(repr(other + part)[2:-1] for part in text.split(kind))
