"""What kernels that are printed for Numba call with numbers: ints, floats, sorting, functions of C and of SciPy."""

from __future__ import annotations

from srcad.native import machine_code as code
from srcad.native.machine_code import ahead, fortran, multiply_overflows
from srcad.native.runtime import GEMM, INFINITY, LINKED, compiled, uint8, words

# ---- C's library


def _of_one(intrinsic):
    return compiled(lambda x: intrinsic(x))


def _of_two(intrinsic):
    return compiled(lambda x, y: intrinsic(x, y))


exp, exp2, expm1 = (_of_one(code.library_function(name)) for name in ("exp", "exp2", "expm1"))
log, log2, log10, log1p = (_of_one(code.library_function(name)) for name in ("log", "log2", "log10", "log1p"))
sin, cos, tan = (_of_one(code.library_function(name)) for name in ("sin", "cos", "tan"))
sinh, cosh, tanh = (_of_one(code.library_function(name)) for name in ("sinh", "cosh", "tanh"))
asin, acos, atan = (_of_one(code.library_function(name)) for name in ("asin", "acos", "atan"))
asinh, acosh, atanh = (_of_one(code.library_function(name)) for name in ("asinh", "acosh", "atanh"))
cbrt, erf, erfc = (_of_one(code.library_function(name)) for name in ("cbrt", "erf", "erfc"))
pow, atan2, hypot = (_of_two(code.library_function(name, 2)) for name in ("pow", "atan2", "hypot"))
fmod, nextafter = (_of_two(code.library_function(name, 2)) for name in ("fmod", "nextafter"))
fmax, fmin = (_of_two(code.library_function(name, 2)) for name in ("fmax", "fmin"))
sqrt, fabs, copysign = code.llvm_function("sqrt"), code.llvm_function("fabs"), code.llvm_function("copysign", 2)
floor, ceil, trunc, rint = (code.llvm_function(name) for name in ("floor", "ceil", "trunc", "rint"))


@compiled
def isnan(x):
    return x != x


@compiled
def isinf(x):
    return fabs(x) == INFINITY


@compiled
def isfinite(x):
    return fabs(x) < INFINITY


# ---- ints


@compiled
def from_front(k, n):
    return k + n if k < 0 else k


@compiled
def bound(k, n):
    return min(max(from_front(k, n), 0), n)


@compiled
def bound_down(k, n):
    k = from_front(k, n)
    return -1 if k < 0 else n - 1 if k >= n else k


@compiled
def bound_below(k):
    return max(k, 0)


@compiled
def count_of(span, step):
    return 0 if span <= 0 else (span + step - 1) // step


@compiled
def turns(start, stop, step):
    if step > 0:
        return count_of(stop - start, step)
    return count_of(start - stop, -step) if step < 0 else 0


@compiled
def smaller(a, b):
    return a if a < b else b


@compiled
def int_floor_divide(a, b):
    return -a if b == -1 else a // b


@compiled
def int_remainder(a, b):
    return 0 if b == -1 else a % b


@compiled
def int_power(base, n):
    made = 1
    while n > 0:
        if n & 1:
            made *= base
        n >>= 1
        base *= base
    return made


@compiled
def power_overflows(base, n):
    made = 1
    while n > 0:
        if n & 1:
            if multiply_overflows(made, base):
                return True
            made *= base
        if n > 1:
            if multiply_overflows(base, base):
                return True
            base *= base
        n >>= 1
    return False


@compiled
def is_lowest(a):
    return a == -9223372036854775808


@compiled
def beyond_doubles(a):
    return a > 9007199254740992 or a < -9007199254740992


# ---- floats


@compiled
def float_remainder(a, b):
    r = fmod(a, b)
    if r == 0:
        return copysign(r, b)
    return r + b if (r < 0) != (b < 0) else r


@compiled
def float_floor_divide(a, b):
    if b == 0:
        return a / b
    r = fmod(a, b)
    q = (a - r) / b
    if r != 0 and (b < 0) != (r < 0):
        q -= 1.0
    if q == 0:
        return copysign(q, a / b)
    whole = floor(q)
    return whole + 1.0 if q - whole > 0.5 else whole


@compiled
def maximum(a, b):
    return a if a > b or a != a else b


@compiled
def minimum(a, b):
    return a if a < b or a != a else b


@compiled
def sign(x):
    return (x > 0) - (x < 0) if x == x else x


@compiled
def square(x):
    return x * x


@compiled
def heaviside(x, at):
    return x if x != x else 1.0 if x > 0.0 else 0.0 if x < 0.0 else at


@compiled
def logaddexp(a, b):
    if a == b:
        return a + 0.693147180559945309417232121458176568
    d = a - b
    return a + log1p(exp(-d)) if d > 0 else b + log1p(exp(d)) if d <= 0 else d


@compiled
def logaddexp2(a, b):
    if a == b:
        return a + 1.0
    d, by = a - b, 1.442695040888963407359924681001892137
    return a + log1p(exp2(-d)) * by if d > 0 else b + log1p(exp2(d)) * by if d <= 0 else d


@compiled
def expit(x):
    return 1.0 / (1.0 + exp(-x))


@compiled
def log_expit(x):
    return x - log1p(exp(x)) if x < 0.0 else -log1p(exp(-x))


@compiled
def xlogy(x, y):
    return 0.0 if x == 0.0 and y == y else x * log(y)


@compiled
def xlog1py(x, y):
    return 0.0 if x == 0.0 and y == y else x * log1p(y)


# ---- sorting: stable, by merging; nan is last


@compiled
def before(a, b):
    return a < b or (b != b and a == a)


@compiled
def sort(values, places, first, spare, more, n):
    """Sorts numbers and numbers them; runs of two lengths become one, from below."""
    v, p = ahead(values, first), ahead(places, first)
    for k in range(n):
        p[k] = k
    width = 1
    while width < n:
        for low in range(0, n - width, 2 * width):
            merged(ahead(v, low), ahead(p, low), spare, more, width, min(2 * width, n - low))
        width *= 2


@compiled
def merged(v, p, spare, more, half, n):
    """Two runs that stand one behind the other as one."""
    for k in range(half):
        spare[k], more[k] = v[k], p[k]
    i, j, k = 0, half, 0
    while i < half:
        if j < n and before(v[j], spare[i]):
            v[k], p[k] = v[j], p[j]
            j += 1
        else:
            v[k], p[k] = spare[i], more[i]
            i += 1
        k += 1


@compiled
def first_not_below(v, n, x):
    low = 0
    while low < n:
        middle = low + (n - low) // 2
        if before(v[middle], x):
            low = middle + 1
        else:
            n = middle
    return low


@compiled
def first_above(v, n, x):
    low = 0
    while low < n:
        middle = low + (n - low) // 2
        if before(x, v[middle]):
            n = middle
        else:
            low = middle + 1
    return low


@compiled
def interpolated(x, xp, fp, n, left, right):
    """On the line between the points beside x, by NumPy's way, which keeps to points where slopes are no numbers."""
    if x != x:
        return fp[0] if n == 1 else x
    k = first_above(xp, n, x) - 1
    if k < 0:
        return left
    if xp[k] == x:
        return fp[k]
    if k == n - 1:
        return right
    slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k])
    y = slope * (x - xp[k]) + fp[k]
    if y != y:
        y = slope * (x - xp[k + 1]) + fp[k + 1]
    return fp[k] if y != y and fp[k] == fp[k + 1] else y


# ---- functions of SciPy's

N, T = uint8(ord("N")), uint8(ord("T"))


@compiled
def linked(call, number):
    """The address of a function that the kernel was given."""
    return words(words(call)[LINKED])[number]


@compiled
def product(call, a, a0, a1, b, b0, b1, out, n, m, k):
    """A product of matrices by BLAS: of large ones whose rows or columns lie one after the other; else False."""
    gemm = words(call)[GEMM]
    most = 1000000000
    if gemm == 0 or n > most or m > most or k > most or n * m * k < 4096:
        return False
    a_rows, a_columns = a1 == 1 and a0 >= k, a0 == 1 and a1 >= n
    b_rows, b_columns = b1 == 1 and b0 >= m, b0 == 1 and b1 >= k
    if not (a_rows or a_columns) or not (b_rows or b_columns):
        return False
    lda, ldb = a0 if a_rows else a1, b0 if b_rows else b1
    fortran(gemm, N if b_rows else T, N if a_rows else T, m, n, k, 1.0, b, ldb, a, lda, 0.0, out, m)
    return True
