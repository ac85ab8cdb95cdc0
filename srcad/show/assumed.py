"""What a written derivative takes for granted of lengths, as conditions at its start: there, no guards stand before it.

if y.shape[0] != x.shape[0]:
    raise ValueError("...")

`len` may be a name of the user's there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from srcad.frontend.core.guards import Guard, TypeGuard
from srcad.show.sums import sides, sum_text
from srcad.trace.dims import Dim, Factor, Promise, Symbol, length_of
from srcad.trace.types import Array, Scalar


def conditions(guards: Sequence[Guard], promises: Sequence[Promise], free: frozenset[str]) -> tuple[str, ...]:
    """What must not be so of the arguments, as Python's expressions. `free`: roots that aren't parameters."""
    places = list(_places(guards, free))
    known: dict[Symbol, str] = {}
    for text, dim in places:
        symbols = set(dim.symbols())
        if len(symbols) == 1 and dim == length_of(next(iter(symbols))):
            known.setdefault(next(iter(symbols)), text)
    found = [f"{text} != {_text(dim, known)}" for text, dim in places if _is_said(dim, known, text)]
    found += [text for guard in guards if (text := _lies_otherwise(guard, free))]
    for promise in promises:
        if _can_be_said(promise.dim, known):
            found.append(_broken(promise, known))
    return tuple(dict.fromkeys(found))


def _lies_otherwise(guard: Guard, free: frozenset[str]) -> str:
    """Where the program writes to an argument, that it doesn't lie in memory as it is counted on; "" for others."""
    if not isinstance(guard, TypeGuard) or guard.path.root in free or guard.layout is None or guard.writeable is None:
        return ""
    if isinstance(guard.layout, tuple):
        return f"{guard.path}.strides != {guard.layout}"
    return f"not {guard.path}.flags.{'c_contiguous' if guard.layout == 'C' else 'fnc'}"


def _places(guards: Sequence[Guard], free: frozenset[str]) -> Iterator[tuple[str, Dim]]:
    """Expressions of lengths and ints, with their dims."""
    for guard in guards:
        if not isinstance(guard, TypeGuard) or guard.path.root in free:
            continue
        place = str(guard.path)
        match guard.type:
            case Array(_, dims):
                for k, dim in enumerate(dims):
                    if dim.terms:
                        yield f"{place}.shape[{k}]", dim
            case Scalar() if guard.type.length is not None and guard.type.length.terms:
                yield place, guard.type.length


def _is_said(dim: Dim, known: dict[Symbol, str], text: str) -> bool:
    return _can_be_said(dim, known) and _text(dim, known) != text


def _can_be_said(dim: Dim, known: dict[Symbol, str]) -> bool:
    return all(symbol in known for symbol in dim.symbols())


def _broken(promise: Promise, known: dict[Symbol, str]) -> str:
    """The terms with a minus on the right side: `x.shape[0] < 6`, `x.shape[0] != y.shape[0]`."""
    plus, minus = sides(promise.dim)
    return f"{_text(plus, known)} {'!=' if promise.zero else '<'} {_text(minus, known)}"


def _text(dim: Dim, known: dict[Symbol, str]) -> str:
    return sum_text(dim, lambda factor: _factor(factor, known), "*")


def _factor(factor: Factor, known: dict[Symbol, str]) -> str:
    """A symbol, or a function of lengths: what is left of a slice is as long as that slice of a range."""
    if isinstance(factor, Symbol):
        return known[factor]
    texts = ["" if one is None else _text(one, known) for one in factor.arguments]
    match factor.function:
        case "floor":
            return f"(({texts[0]}) // ({texts[1]}))"
        case "slice":
            return f"range({texts[0]})[{':'.join(texts[1:])}].__len__()"
        case "clip":
            return f"max({texts[0]}, 0)"
    return f"{factor.function}({', '.join(texts)})"
