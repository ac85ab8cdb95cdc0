"""Products of vectors and matrices."""

from __future__ import annotations

from functools import reduce

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.linked import BLAS, has_scipy
from srcad.native.lower.elementwise import elements_of
from srcad.native.lower.reductions import fill
from srcad.native.lower.state import BOOL, INT64, Lowerer, array_type, converted, load, place, viewed
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
    if None in ranks or 0 in ranks or max(r or 0 for r in ranks) > 2:
        raise NotLowered("a product of stacks of matrices", eq.span)
    left, right = m.memory(a), m.memory(b)
    m.fail(Apply("not_equal", (left.lengths[-1], right.lengths[0]), BOOL), "shape")
    m.reads_memory(left)
    m.reads_memory(right)
    type = machine(eq.result.type)
    lengths = (*left.lengths[:-1], *right.lengths[1:])
    target = m.new_array(type, lengths, eq.result.name)
    if ranks == (2, 2):
        _matrices(m, left, right, target)
    elif ranks == (2, 1):
        _matrix_times_vector(m, left, right, target)
    else:
        _matrix_times_vector(m, _turned(right), left, target)
    m.is_array(eq.result, target)


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
    memories = [m.memory(a) for a in eq.operands]
    notation = parse(eq.params["subscripts"], [memory.rank for memory in memories])
    lengths: dict[str, CExpr] = {}
    for letters, memory in zip(notation.inputs, memories, strict=True):
        m.reads_memory(memory)
        for letter, n in zip(letters, memory.lengths, strict=True):
            _agrees(m, lengths, letter, n)
    type = machine(eq.result.type)
    summed = [letter for letter in lengths if letter not in notation.output]
    target = m.new_array(type, [lengths[letter] for letter in notation.output], eq.result.name)

    def each(places: tuple[CExpr, ...]) -> None:
        total = m.name("total")
        m.emit(ir.Let(total, type, ir.Literal(0, type), final=False))
        here = dict(zip(notation.output, places, strict=True))

        def term(inner: tuple[CExpr, ...]) -> None:
            everywhere = {**here, **dict(zip(summed, inner, strict=True))}
            factors = [
                converted(load(memory, [everywhere[letter] for letter in letters]), type)
                for letters, memory in zip(notation.inputs, memories, strict=True)
            ]
            product = reduce(lambda a, b: Apply("multiply", (a, b), type), factors)
            m.emit(ir.Assign(total, Apply("add", (ir.LocalName(total, type), product), type)))

        m.loops_over([lengths[letter] for letter in summed], term, hint="k")
        m.emit(ir.Store(target.pointer, place(target, places), ir.LocalName(total, type), type))

    m.loops_over(target.lengths, each)
    if isinstance(eq.result.type, Array):
        m.is_array(eq.result, target)
        return
    m.is_number(eq.result, ir.Load(target.pointer, ir.ZERO, type))
    m.emit(ir.Support("RELEASE", (target.block,)))


def _agrees(m: Lowerer, lengths: dict[str, CExpr], letter: str, n: CExpr) -> None:
    known = lengths.setdefault(letter, n)
    if known != n:  # a length of 1 that is stretched is NumPy's business
        m.fail(Apply("not_equal", (known, n), BOOL), "arithmetic")
