"""Products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.linked import BLAS, has_scipy
from srcad.native.lower.elementwise import elements_of, together
from srcad.native.lower.reductions import fill
from srcad.native.lower.state import BOOL, INT64, Lowerer, array_type, converted, load, place, stretched_place, viewed
from srcad.native.lower.values import InMemory, InRegister, NotLowered, machine
from srcad.ops.einsum import parse
from srcad.trace.nodes import Equation
from srcad.trace.types import Array


def matmul(m: Lowerer, eq: Equation) -> None:
    """a @ b of vectors and matrices."""
    a, b = eq.operands
    ranks = (a.type.rank, b.type.rank)
    if ranks == (1, 1):
        _scalar_product(m, eq)
        return
    if None in ranks or 0 in ranks or (eq.op == "dot" and max(r or 0 for r in ranks) > 2):
        raise NotLowered("a product of stacks of matrices", eq.span)
    left, right = m.memory(a), m.memory(b)
    m.must_be(left.lengths[-1], right.lengths[-2:][0])
    m.reads_memory(left)
    m.reads_memory(right)
    rows, columns = left.lengths[-2:-1], right.lengths[-1:] if right.rank > 1 else ()
    stack = stretched_together(m, [one.lengths[:-2] for one in (left, right)])
    target = m.new_array(machine(eq.result.type), (*stack, *rows, *columns), eq.result.name)

    def each(places: tuple[CExpr, ...]) -> None:
        a, b = (_one_of(m, one, max(one.rank - 2, 0), stack, places) for one in (left, right))
        _product(m, a, b, _one_of(m, target, len(stack), stack, places))

    m.loops_over(stack, each)
    m.is_array(eq.result, target)


def stretched_together(m: Lowerer, shapes: Sequence[tuple[CExpr, ...]]) -> tuple[CExpr, ...]:
    """The lengths that these come to together."""
    rank = max(map(len, shapes), default=0)
    return tuple(together(m, [shape[k] for shape in shapes if len(shape) >= -k]) for k in range(-rank, 0))


def _one_of(m: Lowerer, memory: InMemory, depth: int, stack: Sequence[CExpr], places: Sequence[CExpr]) -> InMemory:
    """One of a stack, which may be stretched: its first axes are so many; without them it is all of it."""
    if not depth:
        return memory
    ahead = viewed(memory, memory.pointer, memory.lengths[:depth], memory.strides[:depth])
    offset = stretched_place(ahead, places[-depth:], stack)
    name = m.name(memory.pointer)
    m.emit(ir.Pointer(name, memory.pointer, offset, memory.type))
    return viewed(memory, name, memory.lengths[depth:], memory.strides[depth:])


def _product(m: Lowerer, left: InMemory, right: InMemory, target: InMemory) -> None:
    """Of a matrix and a matrix, or a vector."""
    if left.rank == right.rank == 2:
        _matrices(m, left, right, target)
    elif left.rank == 2:
        _matrix_times_vector(m, left, right, target)
    else:
        _matrix_times_vector(m, _turned(right), left, target)


def _scalar_product(m: Lowerer, eq: Equation) -> None:
    a, b = eq.operands
    one, other = array_type(a.type).dims, array_type(b.type).dims
    if not one[0].same(other[0]):
        x, y = m.lengths(a)[0], m.lengths(b)[0]
        m.fail(Apply("not_equal", (x, y), BOOL), "shape")
    nest, (x, y) = elements_of(m, one if one[0].known else other, (a, b))
    type = machine(eq.result.type)
    name = m.name(eq.result.name)
    product = Apply("multiply", (converted(x, type), converted(y, type)), type)
    nest.before.append(ir.Let(name, type, ir.Literal(0, type), final=False))
    nest.body.append(ir.Assign(name, Apply("add", (ir.LocalName(name, type), product), type)))
    nest.sums.append(f"+:{name}")
    nest.pending[eq.result] = InRegister(ir.LocalName(name, type))


def _term(left: InMemory, i: tuple[CExpr, ...], right: InMemory, j: tuple[CExpr, ...], target: InMemory) -> CExpr:
    type = target.type
    return Apply("multiply", (converted(load(left, i), type), converted(load(right, j), type)), type)


def _turned(matrix: InMemory) -> InMemory:
    return viewed(matrix, matrix.pointer, matrix.lengths[::-1], matrix.strides[::-1])


def _matrix_times_vector(m: Lowerer, matrix: InMemory, vector: InMemory, target: InMemory) -> None:
    """Along what lies one after the other: rows times the vector, or columns that are added up."""
    if matrix.strides[0] == ir.ONE and matrix.strides[1] != ir.ONE:
        _columns(m, matrix, vector, target)
    else:
        _rows(m, matrix, vector, target)


def _rows(m: Lowerer, matrix: InMemory, vector: InMemory, target: InMemory) -> None:
    """Each row of the matrix times the vector."""

    def each(places: tuple[CExpr, ...]) -> None:
        total, j = m.name("total"), m.name("j")
        name = ir.LocalName(total, target.type)
        m.emit(ir.Let(total, target.type, ir.Literal(0, target.type), final=False))
        term = _term(matrix, (*places, ir.LocalName(j, INT64)), vector, (ir.LocalName(j, INT64),), target)
        body = (ir.Assign(total, Apply("add", (name, term), target.type)),)
        m.emit(ir.For(j, ir.ZERO, matrix.lengths[1], body, (f"+:{total}",), simd=True))
        m.emit(ir.Store(target.pointer, place(target, places), name, target.type))

    m.loops_over(target.lengths, each)


def _columns(m: Lowerer, matrix: InMemory, vector: InMemory, target: InMemory) -> None:
    """The columns of the matrix, each times a number, added up."""
    fill(m, target, ir.Literal(0, target.type))
    i, k = m.name("i"), m.name("k")
    row, column = ir.LocalName(i, INT64), ir.LocalName(k, INT64)
    index = place(target, (row,))
    term = _term(matrix, (row, column), vector, (column,), target)
    new = Apply("add", (ir.Load(target.pointer, index, target.type), term), target.type)
    inner = ir.For(i, ir.ZERO, matrix.lengths[0], (ir.Store(target.pointer, index, new, target.type),), simd=True)
    m.emit(ir.For(k, ir.ZERO, matrix.lengths[1], (inner,)))


def _matrices(m: Lowerer, left: InMemory, right: InMemory, target: InMemory) -> None:
    """Large ones by BLAS, where there is one; small ones by loops, row by row."""
    fill(m, target, ir.Literal(0, target.type))
    i, k, j = m.name("i"), m.name("k"), m.name("j")
    row, inner, column = (ir.LocalName(one, INT64) for one in (i, k, j))
    index = place(target, (row, column))
    term = _term(left, (row, inner), right, (inner, column), target)
    new = Apply("add", (ir.Load(target.pointer, index, target.type), term), target.type)
    loop = ir.For(j, ir.ZERO, target.lengths[1], (ir.Store(target.pointer, index, new, target.type),), simd=True)
    loops = ir.For(i, ir.ZERO, target.lengths[0], (ir.For(k, ir.ZERO, left.lengths[1], (loop,)),))
    macro = _by_blas(m, target.type) if {left.type, right.type} == {target.type} else ()
    if not macro:
        m.emit(loops)
        return
    arguments = (
        *macro[1:],
        left.pointer,
        *left.strides,
        right.pointer,
        *right.strides,
        target.pointer,
        *target.lengths,
        left.lengths[1],
    )
    m.emit(ir.Support(macro[0], arguments, (loops,)))


def _by_blas(m: Lowerer, type: CType) -> tuple[str, ...]:
    """The macro of the support for a product of this type, and which function it is to call; () for none."""
    if type is CType.COMPLEX and has_scipy():
        return "PRODUCT_Z", str(m.link(f"{BLAS}:zgemm"))
    return ("PRODUCT",) if type is CType.DOUBLE else ()


def einsum(m: Lowerer, eq: Equation) -> None:
    """A loop for each letter; those of the result outside."""
    notation = parse(eq.params["subscripts"], [a.type.rank or 0 for a in eq.operands])
    type = machine(eq.result.type)
    numbers = [converted(m.scalar(a), type) for a in eq.operands if not a.type.rank]
    memories = [m.memory(a) for a in eq.operands if a.type.rank]
    named = [letters for letters, a in zip(notation.inputs, eq.operands, strict=True) if a.type.rank]
    for memory in memories:
        m.reads_memory(memory)
    lengths = _lengths_of_letters(m, named, memories)
    summed = [letter for letter in lengths if letter not in notation.output]
    target = m.new_array(type, [lengths[letter] for letter in notation.output], eq.result.name)

    def each(places: tuple[CExpr, ...]) -> None:
        total = m.name("total")
        m.emit(ir.Let(total, type, ir.Literal(0, type), final=False))
        here = dict(zip(notation.output, places, strict=True))

        def term(inner: tuple[CExpr, ...]) -> None:
            everywhere = {**here, **dict(zip(summed, inner, strict=True))}
            factors = [
                converted(_at_letters(memory, letters, lengths, everywhere), type)
                for letters, memory in zip(named, memories, strict=True)
            ]
            product = reduce(lambda a, b: Apply("multiply", (a, b), type), [*numbers, *factors])
            m.emit(ir.Assign(total, Apply("add", (ir.LocalName(total, type), product), type)))

        m.loops_over([lengths[letter] for letter in summed], term, hint="k")
        m.emit(ir.Store(target.pointer, place(target, places), ir.LocalName(total, type), type))

    m.loops_over(target.lengths, each)
    if isinstance(eq.result.type, Array):
        m.is_array(eq.result, target)
        return
    m.is_number(eq.result, ir.Load(target.pointer, ir.ZERO, type))
    m.emit(ir.Support("RELEASE", (target.block,)))


def _lengths_of_letters(m: Lowerer, named: Sequence[str], memories: Sequence[InMemory]) -> dict[str, CExpr]:
    """How often each letter counts; a length of 1 is stretched."""
    found: dict[str, list[CExpr]] = {}
    for letters, memory in zip(named, memories, strict=True):
        for letter, n in zip(letters, memory.lengths, strict=True):
            found.setdefault(letter, []).append(n)
    return {letter: together(m, list(dict.fromkeys(all_of))) for letter, all_of in found.items()}


def _at_letters(memory: InMemory, letters: str, lengths: dict[str, CExpr], places: dict[str, CExpr]) -> CExpr:
    """The element at the places of these letters."""
    index = stretched_place(memory, [places[letter] for letter in letters], [lengths[letter] for letter in letters])
    return ir.Load(memory.pointer, index, memory.type)
