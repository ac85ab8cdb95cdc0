/* Complex numbers as NumPy has them: C's own product looks for infinities in what came out as nan, and NumPy's doesn't.
Functions end in z for those of doubles, and in c for those of floats. */
#include <complex.h>
#undef I

#define COMPLEX_ARITHMETIC(T, R, z, F, f) \
static inline T complex_##z(R re, R im) { return CMPLX##F(re, im); } \
static inline R modulus_##z(T a) { return hypot##f(creal##f(a), cimag##f(a)); } \
static inline T multiply_##z(T a, T b) { \
    const R ar = creal##f(a), ai = cimag##f(a), br = creal##f(b), bi = cimag##f(b); \
    return CMPLX##F(ar * br - ai * bi, ar * bi + ai * br); \
} \
static inline T divide_##z(T a, T b) { \
    const R ar = creal##f(a), ai = cimag##f(a), br = creal##f(b), bi = cimag##f(b); \
    const R over = fabs##f(br), under = fabs##f(bi); \
    if (over >= under) { \
        if (over == 0 && under == 0) return CMPLX##F(ar / over, ai / over); \
        const R ratio = bi / br, scale = (R)1.0 / (br + bi * ratio); \
        return CMPLX##F((ar + ai * ratio) * scale, (ai - ar * ratio) * scale); \
    } \
    const R ratio = br / bi, scale = (R)1.0 / (bi + br * ratio); \
    return CMPLX##F((ar * ratio + ai) * scale, (ai * ratio - ar) * scale); \
} \
static inline T reciprocal_##z(T a) { \
    const R ar = creal##f(a), ai = cimag##f(a); \
    if (fabs##f(ai) <= fabs##f(ar)) { \
        const R ratio = ai / ar, d = ar + ai * ratio; \
        return CMPLX##F(1 / d, -ratio / d); \
    } \
    const R ratio = ar / ai, d = ar * ratio + ai; \
    return CMPLX##F(ratio / d, -1 / d); \
} \
static inline bool isnan_##z(T a) { return isnan(creal##f(a)) || isnan(cimag##f(a)); } \
static inline bool isinf_##z(T a) { return isinf(creal##f(a)) || isinf(cimag##f(a)); } \
static inline bool isfinite_##z(T a) { return isfinite(creal##f(a)) && isfinite(cimag##f(a)); } \
static inline bool less_##z(T a, T b) { \
    const R ar = creal##f(a), ai = cimag##f(a), br = creal##f(b), bi = cimag##f(b); \
    return (ar < br && !isnan(ai) && !isnan(bi)) || (ar == br && ai < bi); \
} \
static inline bool less_equal_##z(T a, T b) { \
    const R ar = creal##f(a), ai = cimag##f(a), br = creal##f(b), bi = cimag##f(b); \
    return (ar < br && !isnan(ai) && !isnan(bi)) || (ar == br && ai <= bi); \
} \
static inline bool greater_##z(T a, T b) { return less_##z(b, a); } \
static inline bool greater_equal_##z(T a, T b) { return less_equal_##z(b, a); } \
static inline T maximum_##z(T a, T b) { return isnan_##z(a) || less_equal_##z(b, a) ? a : b; } \
static inline T minimum_##z(T a, T b) { return isnan_##z(a) || less_equal_##z(a, b) ? a : b; } \
/* By products, for ints; else by the library. */ \
static inline T power_##z(T a, T b) { \
    const R ar = creal##f(a), ai = cimag##f(a), br = creal##f(b), bi = cimag##f(b); \
    if (br == 0 && bi == 0) return 1; \
    if (ar == 0 && ai == 0) return br > 0 ? 0 : CMPLX##F(NAN, NAN); \
    if (bi != 0 || !(br > -100 && br < 100) || br != (R)(int)br) return cpow##f(a, b); \
    int n = (int)br, left = n < 0 ? -n : n; \
    if (n == 1) return a; \
    if (n == 3) return multiply_##z(a, multiply_##z(a, a)); \
    T made = 1, factor = a; \
    for (int mask = 1;; factor = multiply_##z(factor, factor)) { \
        if (left & mask) made = multiply_##z(made, factor); \
        mask <<= 1; \
        if (left < mask) break; \
    } \
    return n < 0 ? divide_##z(1, made) : made; \
}
COMPLEX_ARITHMETIC(double _Complex, double, z, , )
COMPLEX_ARITHMETIC(float _Complex, float, c, F, f)

#define OF_BOTH(name) static inline float _Complex name##_c(float _Complex x) { return (float _Complex)name##_z(x); }
static inline double _Complex expm1_z(double _Complex x) {
    const double half = sin(cimag(x) / 2);
    return CMPLX(expm1(creal(x)) * cos(cimag(x)) - 2 * half * half, exp(creal(x)) * sin(cimag(x)));
}
static inline double _Complex log1p_z(double _Complex x) {
    const double above = creal(x) + 1;
    return CMPLX(log(hypot(above, cimag(x))), atan2(cimag(x), above));
}
static inline double _Complex scaled_z(double _Complex x, double by) { return CMPLX(creal(x) * by, cimag(x) * by); }
static inline double _Complex exp2_z(double _Complex x) { return cexp(scaled_z(x, 0.693147180559945309417232121458176568)); }
static inline double _Complex log2_z(double _Complex x) { return scaled_z(clog(x), 1.442695040888963407359924681001892137); }
static inline double _Complex log10_z(double _Complex x) { return scaled_z(clog(x), 0.434294481903251827651128918916605082); }
OF_BOTH(expm1) OF_BOTH(log1p) OF_BOTH(exp2) OF_BOTH(log2) OF_BOTH(log10)

/* What Python's own complex numbers do. */
static inline double _Complex python_divide_z(double _Complex a, double _Complex b) {
    const double ar = creal(a), ai = cimag(a), br = creal(b), bi = cimag(b);
    if (fabs(br) >= fabs(bi)) {
        const double ratio = bi / br, by = br + bi * ratio;
        return CMPLX((ar + ai * ratio) / by, (ai - ar * ratio) / by);
    }
    if (!(fabs(bi) >= fabs(br))) return CMPLX(NAN, NAN);
    const double ratio = br / bi, by = br * ratio + bi;
    return CMPLX((ar * ratio + ai) / by, (ai * ratio - ar) / by);
}
static inline double _Complex python_power_z(double _Complex a, double _Complex b) {
    const double br = creal(b), bi = cimag(b), size = hypot(creal(a), cimag(a));
    if (bi == 0 && br == floor(br) && fabs(br) <= 100) {
        const long n = (long)br, left = n < 0 ? -n : n;
        double _Complex made = 1, factor = a;
        for (long mask = 1; left >= mask; mask <<= 1, factor = multiply_z(factor, factor))
            if (left & mask) made = multiply_z(made, factor);
        return n > 0 ? made : python_divide_z(1, made);
    }
    if (size == 0) return 0;
    const double turn = atan2(cimag(a), creal(a));
    double length = pow(size, br), phase = turn * br;
    if (bi != 0) {
        length /= exp(turn * bi);
        phase += bi * log(size);
    }
    return CMPLX(length * cos(phase), length * sin(phase));
}
