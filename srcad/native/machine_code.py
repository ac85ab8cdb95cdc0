"""What Numba has no Python for: pointers, sums in any order, functions of C by their names and by their addresses.

Each is an intrinsic, from which LLVM's instructions come. Blocks and the call are addresses, as 64-bit ints.
"""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic

from srcad.native.spelling import VECTOR_FUNCTIONS, VECTOR_FUNCTIONS_OF_TWO, VECTOR_LIBRARY

LANES = (("b", 2), ("d", 4), ("e", 8))  # by the letter that the x86-64 vector ABI has for the width


class ForKernels(CPUDispatcher):
    """A function that kernels call. It is compiled once for ints, and not again for each that is known."""

    def __init__(self, function):
        options = {"nopython": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        super().__init__(function, targetoptions=options)

    def get_call_template(self, args, kws):
        return super().get_call_template(tuple(map(types.unliteral, args)), kws)


def object_code(function: Callable[..., int], name: str) -> tuple[bytes, bytes]:
    """The machine code of a kernel, and that of a function of C which calls it."""
    words = types.CPointer(types.int64)
    signature = types.int64(types.int64, words, words)
    kernel = ForKernels(function)
    kernel.compile(signature)
    made: Any = kernel.overloads[signature.args]
    with global_compiler_lock:
        entry = made.target_context.codegen().create_library(name)
        entry.enable_object_caching()
        entry.add_ir_module(_as_c(entry.create_ir_module(name), name, made))
        entry.finalize()
        return _code_of(made.library, made.fndesc.llvm_func_name), _code_of(entry, name)


def _code_of(library: Any, name: str) -> bytes:
    library.get_pointer_to_function(name)  # which compiles it
    _, _, (code, _) = library.serialize_using_object_code()
    return bytes(code)


def _as_c(module: Any, name: str, made: Any) -> Any:
    """A function with the calling convention of C, as Numba has one of its own, in which functions may raise."""
    word = ir.IntType(64)
    function = ir.Function(module, ir.FunctionType(word, [word, word.as_pointer(), word.as_pointer()]), name)
    builder = ir.IRBuilder(function.append_basic_block())
    context, signature = made.target_context, made.signature
    callee = context.declare_function(module, made.fndesc)
    _, result = context.call_conv.call_function(builder, callee, signature.return_type, signature.args, function.args)
    builder.ret(result)
    return module


@intrinsic
def pointer(_context, address, type):
    """The address as a pointer to numbers of a type."""

    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(type.dtype)(types.int64, type), generate


@intrinsic
def address(_context, pointer):
    def generate(_, builder, signature, args):
        return builder.ptrtoint(args[0], ir.IntType(64))

    return types.int64(pointer), generate


@intrinsic
def ahead(_context, pointer, offset):
    """The pointer to what stands `offset` elements behind."""

    def generate(_, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return pointer(pointer, types.int64), generate


@intrinsic
def viewed(_context, pointer, type):
    """The pointer as one to numbers of another type."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(type.dtype)(pointer, type), generate


@intrinsic
def scratch(_context, type):
    """Room for one number, for as long as the function runs."""

    def generate(context, builder, signature, args):
        return cgutils.alloca_once(builder, context.get_data_type(type.dtype))

    return types.CPointer(type.dtype)(type), generate


def _of_numbers(build: Callable[[Any, Any, Any], Any], result: Any = None) -> Any:
    """An intrinsic of two numbers of one type."""

    @intrinsic
    def of_two(_context, a, b):
        def generate(_, builder, signature, args):
            return build(builder, args[0], args[1])

        return (result or a)(a, a), generate

    return of_two


# sums and products whose terms may be taken in any order, so that loops over them run side by side
add_reordered = _of_numbers(lambda b, x, y: b.fadd(x, y, flags=("reassoc", "nsz")))
multiply_reordered = _of_numbers(lambda b, x, y: b.fmul(x, y, flags=("reassoc", "nsz")))


def _overflow(name: str) -> Any:
    return _of_numbers(lambda b, x, y: b.extract_value(getattr(b, name)(x, y), 1), types.boolean)


add_overflows = _overflow("sadd_with_overflow")
subtract_overflows = _overflow("ssub_with_overflow")
multiply_overflows = _overflow("smul_with_overflow")


@intrinsic
def leading_zeros(_context, number):
    def generate(_, builder, signature, args):
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), generate


@intrinsic
def signbit(_context, x):
    def generate(_, builder, signature, args):
        bits = ir.IntType(32 if signature.args[0] is types.float32 else 64)
        return builder.icmp_signed("<", builder.bitcast(args[0], bits), bits(0))

    return types.boolean(x), generate


# ---- without blocks of Numba's, of which it analyses each with all others: kernels have thousands


@intrinsic
def fail_if(_context, condition, state):
    """Ends the function that it stands in, if the condition holds."""

    def generate(context, builder, signature, args):
        with builder.if_then(args[0], likely=False):
            context.call_conv.return_value(builder, args[1])
        return context.get_dummy_value()

    return types.none(types.boolean, types.int64), generate


@intrinsic
def end_unless_done(_context, state):
    """Ends the function that it stands in with a state, unless that is 0."""

    def generate(context, builder, signature, args):
        with builder.if_then(builder.icmp_signed("!=", args[0], args[0].type(0)), likely=False):
            context.call_conv.return_value(builder, args[0])
        return context.get_dummy_value()

    return types.none(types.int64), generate


@intrinsic
def select(_context, condition, first, second):
    """`first if condition else second`, both of which are computed."""

    def generate(_, builder, signature, args):
        return builder.select(*args)

    kind = types.unliteral(first)
    return kind(types.boolean, kind, kind), generate


def _of_bools(build: Callable[[Any, Any, Any], Any]) -> Any:
    @intrinsic
    def of_bools(_context, a, b):
        def generate(_, builder, signature, args):
            return build(builder, args[0], args[1])

        return types.boolean(types.boolean, types.boolean), generate

    return of_bools


both = _of_bools(lambda b, x, y: b.and_(x, y))
either = _of_bools(lambda b, x, y: b.or_(x, y))


# ---- functions of C, by their names

PURE = ("nounwind", "willreturn", "memory(none)")  # they depend on nothing but their operands
# What LLVM knows of a function by its name doesn't count, such as that fmax may give either of two zeros. It would
# forget the functions of vectors, too.
UNKNOWN = "nobuiltin"


def library_function(name: str, count: int = 1) -> Any:
    """A function of C's library of so many numbers: of doubles, or of floats, where its name has an f behind it."""
    vectors = has_vectors() and name in VECTOR_FUNCTIONS | VECTOR_FUNCTIONS_OF_TWO

    def generate(context, builder, signature, args):
        single = signature.return_type is types.float32
        function = _declared(builder, f"{name}f" if single else name, [arg.type for arg in args])
        if vectors and not single:
            _with_vectors(builder.module, function, name, count)
        else:
            set.add(function.attributes, UNKNOWN)
        return builder.call(function, args)

    return _of_one_kind(generate, count)


def _of_one_kind(generate: Any, count: int) -> Any:
    """What takes one number, or two of a kind, and gives one."""

    @intrinsic
    def of_one(_context, x):
        return x(x), generate

    @intrinsic
    def of_two(_context, x, y):
        return x(x, x), generate

    return of_one if count == 1 else of_two


def llvm_function(name: str, count: int = 1) -> Any:
    """What LLVM has an instruction for, or calls C's library itself for."""

    def generate(context, builder, signature, args):
        kind = args[0].type
        function = builder.module.declare_intrinsic(f"llvm.{name}", [kind], ir.FunctionType(kind, [kind] * count))
        return builder.call(function, args)

    return _of_one_kind(generate, count)


def _declared(builder: Any, name: str, operands: list[Any]) -> Any:
    """A function of C's library."""
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(operands[0], operands), name)
    for one in PURE:
        set.add(function.attributes, one)  # llvmlite's own `add` knows the older spelling alone
    return function


@cache
def has_vectors() -> bool:
    """Whether the vector functions of glibc are there."""
    if platform.machine() != "x86_64":
        return False
    try:
        ctypes.CDLL(VECTOR_LIBRARY, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _with_vectors(module: Any, function: Any, name: str, count: int) -> None:
    """Tells LLVM which functions compute several elements at once, as `simd` does in C.

    The declarations have to outlive the passes in front of vectorisation. There can be one such list in a module, so
    that each function of C's stands in one of Numba's, which is a module by itself.
    """
    if "llvm.compiler.used" in module.globals:
        return
    variants = []
    for letter, lanes in LANES:
        vector = ir.VectorType(ir.DoubleType(), lanes)
        variant = f"_ZGV{letter}N{lanes}{'v' * count}_{name}"
        variants.append(cgutils.get_or_insert_function(module, ir.FunctionType(vector, [vector] * count), variant))
    names = ",".join(f"{one.name}({one.name})" for one in variants)
    set.add(function.attributes, f'"vector-function-abi-variant"="{names}"')
    byte = ir.IntType(8).as_pointer()
    used = ir.ArrayType(byte, len(variants))
    kept = ir.GlobalVariable(module, used, "llvm.compiler.used")
    kept.linkage, kept.section = "appending", "llvm.metadata"
    kept.initializer = ir.Constant(used, [one.bitcast(byte) for one in variants])


@intrinsic
def aligned_alloc(_context, alignment, bytes):
    def generate(_, builder, signature, args):
        word = ir.IntType(64)
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(word, [word, word]), "aligned_alloc")
        return builder.call(function, args)

    return types.int64(types.int64, types.int64), generate


@intrinsic
def free(_context, address):
    def generate(_, builder, signature, args):
        of = ir.FunctionType(ir.VoidType(), [ir.IntType(64)])
        builder.call(cgutils.get_or_insert_function(builder.module, of, "free"), args)
        return args[0]

    return types.int64(types.int64), generate


@intrinsic
def copy_bytes(_context, to, source, count):
    def generate(context, builder, signature, args):
        byte = ir.IntType(8).as_pointer()
        cgutils.raw_memcpy(builder, *(builder.inttoptr(one, byte) for one in args[:2]), args[2], 1)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), generate


@intrinsic
def fill_with_zeros(_context, to, count):
    def generate(context, builder, signature, args):
        cgutils.memset(builder, builder.inttoptr(args[0], ir.IntType(8).as_pointer()), args[1], 0)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64), generate


# ---- functions of C, by their addresses


def _function_at(builder: Any, address: Any, result: Any, args: list[Any]) -> Any:
    of = ir.FunctionType(result, [arg.type for arg in args])
    return builder.call(builder.inttoptr(address, of.as_pointer()), args)


@intrinsic
def asked(_context, address, call):
    """What an `int (*)(call *)` says."""

    def generate(_, builder, signature, args):
        return builder.sext(_function_at(builder, args[0], ir.IntType(32), [args[1]]), ir.IntType(64))

    return types.int64(types.int64, types.int64), generate


@intrinsic
def special_function(_context, address, *numbers):
    """A function of doubles that SciPy's Cython exports: behind these it takes an int, which means nothing."""

    def generate(_, builder, signature, args):
        doubles = [builder.extract_value(args[1], k) for k in range(len(numbers))]
        return _function_at(builder, args[0], ir.DoubleType(), [*doubles, ir.Constant(ir.IntType(32), 0)])

    return types.float64(address, types.BaseTuple.from_types(numbers)), generate


@intrinsic
def fortran(_context, address, *given):
    """A function of BLAS or LAPACK, which takes all by pointers: numbers are put where it finds them.

    An int8 is a letter, an int64 one of Fortran's ints.
    """

    def generate(context, builder, signature, args):
        passed = []
        for k, kind in enumerate(given):
            value = builder.extract_value(args[1], k)
            if kind is types.int64:
                value = builder.trunc(value, ir.IntType(32))
            if not isinstance(kind, types.CPointer):
                place = cgutils.alloca_once(builder, value.type)
                builder.store(value, place)
                value = place
            passed.append(value)
        _function_at(builder, args[0], ir.VoidType(), passed)
        return context.get_dummy_value()

    return types.none(address, types.BaseTuple.from_types(given)), generate
