"""What is known of memory at a place of a body."""

from __future__ import annotations

from srcad.native.passes.memory import Alone
from tests.native.passes.loops import fresh, name, support

N = name("n")


def test_what_is_alone_at_one_place_after_another() -> None:
    body = (
        *fresh("v", N),
        *fresh("w", N),
        support("RETAIN", "v_block"),
        *fresh("y", N),
        support("PUSH_ARRAY", "tape", "y_block", "1", N),
    )
    found, places = Alone(), (0, 2, 4, 4, 5, 7, 8)
    assert [found.at(body, place) for place in places] == [Alone().at(body, place) for place in places]
    assert [sorted(Alone().at(body, place)) for place in places] == [
        [],
        ["v_block"],
        ["v_block", "w_block"],
        ["v_block", "w_block"],
        ["w_block"],
        ["w_block", "y_block"],
        ["w_block"],
    ]
