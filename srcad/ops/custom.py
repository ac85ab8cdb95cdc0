"""Calls of functions with rules of their own, and what stops derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srcad.ops.catalogue import op
from srcad.trace.types import Type


def _types(*_: Type, returns: tuple[Type, ...], **__: Any) -> tuple[Type, ...]:
    return returns


def _text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    return f"{texts[0]}({', '.join(texts[1 : 1 + params['shown']])})"


op("custom", _types, _text, cost="dear")
op("stop_gradient", lambda x: x, "copied({0})", scalar="{0}")
