"""Calls of functions with rules of their own, and what stops derivatives."""

from __future__ import annotations

from srcad.ops.declare import Area, Kind, Thing
from srcad.trace.custom import Custom
from srcad.trace.nodes import Params
from srcad.trace.types import Type

AREA = Area()
op = AREA.op


def _types(callee: Thing, *operands: Type, returns: tuple[Type, ...], shown: int, custom: Custom) -> tuple[Type, ...]:
    return returns


def _same(x: Type) -> Type:
    return x


def _text(texts: tuple[str, ...], params: Params) -> str:
    return f"{texts[0]}({', '.join(texts[1 : 1 + params['shown']])})"


op("custom", Kind.ALGORITHM, _types, _text, cost="dear")
op("stop_gradient", Kind.ALGORITHM, _same, "copied({0})", scalar="{0}")
