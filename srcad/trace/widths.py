"""How large an int of Python's may grow: whether a machine's 64 bits are enough for it.

Python's ints have no end, and those of NumPy and of machines wrap around or overflow. So the type of an int says which
of three widths it has:

    COUNT   32 bits     lengths, indices, arguments, numbers in the program, and sums of these
    WORD    64 bits     products of two of them: `i * n + j`
    WIDE    any         products of products, powers, shifts, whole parts of floats, and what a loop multiplies up:
                        `fact *= i`

Sums are as wide as the widest of their terms: no run adds up so many that it matters. That a length or an argument
takes no more than 32 bits is not known but guarded: an argument has the width that its value has in a call, and a call
with a wider one gets code of its own; who lays out arrays in memory has to see to it that they have fewer than 2**31
elements along an axis, or to take lengths for WORD.
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.trace.dims import Dim

COUNT, WORD, WIDE = 32, 64, 128


def width_of(value: int) -> int:
    """The width of a number that is known."""
    return next((bits for bits in (COUNT, WORD) if -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)), WIDE)


def width_of_result(name: str, widths: Sequence[int], result: Dim | None, factors: Sequence[Dim | None]) -> int:
    """The width of what integer arithmetic gives.

    `result`: what it counts, if that is known, and what its operands count.
    """
    if result is not None and result.number is not None:
        return width_of(result.number)
    if name == "multiply":
        return _of_product(widths, factors)
    if name == "power":
        return _of_power(widths[0], factors[-1])
    if name in _AS_WIDE:
        return max(widths)
    if name == "remainder":  # below the divisor
        return widths[-1]
    return WIDE


_SUMS = ("add", "subtract", "negative", "positive", "absolute", "floor_divide", "minimum", "maximum")
_BITS = ("bitwise_and", "bitwise_or", "bitwise_xor", "invert", "right_shift")
_AS_WIDE = frozenset((*_SUMS, *_BITS))


def _of_product(widths: Sequence[int], factors: Sequence[Dim | None]) -> int:
    """The bits that both have together, where neither is 0, 1 or -1."""
    plain = [k for k, dim in enumerate(factors) if dim is not None and dim.number in (-1, 0, 1)]
    if plain:
        return max((width for k, width in enumerate(widths) if k not in plain), default=COUNT)
    total = sum(widths)
    return total if total <= WORD else WIDE


def _of_power(width: int, exponent: Dim | None) -> int:
    times = None if exponent is None else exponent.number
    if times is None or times < 0 or width * times > WORD:
        return WIDE
    return max(width * times, COUNT)
