"""The arguments of a call of a function of SciPy, by the names of its parameters."""

from __future__ import annotations

import inspect

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.values import Tup, Value


def named_arguments(
    m: Machine, signature: inspect.Signature, args: tuple[Value, ...], keywords: Keywords
) -> dict[str, Value]:
    """Those that are given: what goes by further names among the others, any number of values as a tuple."""
    try:
        arguments = dict(signature.bind(*args, **keywords).arguments)
    except TypeError as error:
        m.raises(error)
    for name, p in signature.parameters.items():
        if p.kind is p.VAR_KEYWORD:
            arguments.update(arguments.pop(name, {}))
        elif p.kind is p.VAR_POSITIONAL and name in arguments:
            arguments[name] = Tup(arguments[name])
    return arguments
