"""What functions say of their parameters.

Since Python 3.14 annotations are evaluated when somebody asks for them, and may name what is there for type checkers
alone. Who asks for a signature wants no annotation, and gets what can't be evaluated as it is written.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping


def is_annotated(function: object) -> bool:
    try:
        return hasattr(function, "__annotations__")
    except NameError:  # it names what isn't there
        return True


if sys.version_info >= (3, 14):
    import annotationlib

    def signature_of(function: Callable[..., object]) -> inspect.Signature:
        return inspect.signature(function, annotation_format=annotationlib.Format.FORWARDREF)

    def annotations_of(function: object) -> Mapping[str, object]:
        try:
            return annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)
        except TypeError:  # it can't have any
            return {}

else:

    def signature_of(function: Callable[..., object]) -> inspect.Signature:
        return inspect.signature(function)

    def annotations_of(function: object) -> Mapping[str, object]:
        found: Mapping[str, object] = getattr(function, "__annotations__", None) or {}
        return found
