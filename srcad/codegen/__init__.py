"""From a trace to source: bufferisation, folding, names, printing."""

from srcad.codegen.generate import Generated, generate

__all__ = ["Generated", "generate"]
