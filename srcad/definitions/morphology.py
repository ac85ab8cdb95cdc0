"""scipy.ndimage: erosion and dilation of images by windows, and what is made of these."""

from __future__ import annotations

from typing import Any

from scipy import ndimage

from srcad.definitions.borders import Numbers, image, per_axis, plain_output
from srcad.definitions.words import fixed, refused

__all__ = [
    "black_tophat",
    "grey_closing",
    "grey_dilation",
    "grey_erosion",
    "grey_opening",
    "morphological_gradient",
    "white_tophat",
]


def only_windows(function: str, size: Any, footprint: Any, structure: Any, output: Any, origin: Any) -> None:
    plain_output(output)
    if footprint is not None or structure is not None or size is None:
        refused(f"{function} with a footprint or a structure", "give size=, or use maximum_filter and minimum_filter.")
    if origin != 0:
        refused(f"{function} with origin=", "leave it out.")


def grey_erosion(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    only_windows("grey_erosion", size, footprint, structure, output, origin)
    return ndimage.minimum_filter(input, size=size, mode=mode, cval=cval)


def grey_dilation(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    """A window with an even number of pixels lies the other way round than that of an erosion."""
    only_windows("grey_dilation", size, footprint, structure, output, origin)
    x = image(input)
    moved = [0 if fixed(n) % 2 else -1 for n in per_axis(size, x.ndim)]
    return ndimage.maximum_filter(x, size=size, mode=mode, cval=cval, origin=moved)


def grey_opening(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    eroded = grey_erosion(input, size, footprint, structure, output, mode, cval, origin)
    return grey_dilation(eroded, size, None, None, None, mode, cval)


def grey_closing(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    dilated = grey_dilation(input, size, footprint, structure, output, mode, cval, origin)
    return grey_erosion(dilated, size, None, None, None, mode, cval)


def white_tophat(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    return image(input) - grey_opening(input, size, footprint, structure, output, mode, cval, origin)


def black_tophat(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    return grey_closing(input, size, footprint, structure, output, mode, cval, origin) - image(input)


def morphological_gradient(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    output: Any = None,
    mode: str = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Numbers:
    high = grey_dilation(input, size, footprint, structure, output, mode, cval, origin)
    return high - grey_erosion(input, size, footprint, structure, output, mode, cval, origin)
