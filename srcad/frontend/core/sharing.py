"""Who may share memory with whom: between arrays, lists of arrays and containers, where branches and loops join.

An array that is x on one way and z on the other may be either afterwards; a list that has grown in a loop may hold any
array that was put in. What is kept of this:

- `aliases` of arrays and run-time lists: cells with which some memory may be common;
- `lists` of a run-time list: the containers that may be elements of it;
- twins: containers that may be one and the same object.

Where two states are joined, the new cells h1 (a1 on one side, b1 on the other) and h2 (a2, b2) are related if a1 and a2
are, or b1 and b2: two buffers that change places stay two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

from srcad.errors import NotYetSupported
from srcad.frontend.core.cells import ArrayCell, Cell, EitherCell, GrownCell, Lost, Twins
from srcad.frontend.core.selected import SelectedCell

TWINS = 0  # the cell with the pairs of twins
Heap = dict[int, Cell]
Origins = dict[int, tuple[int | None, int | None]]
Graph = dict[int, set[int]]


class LeftOpen(NotYetSupported):
    """A list is looked into that may be one of two: the statement is to be read for each. `place`: its cell."""

    place = 0


class CheckedHeap(dict[int, Cell]):
    """A heap whose containers of unsure content can't be looked into."""

    def __getitem__(self, key: int) -> Cell:
        cell = super().__getitem__(key)
        if isinstance(cell, (Lost, EitherCell)):
            raise _lost(cell) if isinstance(cell, Lost) and not cell.kinds else _left_open(key, cell)
        return cell


def _left_open(place: int, cell: Lost | EitherCell) -> LeftOpen:
    error = LeftOpen(
        "a list is used that has more items on one way to this place than on another, of kinds that differ",
        cell.span,
        why="no variable of the generated code can hold a list of either length whose items differ in kind.",
        do="give both ways lists of one length, or keep what differs in kind in lists of its own.",
    )
    error.unsettled, error.place = True, place
    return error


def _lost(cell: Lost) -> NotYetSupported:
    error = NotYetSupported(
        "this may change one of several containers, and which one isn't known before the run",
        cell.span,
        why="a name that may or may not stand for the same container is used after the change.",
        do="make a copy where the names part (b = a.copy()), or write in each branch.",
    )
    error.unsettled = True
    return error


def common(heap: Heap, cell: Cell | None) -> frozenset[int]:
    """The cells that an array or run-time list says to share memory with.

    What is selected has no memory of its own: it says so of each array that may be meant, through all selections.
    """
    if isinstance(cell, SelectedCell):
        refs = {ref.cell for ref in cell.refs}
        return frozenset(refs).union(*(common(heap, heap[k]) for k in refs if isinstance(heap.get(k), SelectedCell)))
    return cell.aliases if isinstance(cell, (ArrayCell, GrownCell)) else frozenset()


def sharers(heap: Heap, cell_id: int) -> frozenset[int]:
    """The cells with which an array or run-time list may have memory in common, and itself."""
    mine = heap.get(cell_id)
    if isinstance(mine, SelectedCell):
        return frozenset((cell_id,)).union(*(sharers(heap, ref.cell) for ref in mine.refs))
    others = (k for k, cell in heap.items() if cell_id in common(heap, cell))
    return common(heap, mine).union((cell_id,), others)


def looks_at(heap: Heap, cell: Cell, changed: Iterable[int]) -> bool:
    """Whether what is selected may be one of these arrays."""
    return isinstance(cell, SelectedCell) and any(
        ref.cell in changed or looks_at(heap, heap[ref.cell], changed) for ref in cell.refs
    )


def twins(heap: Heap) -> frozenset[frozenset[int]]:
    pairs = heap.get(TWINS)
    return pairs.pairs if isinstance(pairs, Twins) else frozenset()


def twins_of(heap: Heap, cell_id: int) -> frozenset[int]:
    """The containers that may be this very one, itself among them."""
    return frozenset((cell_id,)).union(*(pair for pair in twins(heap) if cell_id in pair))


def holding(heap: Heap, cell: GrownCell, owner: int | None, arrays: Iterable[int], lists: Iterable[int]) -> GrownCell:
    """A run-time list that holds these as well. What it holds twice is changed in both places at once."""
    arrays, lists = frozenset(arrays), frozenset(lists)
    mine = cell.aliases if owner is None else sharers(heap, owner)
    repeated = cell.repeated or bool(arrays & mine) or bool(lists & cell.lists)
    more = arrays.union(*(sharers(heap, k) for k in arrays)) - {owner}
    held = lists.union(*(twins_of(heap, k) for k in lists))
    return replace(cell, aliases=cell.aliases | more, lists=cell.lists | held, repeated=repeated)


# ---- joining two states


@dataclass(eq=False)
class Relations:
    """What is related to what in one of two states."""

    near: Graph = field(default_factory=lambda: defaultdict(set))
    same: Graph = field(default_factory=lambda: defaultdict(set))
    holders: Graph = field(default_factory=lambda: defaultdict(set))

    def note(self, heap: Heap, cell_id: int, cell: Cell, wanted: frozenset[int]) -> None:
        near = common(heap, cell)
        if cell_id in wanted:
            self.near[cell_id] |= near
        for other in wanted & near:
            self.near[other].add(cell_id)
        for other in wanted & cell.lists if isinstance(cell, GrownCell) else ():
            self.holders[other].add(cell_id)


def relations(heap: Heap, grown: dict[int, GrownCell], wanted: frozenset[int]) -> Relations:
    """Those of the cells that are `wanted`. `grown`: lists that the joining has turned into run-time lists."""
    made = Relations()
    for cell_id, cell in (*heap.items(), *grown.items()):
        made.note(heap, cell_id, cell, wanted)
    for one, other in map(tuple, twins(heap)):
        made.same[one].add(other)
        made.same[other].add(one)
    return made


def relate(joined: Heap, origins: Origins, sides: tuple[Relations, Relations]) -> None:
    """Tell the cells that the joining has made, and those that it has kept, what they share on either side."""
    pairs = set(twins(joined))
    for side, known in enumerate(sides):
        now: Graph = defaultdict(set)  # an old cell -> what has become of it
        for new, old in origins.items():
            if (before := old[side]) is not None:
                now[before].add(new)
        for new, old in origins.items():
            if (before := old[side]) is not None:
                _relate_one(joined, new, before, now, known, pairs)
    if pairs:
        joined[TWINS] = Twins(frozenset(pairs))


def _relate_one(joined: Heap, new: int, before: int, now: Graph, known: Relations, pairs: set[frozenset[int]]) -> None:
    def present(old: Iterable[int]) -> set[int]:
        found = {k for o in old for k in (now.get(o, set()) | {o})}
        return {k for k in found if k in joined and k != new}

    cell = joined.get(new)
    if isinstance(cell, (ArrayCell, GrownCell)):
        near = present({before, *known.near.get(before, ())})
        near = {k for k in near if isinstance(joined.get(k), (ArrayCell, GrownCell))}
        joined[new] = replace(cell, aliases=cell.aliases | near)
    if not isinstance(cell, ArrayCell):
        same = present({before, *known.same.get(before, ())})
        pairs.update(frozenset((new, k)) for k in same if not isinstance(joined.get(k), ArrayCell))
    for holder in present(known.holders.get(before, ())):
        if isinstance(list_ := joined.get(holder), GrownCell):
            joined[holder] = replace(list_, lists=list_.lists | {new})


def _shape(cell: Cell) -> tuple[Hashable, ...]:
    """Which lists one may be."""
    if isinstance(cell, EitherCell):
        return cell.condition, _shape(cell.then), _shape(cell.otherwise)
    return (len(cell.children()),)


def signature(base: Heap, heap: Heap, names: dict[int, object]) -> object:
    """What a loop must find again at the head of its body. `names`: keys of the cells that joining has made."""
    known = {**{k: k for k in base}, **names}

    def keys(ids: Iterable[int]) -> frozenset[Hashable]:
        return frozenset(known[k] for k in ids if k in known)

    rows: list[tuple[Hashable, ...]] = []
    for cell_id, key in known.items():
        cell = heap.get(cell_id)
        match cell:
            case ArrayCell() | GrownCell():
                lists = cell.lists if isinstance(cell, GrownCell) else frozenset()
                repeated = isinstance(cell, GrownCell) and cell.repeated
                rows.append((key, keys(cell.aliases), keys(lists), cell.poison is not None, repeated))
            case SelectedCell():
                seen = tuple((known.get(ref.cell), tuple(step.key() for step in ref.path)) for ref in cell.refs)
                rows.append((key, seen, cell.numbers, cell.var is None))
            case Lost():
                rows.append((key, Lost))
            case EitherCell():
                rows.append((key, *_shape(cell)))
    return rows, frozenset(keys(pair) for pair in twins(heap) if all(k in known for k in pair))
