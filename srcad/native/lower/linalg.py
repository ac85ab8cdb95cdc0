"""Linear algebra by LAPACK, which SciPy exports; of small matrices by loops. Without SciPy it stays NumPy's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from srcad.native import ir
from srcad.native.ir import Apply, CExpr, CType
from srcad.native.linked import LAPACK, has_scipy
from srcad.native.lower.state import BOOL, DOUBLE, Lowerer, converted, load, place
from srcad.native.lower.values import InMemory, NotLowered, machine
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.types import Array

Places = tuple[CExpr, ...]


def _linked(m: Lowerer, *names: str) -> tuple[str, ...]:
    if not has_scipy():
        raise NotLowered("linear algebra, which needs SciPy")
    return tuple(f"LINKED({m.link(f'{LAPACK}:{name}')})" for name in names)


def _matrices(m: Lowerer, x: Atom, type: CType = DOUBLE) -> InMemory:
    """A matrix, or a stack of matrices, of doubles or complex numbers row by row."""
    memory = m.memory(x)
    if memory.rank < 2:
        raise NotLowered("linear algebra of what is no matrix")
    return numbers(m, memory, type)


def doubles(m: Lowerer, memory: InMemory) -> InMemory:
    return numbers(m, memory, DOUBLE)


REAL = (DOUBLE, CType.FLOAT, CType.INT64, CType.INT32)


def numbers(m: Lowerer, memory: InMemory, type: CType) -> InMemory:
    """An array row by row, with elements of a type, which is complex where these are."""
    if memory.type not in REAL and not (memory.type.is_complex and type.is_complex):
        raise NotLowered(f"linear algebra of {memory.type.value}")
    m.reads_memory(memory)
    if memory.packed and memory.type is type:
        return memory
    target = _of_type(m, memory, type)
    m.keeps(target)
    return target


def _computed(var: Var) -> CType:
    """The type in which a result is computed."""
    return CType.COMPLEX if machine(var.type).is_complex else DOUBLE


def _suffix(type: CType) -> str:
    """How functions of linalg.h for a type end."""
    return "_z" if type.is_complex else ""


def _factors(m: Lowerer, type: CType, *names: str) -> tuple[str, ...]:
    """LAPACK's functions of a type."""
    return _linked(m, *(f"{'z' if type.is_complex else 'd'}{name}" for name in names))


def _of_type(m: Lowerer, memory: InMemory, type: CType, name: str | None = None) -> InMemory:
    """A copy whose elements are of another type."""
    target = m.new_array(type, memory.lengths, name)

    def each(places: Places) -> None:
        m.emit(ir.Store(target.pointer, place(target, places), converted(load(memory, places), type), type))

    m.loops_over(memory.lengths, each)
    return target


def _must_be_square(m: Lowerer, a: InMemory) -> None:
    m.must_be(a.lengths[-2], a.lengths[-1], "value")


def _at(m: Lowerer, memory: InMemory, stack: Places) -> str:
    """Where one matrix of a stack begins."""
    rest = (ir.ZERO,) * (memory.rank - len(stack))
    offset = place(memory, (*stack, *rest))
    if offset == ir.ZERO:
        return memory.pointer
    name = m.name(memory.pointer)
    m.emit(ir.Pointer(name, memory.pointer, offset, memory.type))
    return name


def _each(
    m: Lowerer,
    function: str,
    linked: Sequence[str],
    memories: Sequence[InMemory | None],
    rest: Sequence[str | CExpr],
    stack: Sequence[CExpr],
) -> None:
    """A function of the support, called for each matrix of a stack."""

    def call(places: Places) -> None:
        pointers = ["NULL" if one is None else _at(m, one, places) for one in memories]
        m.emit(ir.Support("LAPACK", (function, *linked, *pointers, *rest)))

    m.loops_over(stack, call)


def _given(m: Lowerer, var: Var, memory: InMemory) -> None:
    """A result, of the dtype that is due; a number where there is one alone."""
    type = machine(var.type)
    if not isinstance(var.type, Array):
        m.is_number(var, converted(load(memory, ()), type))
        m.emit(ir.Support("RELEASE", (memory.block,)))
        return
    if type is memory.type:
        m.is_array(var, memory)
        return
    target = _of_type(m, memory, type, var.name)
    m.emit(ir.Support("RELEASE", (memory.block,)))
    m.is_array(var, target)


def _right_hand_sides(m: Lowerer, a: InMemory, b: Atom, type: CType = DOUBLE) -> tuple[InMemory, CExpr]:
    """What stands on the right, and in how many columns."""
    memory = numbers(m, m.memory(b), type)
    if memory.rank == 1:
        m.must_be(memory.lengths[0], a.lengths[-1], "value")
        if a.rank == 2:
            return memory, ir.ONE
    if memory.rank != a.rank:
        raise NotLowered("systems of stacks of several ranks")
    for n, other in zip(memory.lengths[:-1], a.lengths[:-1], strict=True):
        m.must_be(n, other, "value")
    return memory, memory.lengths[-1]


def solve(m: Lowerer, eq: Equation) -> None:
    type = _computed(eq.result)
    a = _matrices(m, eq.operands[0], type)
    _must_be_square(m, a)
    _is_plain(eq)
    _must_be_finite(m, eq, a)
    b, columns = _right_hand_sides(m, a, eq.operands[1], type)
    _must_be_finite(m, eq, b)
    if eq.params.get("transposed"):
        a = numbers(m, _turned(a), type)
    x = m.new_array(type, b.lengths, eq.result.name)
    function, linked = f"solved{_suffix(type)}", _factors(m, type, "getrf", "getrs")
    _each(m, function, linked, (a, b, x), (a.lengths[-1], columns), a.lengths[:-2])
    _given(m, eq.result, x)


def _turned(a: InMemory) -> InMemory:
    last = (a.rank - 1, a.rank - 2)
    order = (*range(a.rank - 2), *last)
    lengths, strides = (tuple(of[k] for k in order) for of in (a.lengths, a.strides))
    return InMemory(a.pointer, a.type, lengths, strides, a.root, argument=a.argument)


def _is_plain(eq: Equation) -> None:
    if eq.params.get("assume_a") not in (None, "gen", "general"):
        raise NotLowered(f"{eq.op} of a matrix of some structure", eq.span)


def _must_be_finite(m: Lowerer, eq: Equation, memory: InMemory) -> None:
    """SciPy checks that."""
    if not eq.op.startswith(("scipy_", "cho_", "lu_")) and eq.op != "solve_triangular":
        return
    if eq.params.get("check_finite", True):

        def each(places: Places) -> None:
            m.fail(Apply("not", (Apply("is_finite", (load(memory, places),), BOOL),), BOOL), "value")

        m.loops_over(memory.lengths, each)


def inverse(m: Lowerer, eq: Equation) -> None:
    type = _computed(eq.result)
    a = _matrices(m, eq.operands[0], type)
    _must_be_square(m, a)
    _is_plain(eq)
    _must_be_finite(m, eq, a)
    x = m.new_array(type, a.lengths, eq.result.name)
    n = a.lengths[-1]
    function, linked = f"solved{_suffix(type)}", _factors(m, type, "getrf", "getrs")
    _each(m, function, linked, (a, None, x), (n, n), a.lengths[:-2])
    _given(m, eq.result, x)


def inverse_or_nan(m: Lowerer, eq: Equation) -> None:
    _by_factors(m, eq, "inverted")


def cofactor(m: Lowerer, eq: Equation) -> None:
    """Of matrices that are almost singular NumPy finds them."""
    _by_factors(m, eq, "cofactors")


def _by_factors(m: Lowerer, eq: Equation, function: str) -> None:
    """What a function of linalg.h makes of each square matrix, by its factors."""
    type = _computed(eq.result)
    a = _matrices(m, eq.operands[0], type)
    _must_be_square(m, a)
    x = m.new_array(type, a.lengths, eq.result.name)
    linked = _factors(m, type, "getrf", "getrs")
    _each(m, f"{function}{_suffix(type)}", linked, (a, x), (a.lengths[-1],), a.lengths[:-2])
    _given(m, eq.result, x)


def determinant(m: Lowerer, eq: Equation) -> None:
    """det, and slogdet: its sign, and the logarithm of its modulus."""
    type = _computed(eq.results[0])
    a = _matrices(m, eq.operands[0], type)
    _must_be_square(m, a)
    _must_be_finite(m, eq, a)
    stack = a.lengths[:-2]
    sign, logarithm = m.new_array(type, stack, "sign"), m.new_array(DOUBLE, stack, "logdet")
    function, linked = f"determined{_suffix(type)}", _factors(m, type, "getrf")
    _each(m, function, linked, (a, sign, logarithm), (a.lengths[-1],), stack)
    if eq.op == "slogdet":
        for var, memory in zip(eq.results, (sign, logarithm), strict=True):
            _given(m, var, memory)
        return

    def each(places: Places) -> None:
        value = converted(Apply("exp", (load(logarithm, places),), DOUBLE), type)
        value = Apply("multiply", (load(sign, places), value), type)
        m.emit(ir.Store(sign.pointer, place(sign, places), value, type))

    m.loops_over(stack, each)
    m.emit(ir.Support("RELEASE", (logarithm.block,)))
    _given(m, eq.result, sign)


def cholesky(m: Lowerer, eq: Equation) -> None:
    a = _matrices(m, eq.operands[0])
    _must_be_square(m, a)
    _must_be_finite(m, eq, a)
    upper = bool(eq.params.get("upper")) if eq.op == "cholesky" else not eq.params.get("lower")
    x = m.new_array(DOUBLE, a.lengths, eq.result.name)
    _each(m, "rooted", _linked(m, "dpotrf"), (a, x), (a.lengths[-1], str(int(upper))), a.lengths[:-2])
    _given(m, eq.result, x)


def solve_triangular(m: Lowerer, eq: Equation) -> None:
    how = ('"T"' if eq.params.get("trans") else '"N"', '"U"' if eq.params.get("unit_diagonal") else '"N"')
    _by_triangle(m, eq, "substituted_once", "dtrtrs", how)


def cho_solve(m: Lowerer, eq: Equation) -> None:
    _by_triangle(m, eq, "by_root", "dpotrs")


def _by_triangle(m: Lowerer, eq: Equation, function: str, of_lapack: str, how: tuple[str, ...] = ()) -> None:
    """The solutions of a system of which one triangle is read."""
    a = _matrices(m, eq.operands[0])
    if a.rank != 2:
        raise NotLowered("a stack of triangular systems", eq.span)
    _must_be_square(m, a)
    _must_be_finite(m, eq, a)
    b, columns = _right_hand_sides(m, a, eq.operands[1])
    _must_be_finite(m, eq, b)
    x = m.new_array(DOUBLE, b.lengths, eq.result.name)
    triangle = '"L"' if eq.params.get("lower") else '"U"'
    _each(m, function, _linked(m, of_lapack), (a, b, x), (a.lengths[-1], columns, triangle, *how), ())
    _given(m, eq.result, x)


def symmetric(m: Lowerer, eq: Equation) -> None:
    """Eigenvalues and eigenvectors, or eigenvalues alone, of symmetric matrices."""
    a = _matrices(m, eq.operands[0])
    _must_be_square(m, a)
    values = m.new_array(DOUBLE, a.lengths[:-1], eq.results[0].name)
    vectors = m.new_array(DOUBLE, a.lengths, eq.results[1].name) if len(eq.results) > 1 else None
    triangle = f'"{eq.params.get("UPLO", "L")}"'
    _each(m, "symmetric", _linked(m, "dsyevd"), (a, values, vectors), (a.lengths[-1], triangle), a.lengths[:-2])
    _given(m, eq.results[0], values)
    if vectors is not None:
        _given(m, eq.results[1], vectors)


def singular(m: Lowerer, eq: Equation) -> None:
    """The singular value decomposition, or its values alone."""
    if eq.params.get("hermitian"):
        raise NotLowered("singular values of a symmetric matrix", eq.span)
    a = _matrices(m, eq.operands[0])
    stack, rows, columns = a.lengths[:-2], a.lengths[-2], a.lengths[-1]
    k = m.let(Apply("smaller", (rows, columns), ir.CType.INT64), "k")
    all_of = eq.op == "svd" and bool(eq.params.get("full_matrices", True))
    values = m.new_array(DOUBLE, (*stack, k), "s")
    left: InMemory | None = None
    right: InMemory | None = None
    if len(eq.results) > 1:
        left = m.new_array(DOUBLE, (*stack, rows, rows if all_of else k), "u")
        right = m.new_array(DOUBLE, (*stack, columns if all_of else k, columns), "vt")
    rest = (rows, columns, str(int(all_of)))
    _each(m, "singular", _linked(m, "dgesdd"), (a, left, values, right), rest, stack)
    made = [one for one in (left, values, right) if one is not None]
    for var, memory in zip(eq.results, made, strict=True):
        _given(m, var, memory)


def orthogonal(m: Lowerer, eq: Equation) -> None:
    if eq.params.get("mode", "reduced") != "reduced":
        raise NotLowered(f"qr with mode={eq.params['mode']!r}", eq.span)
    a = _matrices(m, eq.operands[0])
    stack, rows, columns = a.lengths[:-2], a.lengths[-2], a.lengths[-1]
    k = m.let(Apply("smaller", (rows, columns), ir.CType.INT64), "k")
    q, r = m.new_array(DOUBLE, (*stack, rows, k), "q"), m.new_array(DOUBLE, (*stack, k, columns), "r")
    _each(m, "orthogonal", _linked(m, "dgeqrf", "dorgqr"), (a, q, r), (rows, columns), stack)
    for var, memory in zip(eq.results, (q, r), strict=True):
        _given(m, var, memory)


def only_square(m: Lowerer, eq: Equation) -> None:
    """The first operand, if the second is made of square matrices, or of such with no more rows than columns."""
    g, a = eq.operands
    rows, columns = m.lengths(a)[-2:]
    op = "not_equal" if eq.op == "only_square" else "greater"
    m.fail(Apply(op, (rows, columns), BOOL), "value")
    m.sets(eq.result, m.value(g))
    m.alias(eq.result, g)


LINALG: dict[str, Callable[[Lowerer, Equation], None]] = {
    **dict.fromkeys(("solve", "solve_regular", "scipy_solve"), solve),
    **dict.fromkeys(("inv", "scipy_inv"), inverse),
    "inverse_or_nan": inverse_or_nan,
    "cofactor": cofactor,
    **dict.fromkeys(("det", "slogdet", "scipy_det"), determinant),
    **dict.fromkeys(("cholesky", "scipy_cholesky"), cholesky),
    "solve_triangular": solve_triangular,
    "cho_solve": cho_solve,
    **dict.fromkeys(("eigh", "eigvalsh"), symmetric),
    **dict.fromkeys(("svd", "singular_values"), singular),
    "qr": orthogonal,
    **dict.fromkeys(("only_square", "only_wide"), only_square),
}
