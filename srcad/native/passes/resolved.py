"""Resolved: a slot that only ever holds one block is that block.

    NO_BLOCK(r_slot);                           for (turn = 0; turn < count; ++turn)
    NO_DATA(r_1, double);                           r[turn] += x[turn];
    RETAIN(r_block);
    REPLACE(r_slot, r_block);
    REPOINT(r_1, r_slot, double);
    for (turn = 0; turn < count; ++turn) {
        r_1[turn] += x[turn];
        RETAIN(r_slot);
        REPLACE(r_slot, r_slot);
        REPOINT(r_1, r_slot, double);
    }
    RELEASE(r_slot);

What loops carry and branches yield has slots, and what is updated in place stays what it was. Without the slot, the
place is the same in all turns, which other passes and the compiler see; and nothing is counted in inner loops.

References are first counted by the name of the block, one for one. Then a reference that is taken and given back in one
body is none, if nothing between them may give one back: the block has had another one already.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import bodies, changed, every, parts_of, with_bodies, with_expressions

TreePath = tuple[int, ...]  # numbers of statements and of bodies in them, by turns
PlacedStatement = tuple[TreePath, Statement, tuple[Statement, ...]]
TypedPlace = tuple[str, CType]
PLAIN_MAKING = frozenset(("NEW", "NEW_LIST_SCALAR"))
MAKING = frozenset(("NEW", "NEW_LIST_SCALAR", "NEW_LIST_ARRAY", "NEW_LIST_LIST"))  # what makes a block under a name
# what gives back no reference, but that of the block which it names
QUIET = frozenset(
    (
        *("NEW", "DATA", "ZERO", "TICK", "RETAIN", "NO_BLOCK", "NO_DATA", "REPOINT"),
        *("NEW_LIST_SCALAR", "PUSH_SCALAR", "POP", "TAKE_ARRAY", "TAKE_LENGTH", "TAKE_SCALAR"),
    )
)

WORDS = {"TAKE_SCALAR": 2, "GIVE_SCALAR": 1}  # which argument is a member of a struct, and no name of the function


def resolved(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body without slots that hold one block only."""
    facts = _SlotFacts.of(body)
    same = facts.settled()
    if not same:
        return body
    renamed = _SlotRenaming({**same, **facts.places(same)}, frozenset(same)).block(body, set())
    return _CountedBlocks(frozenset(facts.plain)).block(renamed)[0]


# ---- which slots hold one block


@dataclass(frozen=True)
class _SlotFacts:
    """Of a function.

    made     where blocks are made, and pointers to all of them
    slots    where slots are declared that are set before they are read, and pointers to what is in slots
    sources  what each slot is set to
    moved    blocks that are set in other ways
    plain    blocks that hold no others
    data     pointers to all of a block, with their types
    slid     pointers to what is in slots, with these and with their types
    """

    made: dict[str, TreePath] = field(default_factory=dict)
    slots: dict[str, TreePath] = field(default_factory=dict)
    sources: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    moved: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    data: defaultdict[str, list[TypedPlace]] = field(default_factory=lambda: defaultdict(list))
    slid: defaultdict[str, set[TypedPlace]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, body: tuple[Statement, ...]) -> _SlotFacts:
        facts = cls()
        for path, one, behind in _placed(body):
            if isinstance(one, ir.Support):
                facts.note(path, one, behind)
        return facts

    def note(self, path: TreePath, one: ir.Support, behind: tuple[Statement, ...]) -> None:
        self.moved.update(a[1:] for a in one.arguments if isinstance(a, str) and a.startswith("&"))
        match one.macro, one.arguments:
            case macro, (str() as block, *_) if macro in MAKING:
                self.made[block] = path
                self.plain.update({block} if macro in PLAIN_MAKING else ())
            case "NO_BLOCK", (str() as slot,):
                self.slots.update({slot: path} if _is_set_first(slot, behind) else {})
            case "SAME_BLOCK", (str() as slot, str() as block):
                self.slots[slot] = path
                self.sources[slot].add(block)
            case "REPLACE", (str() as slot, str() as block):
                self.sources[slot].add(block)
            case "ADD_LIST", (str() as block, *_):
                self.moved.add(block)
            case "DATA", (str() as pointer, str() as block, CType() as type):
                self.made[pointer] = path
                self.data[block].append((pointer, type))
            case "NO_DATA", (str() as pointer, _):
                self.slots[pointer] = path
            case "REPOINT", (str() as pointer, str() as block, CType() as type):
                self.slid[pointer].add((block, type))

    def settled(self) -> dict[str, str]:
        """For each such slot the block: what it is set to, by way of other slots, is one thing."""
        met: dict[str, set[str]] = {
            slot: set() for slot in self.slots if slot in self.sources and slot not in self.moved
        }
        changes = True
        while changes:
            changes = False
            for slot, blocks in met.items():
                found = set().union(*(met.get(source, {source}) for source in self.sources[slot]))
                changes = changes or found != blocks
                met[slot] = found
        one = {slot: next(iter(blocks)) for slot, blocks in met.items() if len(blocks) == 1}
        return {slot: block for slot, block in one.items() if self.stays(slot, block)}

    def stays(self, slot: str, block: str) -> bool:
        """Whether a block is made before a slot is declared, and is the same as long as that is there."""
        moves = block in self.moved or block in self.sources
        return not moves and block in self.made and _sees(self.slots[slot], self.made[block])

    def places(self, same: Mapping[str, str]) -> dict[str, str]:
        """For each pointer to what is in such a slot the pointer to the block."""
        found = {}
        for pointer, places in self.slid.items():
            slot, type = next(iter(places))
            if len(places) == 1 and slot in same and pointer in self.slots:
                own = [p for p, t in self.data[same[slot]] if t is type and _sees(self.slots[pointer], self.made[p])]
                found.update({pointer: own[0]} if own else {})
        return found


def _placed(body: tuple[Statement, ...], path: TreePath = ()) -> Iterator[PlacedStatement]:
    """All statements with where they stand, and what stands behind them in their body."""
    for place, one in enumerate(body):
        yield (*path, place), one, body[place + 1 :]
        for number, inner in enumerate(bodies(one)):
            yield from _placed(inner, (*path, place, number))


def _sees(here: TreePath, there: TreePath) -> bool:
    """Whether what is made at one place is known at another, as long as that is run through."""
    around = len(there) - 1
    return len(here) > around and here[:around] == there[:around] and there[around] < here[around]


def _is_set_first(slot: str, behind: tuple[Statement, ...]) -> bool:
    """Whether a slot is given a block before anything else is done with it."""
    for one in behind:
        match one:
            case ir.Support("REPLACE", (target, block)) if target == slot:
                return block != slot
            case ir.If(_, then, otherwise) if _is_set_first(slot, then) and _is_set_first(slot, otherwise):
                return True
        if any(slot in _named(inner) for inner in every((one,))):
            return False
    return False


def _named(one: Statement) -> set[str]:
    """The names in a statement; those of variables that a procedure sets are among them."""
    found = {a.lstrip("&") for a in one.arguments if isinstance(a, str)} if isinstance(one, ir.Support) else set()
    return found | {part.name for part in parts_of(one) if isinstance(part, ir.LocalName)}


# ---- the block in the place of the slot


@dataclass(frozen=True)
class _SlotRenaming:
    """What slots, and pointers to what is in them, are."""

    names: Mapping[str, str]
    slots: frozenset[str]

    def block(self, body: tuple[Statement, ...], empty: set[str]) -> tuple[Statement, ...]:
        """A body, before which slots are `empty`: what is put there needn't give way to anything."""
        return tuple(made for one in body for made in self.statement(one, empty))

    def statement(self, one: Statement, empty: set[str]) -> list[Statement]:
        match one:
            case ir.Support("NO_BLOCK", (str() as slot,)) if slot in self.slots:
                empty.add(slot)
                return []
            case ir.Support("SAME_BLOCK", (slot, _)) if slot in self.slots:
                return []
            case ir.Support("REPLACE", (str() as slot, _)) if slot in empty:
                empty.remove(slot)
                return []
            case ir.Support("REPLACE", (str() as slot, _)) if slot in self.slots:
                return [ir.Support("RELEASE", (self.names[slot],))]
            case ir.Support("NO_DATA" | "REPOINT", (str() as pointer, *_)) if pointer in self.names:
                return []
            case ir.If(condition):
                sides = set(empty), set(empty)
                bodies = (self.block(b, own) for b, own in zip((one.then, one.otherwise), sides, strict=True))
                made = ir.If(changed(condition, self.expression), *bodies)
                empty &= sides[0] & sides[1]
                return [made]
        return [with_bodies(self.renamed(one), lambda inner: self.block(inner, empty))]

    def renamed(self, one: Statement) -> Statement:
        one = with_expressions(one, self.expression)
        match one:
            case ir.Store():
                return replace(one, pointer=self.names.get(one.pointer, one.pointer))
            case ir.Pointer():
                return replace(one, source=self.names.get(one.source, one.source))
            case ir.Support():
                word = WORDS.get(one.macro)
                arguments = (
                    self.names.get(a, a) if isinstance(a, str) and k != word else a for k, a in enumerate(one.arguments)
                )
                return replace(one, arguments=tuple(arguments))
        return one

    def expression(self, expr: CExpr) -> CExpr:
        match expr:
            case ir.LocalName(name):
                return replace(expr, name=self.names.get(name, name))
            case ir.Load(pointer):
                return replace(expr, pointer=self.names.get(pointer, pointer))
        return expr


# ---- references


@dataclass(frozen=True)
class _CountedBlocks:
    """`plain`: the blocks whose references are counted, which hold no other blocks."""

    plain: frozenset[str]

    def block(self, body: tuple[Statement, ...]) -> tuple[tuple[Statement, ...], list[str]]:
        """A body without pairs, and the blocks to which it leaves references that may as well be taken behind it."""
        left: list[Statement | None] = []
        taken: defaultdict[str, list[int]] = defaultdict(
            list
        )  # where references are taken, since nothing gave any back
        for one in body:
            for made in self.statement(one):
                match made:
                    case ir.Support("RETAIN", (str() as block,)) if block in self.plain:
                        taken[block].append(len(left))
                    case ir.Support("RELEASE", (str() as block,)) if taken[block]:
                        left[taken[block].pop()] = None
                        continue
                    case _:
                        self.forget(made, taken)
                left.append(made)
        return tuple(one for one in left if one is not None), [b for b, places in taken.items() for _ in places]

    def statement(self, one: Statement) -> list[Statement]:
        if not isinstance(one, ir.If):
            return [with_bodies(one, lambda inner: self.block(inner)[0])]
        (then, first), (otherwise, second) = self.block(one.then), self.block(one.otherwise)
        both = list((Counter(first) & Counter(second)).elements())
        for block in both:
            then, otherwise = _without_last(then, block), _without_last(otherwise, block)
        return [replace(one, then=then, otherwise=otherwise), *(ir.Support("RETAIN", (block,)) for block in both)]

    def forget(self, one: Statement, taken: defaultdict[str, list[int]]) -> None:
        """References are kept for what may give back others."""
        for inner in every((one,)):
            match inner:
                case ir.Support("RELEASE", (str() as block,)) if block in self.plain:
                    taken.pop(block, None)
                case ir.Support(macro) if macro in QUIET and not inner.otherwise:
                    pass
                case ir.Support() | ir.Break():
                    taken.clear()


def _without_last(body: tuple[Statement, ...], block: str) -> tuple[Statement, ...]:
    """A body without the last reference that is taken to a block in it."""
    place = max(k for k, one in enumerate(body) if one == ir.Support("RETAIN", (block,)))
    return body[:place] + body[place + 1 :]
