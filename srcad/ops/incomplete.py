"""What derivatives of incomplete gamma and beta functions, and of elliptic integrals, are made of."""

from __future__ import annotations

from srcad.ops.declare import Area, Kind
from srcad.ops.special import by_scipy
from srcad.trace.nodes import Params
from srcad.trace.types import Type

AREA = Area()
op = AREA.op


def _of_gamma(a: Type, x: Type, *, order: int, python: bool | None = None) -> Type:
    result: Type = by_scipy("gammainc", 2)(a, x, python=python)  # type: ignore[assignment]
    return result


def _of_beta(a: Type, b: Type, x: Type, *, orders: tuple[int, int], python: bool | None = None) -> Type:
    result: Type = by_scipy("betainc", 3)(a, b, x, python=python)  # type: ignore[assignment]
    return result


def _of_t(df: Type, t: Type, *, order: int, python: bool | None = None) -> Type:
    result: Type = by_scipy("stdtr", 2)(df, t, python=python)  # type: ignore[assignment]
    return result


def _of_integral(x: Type, y: Type, z: Type, p: Type, *, powers: tuple[float, ...], python: bool | None = None) -> Type:
    result: Type = by_scipy("elliprj", 4)(x, y, z, p, python=python)  # type: ignore[assignment]
    return result


def _text_of_integral(texts: tuple[str, ...], params: Params) -> str:
    return f"carlson_integral({', '.join(texts)}, {params['powers']})"


def _text(function: str, texts: tuple[str, ...], params: Params) -> str:
    order = params["order"]
    return f"{function}({', '.join([*texts, *([] if order == 1 else [str(order)])])})"


def _text_of_beta(texts: tuple[str, ...], params: Params) -> str:
    return f"betainc_by_shapes({', '.join([*texts, *map(str, params['orders'])])})"


op("gammainc_by_a", Kind.ELEMENTWISE, _of_gamma, lambda texts, p: _text("gammainc_by_a", texts, p), cost="dear")
op("betainc_by_shapes", Kind.ELEMENTWISE, _of_beta, _text_of_beta, cost="dear")
op("stdtr_by_df", Kind.ELEMENTWISE, _of_t, lambda texts, p: _text("stdtr_by_df", texts, p), cost="dear")
op("carlson_integral", Kind.ELEMENTWISE, _of_integral, _text_of_integral, cost="dear")
