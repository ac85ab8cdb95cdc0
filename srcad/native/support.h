/* What kernels need of memory: blocks that count their owners, lists, and a pool of both for each call. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define EXPORTED __attribute__((visibility("default")))
#define MAX_RANK 8

/* How a kernel ends. */
enum { DONE, MEMORY, ZERO_DIVISION, INDEX, VALUE, ARITHMETIC, MATH, SHAPE, INTERRUPTED };

typedef struct block block;
struct block {
    int64_t refs;
    int64_t size;       /* of its data, in bytes */
    block *next, *last; /* in the pool */
    block *free;        /* the next of the same class that is free */
    int32_t class;
    int32_t kind;       /* 0: data; 1: a list of numbers; 2: of arrays or lists, whose elements begin with a block;
                           3: a record, which begins with `length` blocks */
    int64_t length, width; /* of a list: how many elements, how many bytes each */
};

#define HEADER 128
#define CLASSES 64
#define DATA_OF(b) ((char *)(b) + HEADER)

typedef struct call {
    block *blocks;
    block *free[CLASSES];
    block *(*fresh)(int32_t class); /* a block of 2 to the class bytes, as other calls have left it; NULL: a new one */
    int64_t ticks;
    int64_t depth; /* how far procedures may still call each other */
    int (*interrupted)(struct call *);
    void (*gemm)(char *, char *, int *, int *, int *, double *, double *, int *, double *, int *, double *, double *, int *);
    void *state;
    void *const *linked; /* functions of SciPy's that the kernel calls */
} call;

typedef union value {
    double d;
    float f;
    double _Complex z;
    int64_t i;
    struct { block *block; char *data; int64_t length[MAX_RANK]; } a;
    block *l;
} value;

static inline block *made_block(int32_t class) {
    block *b = aligned_alloc(64, HEADER + ((size_t)1 << class));
    if (b) b->class = class;
    return b;
}

static inline block *new_block(call *c, int64_t bytes, int32_t kind) {
    int32_t class = bytes <= 64 ? 6 : 64 - __builtin_clzll((uint64_t)bytes - 1);
    block *b = c->free[class];
    if (b) {
        c->free[class] = b->free;
    } else {
        b = c->fresh ? c->fresh(class) : made_block(class);
        if (UNLIKELY(!b)) return NULL;
        b->last = NULL;
        b->next = c->blocks;
        if (c->blocks) c->blocks->last = b;
        c->blocks = b;
    }
    b->refs = 1;
    b->size = bytes;
    b->kind = kind;
    b->length = 0;
    return b;
}

static void release_all(call *c, block *b);

static inline void release(call *c, block *b) {
    if (b && --b->refs == 0) {
        if (UNLIKELY(b->kind)) { release_all(c, b); return; }
        b->free = c->free[b->class];
        c->free[b->class] = b;
    }
}

/* A list is a block of kind 1 or 2 whose data is a pointer to the block with the elements. */
typedef struct { block *items; } list_data;
#define ITEMS(l) (((list_data *)DATA_OF(l))->items)
#define ITEM(l, k) (DATA_OF(ITEMS(l)) + (k) * (l)->width)

static void release_all(call *c, block *l) {
    if (l->kind == 2)
        for (int64_t k = 0; k < l->length; ++k) release(c, *(block **)ITEM(l, k));
    if (l->kind == 3)
        for (int64_t k = 0; k < l->length; ++k) release(c, ((block **)DATA_OF(l))[k]);
    else release(c, ITEMS(l));
    l->free = c->free[l->class];
    c->free[l->class] = l;
}

static inline block *new_list(call *c, int32_t kind, int64_t width) {
    block *l = new_block(c, sizeof(list_data), kind);
    if (UNLIKELY(!l)) return NULL;
    l->width = width;
    ITEMS(l) = new_block(c, 64, 0);
    return ITEMS(l) ? l : NULL;
}

static inline int grow(call *c, block *l, int64_t length) {
    block *old = ITEMS(l);
    if (LIKELY(length * l->width <= (int64_t)1 << old->class)) return 1;
    block *items = new_block(c, 2 * length * l->width, 0);
    if (UNLIKELY(!items)) return 0;
    memcpy(DATA_OF(items), DATA_OF(old), (size_t)(l->length * l->width));
    ITEMS(l) = items;
    release(c, old);
    return 1;
}

static block *copy_list(call *c, block *from) {
    if (!from) return new_list(c, 1, 8); /* of nothing, which nobody reads */
    block *l = new_list(c, from->kind, from->width);
    if (!l || !grow(c, l, from->length)) return NULL;
    memcpy(ITEM(l, 0), ITEM(from, 0), (size_t)(from->length * from->width));
    l->length = from->length;
    if (l->kind == 2)
        for (int64_t k = 0; k < l->length; ++k) {
            block *b = *(block **)ITEM(l, k);
            if (b) ++b->refs;
        }
    return l;
}

/* A copy of all that hangs on a block. */
static block *copy_all(call *c, const block *from) {
    if (!from) return NULL;
    if (!from->kind || from->kind == 3) {
        block *b = new_block(c, from->size, from->kind);
        if (!b) return NULL;
        memcpy(DATA_OF(b), DATA_OF(from), (size_t)from->size);
        b->length = from->length;
        block **held = (block **)DATA_OF(b);
        for (int64_t k = 0; k < b->length; ++k)
            if (held[k] && !(held[k] = copy_all(c, held[k]))) return NULL;
        return b;
    }
    block *l = copy_list(c, (block *)from);
    for (int64_t k = 0; l && l->kind == 2 && k < l->length; ++k) {
        block **place = (block **)ITEM(l, k);
        if (!*place) continue;
        block *own = copy_all(c, *place);
        if (!own) return NULL;
        release(c, *place);
        *place = own;
    }
    return l;
}

/* The same, with zeros in the places of numbers. */
static block *zeros_of(call *c, const block *from) {
    block *b = copy_all(c, from);
    if (!b) return NULL;
    if (!b->kind) memset(DATA_OF(b), 0, (size_t)b->size);
    else if (b->kind == 1) memset(ITEM(b, 0), 0, (size_t)(b->length * b->width));
    else
        for (int64_t k = 0; k < b->length; ++k) {
            block **place = (block **)ITEM(b, k);
            block *own = *place ? zeros_of(c, *place) : NULL;
            if (*place && !own) return NULL;
            release(c, *place);
            *place = own;
        }
    return b;
}

/* `count` elements of a list, from `first` on, behind those of another. */
static int extended(call *c, block *l, const block *from, int64_t first, int64_t count, int64_t step) {
    if (!grow(c, l, l->length + count)) return 0;
    for (int64_t k = 0; k < count; ++k) {
        const char *item = ITEM(from, first + k * step);
        memcpy(ITEM(l, l->length), item, (size_t)l->width);
        ++l->length;
        if (l->kind == 2 && *(block *const *)item) ++(*(block *const *)item)->refs;
    }
    return 1;
}
static block *slice_list(call *c, const block *from, int64_t first, int64_t count, int64_t step) {
    block *l = new_list(c, from->kind, from->width);
    return l && extended(c, l, from, first, count, step) ? l : NULL;
}
static block *concat_lists(call *c, const block *a, const block *b) {
    block *l = slice_list(c, a, 0, a->length, 1);
    return l && extended(c, l, b, 0, b->length, 1) ? l : NULL;
}
static block *repeat_list(call *c, const block *from, int64_t count) {
    block *l = new_list(c, from->kind, from->width);
    if (l && count > 0 && !grow(c, l, count * from->length)) return NULL;
    for (; l && count > 0; --count)
        if (!extended(c, l, from, 0, from->length, 1)) return NULL;
    return l;
}
static block *spliced_list(call *c, const block *from, int64_t first, int64_t count, const block *values) {
    block *l = slice_list(c, from, 0, first, 1);
    int64_t behind = first + count;
    if (!l || !extended(c, l, values, 0, values->length, 1)) return NULL;
    return extended(c, l, from, behind, from->length - behind, 1) ? l : NULL;
}

static block *strided_list(call *c, const block *from, int64_t first, int64_t count, int64_t step, const block *values) {
    block *l = slice_list(c, from, 0, from->length, 1);
    for (int64_t k = 0; l && k < count; ++k) {
        const char *item = ITEM(values, k);
        char *place = ITEM(l, first + k * step);
        if (l->kind == 2) {
            if (*(block *const *)item) ++(*(block *const *)item)->refs;
            release(c, *(block **)place);
        }
        memcpy(place, item, (size_t)l->width);
    }
    return l;
}

/* a + b, all numbers of it; a is given away, and copied before it is written to if others have it. NULL is nothing. */
enum { ADDED, NO_ROOM, UNLIKE };
#define ADD_BLOCKS(T, name) \
static int name(call *c, block **place, block *b) { \
    block *a = *place; \
    if (!b) return ADDED; \
    if (!a) { ++b->refs; *place = b; return ADDED; } \
    if (a->refs > 1) { \
        block *own = a->kind ? copy_list(c, a) : copy_all(c, a); \
        if (!own) return NO_ROOM; \
        release(c, a); \
        *place = a = own; \
    } \
    if (a->kind != b->kind || (a->kind ? a->length != b->length : a->size != b->size)) return UNLIKE; \
    if (a->kind == 2) { \
        for (int64_t k = 0; k < a->length; ++k) { \
            int how = name(c, (block **)ITEM(a, k), *(block **)ITEM(b, k)); \
            if (how != ADDED) return how; \
        } \
        return ADDED; \
    } \
    T *to = (T *)(a->kind ? ITEM(a, 0) : DATA_OF(a)); \
    const T *from = (const T *)(a->kind ? ITEM(b, 0) : DATA_OF(b)); \
    int64_t n = (a->kind ? a->length * a->width : a->size) / (int64_t)sizeof(T); /* parts of complex numbers each */ \
    for (int64_t k = 0; k < n; ++k) to[k] += from[k]; \
    return ADDED; \
}
ADD_BLOCKS(double, add_blocks) ADD_BLOCKS(float, add_blocks_f)

#define CHECKED(b) do { if (UNLIKELY(!(b))) return MEMORY; } while (0)
#define TICK() do { if (UNLIKELY(--call->ticks < 0) && call->interrupted(call)) return INTERRUPTED; } while (0)
#define CHUNK 65536
#define CHUNKS(turn, count) \
    for (int64_t turn##_from = 0, turn##_end = (count), turn##_to; \
         turn##_from < turn##_end && (turn##_to = smaller(turn##_from + CHUNK, turn##_end), 1); turn##_from = turn##_to) \
        if (UNLIKELY((call->ticks -= turn##_to - turn##_from) < 0) && call->interrupted(call)) return INTERRUPTED; \
        else for (int64_t turn = turn##_from; turn < turn##_to; ++turn)
#define FEW() __asm__ volatile("") /* a loop that isn't worth vectors */
#define NEW(b, n, T) block *b = (new_block)(call, (n) * (int64_t)sizeof(T), 0); CHECKED(b)
#define DATA(p, b, T) T *p = (T *)DATA_OF(b)
#define NO_BLOCK(b) block *b = NULL
#define NO_DATA(p, T) T *p = NULL
#define SAME_BLOCK(b, other) block *const b = other
#define ZERO(p, n, T) memset(p, 0, (size_t)(n) * sizeof(T))
#define RELEASE(b) release(call, b)
#define RETAIN(b) do { if (b) ++(b)->refs; } while (0)
#define REPLACE(b, new) do { release(call, b); b = (new); } while (0)
#define REPOINT(p, b, T) p = (b) ? (T *)DATA_OF(b) : NULL

#define NEW_LIST_SCALAR(l, T) block *l = new_list(call, 1, sizeof(T)); CHECKED(l)
#define NEW_LIST_ARRAY(l, rank) block *l = new_list(call, 2, 8 + 8 * (rank)); CHECKED(l)
#define NEW_LIST_LIST(l, rank) block *l = new_list(call, 2, 8); CHECKED(l)
#define COPY_LIST(l, from) block *l = copy_list(call, from); CHECKED(l)
#define COPY_ALL(l, from) block *l = copy_all(call, from); CHECKED(l)
#define ZEROS_OF(l, from) block *l = zeros_of(call, from); CHECKED(l)
#define SLICE_LIST(l, from, first, count, step) block *l = slice_list(call, from, first, count, step); CHECKED(l)
#define CONCAT_LISTS(l, a, b) block *l = concat_lists(call, a, b); CHECKED(l)
#define REPEAT_LIST(l, from, n) block *l = repeat_list(call, from, n); CHECKED(l)
#define SPLICED_LIST(l, from, first, count, values) block *l = spliced_list(call, from, first, count, values); CHECKED(l)
#define STRIDED_LIST(l, from, first, count, step, values) \
    block *l = strided_list(call, from, first, count, step, values); CHECKED(l)
#define ADD_LIST(l, adding, b) do { \
    int how = adding(call, &l, b); \
    if (UNLIKELY(how != ADDED)) return how == NO_ROOM ? MEMORY : ARITHMETIC; } while (0)
#define ADD_BLOCK(l, k, adding, b, rank, ...) do { \
    const int64_t added[] = { 0, ##__VA_ARGS__ }; \
    block **place = (block **)ITEM(l, k); \
    if (!*place) memcpy(ITEM(l, k) + 8, added + 1, 8 * (rank)); \
    else if (memcmp(ITEM(l, k) + 8, added + 1, 8 * (rank))) return ARITHMETIC; \
    int how = adding(call, place, b); \
    if (UNLIKELY(how != ADDED)) return how == NO_ROOM ? MEMORY : ARITHMETIC; } while (0)
#define ROOM(l) if (UNLIKELY(!grow(call, l, (l)->length + 1))) return MEMORY
#define PUSH_SCALAR(l, T, x) do { const T pushed = (x); ROOM(l); ((T *)DATA_OF(ITEMS(l)))[(l)->length++] = pushed; } while (0)
#define RESERVE(p, l, T, n) \
    if (UNLIKELY(!grow(call, l, (l)->length + (n)))) return MEMORY; \
    T *const p = (T *)DATA_OF(ITEMS(l)) + (l)->length; \
    (l)->length += (n)
#define WITHDRAW(p, l, T, n) \
    if (UNLIKELY((l)->length < (n))) return INDEX; \
    (l)->length -= (n); \
    const T *const p = (T *)DATA_OF(ITEMS(l)) + (l)->length
#define PUT(l, k, b, rank, ...) do { \
    const int64_t put[] = { (int64_t)(intptr_t)(b), ##__VA_ARGS__ }; \
    memcpy(ITEM(l, k), put, 8 + 8 * (rank)); } while (0)
#define PUSH_ARRAY(l, b, rank, ...) do { ROOM(l); PUT(l, (l)->length, b, rank, ##__VA_ARGS__); ++(l)->length; } while (0)
#define PUSH_LIST(l, b) PUSH_ARRAY(l, b, 0)
#define POP(l) --(l)->length
#define ELEMENT(b, l, k, rank) block *b = *(block **)ITEM(l, k)
#define SET_SCALAR(l, k, T, x) ((T *)DATA_OF(ITEMS(l)))[k] = (x)
#define SET_ARRAY(l, k, b, rank, ...) do { release(call, *(block **)ITEM(l, k)); PUT(l, k, b, rank, ##__VA_ARGS__); } while (0)
#define SET_LIST(l, k, b) SET_ARRAY(l, k, b, 0)
#define ZEROS(l, n) do { if (UNLIKELY(!grow(call, l, n))) return MEMORY; memset(ITEM(l, 0), 0, (size_t)((n) * (l)->width)); (l)->length = (n); } while (0)
#define COPY_ROW(p, offset, b, n, T) memcpy((p) + (offset), DATA_OF(b), (size_t)(n) * sizeof(T))
#define LENGTH(l, k, j) (((int64_t *)ITEM(l, k))[1 + (j)])

/* ---- procedures, and what they record */

#define DEEPEST (1 << 20) /* bytes of the stack */
#define ENTER() do { \
    TICK(); \
    if (UNLIKELY(--call->depth < 0 || (char *)call - (char *)__builtin_frame_address(0) > DEEPEST)) return ARITHMETIC; } while (0)
#define LEAVE() ++call->depth
#define CALLED(procedure, ...) do { \
    const int ended = procedure(call, __VA_ARGS__); \
    if (UNLIKELY(ended != DONE)) return ended; } while (0)
#define NATURAL(n) do { if ((n) < 0) __builtin_unreachable(); } while (0)
#define DECLARED(T, x) T x
#define RETURN(to, x) *to = (x)
#define MUST_BE(b) do { if (UNLIKELY(!(b))) return ARITHMETIC; } while (0)
#define RECORD(r, blocks, bytes) block *r = new_block(call, bytes, 3); CHECKED(r); (r)->length = (blocks)
#define RECORD_BLOCK(r, k, b) ((block **)DATA_OF(r))[k] = (b)
#define RECORD_NUMBER(r, offset, T, x) *(T *)(DATA_OF(r) + (offset)) = (x)
#define RECORD_ITEM(b, r, k) block *b = ((block **)DATA_OF(r))[k]

/* ---- numbers */

static inline int64_t from_front(int64_t k, int64_t n) { return k < 0 ? k + n : k; }
static inline int64_t bound(int64_t k, int64_t n) { k = k < 0 ? k + n : k; return k < 0 ? 0 : k > n ? n : k; }
static inline int64_t bound_down(int64_t k, int64_t n) { k = k < 0 ? k + n : k; return k < 0 ? -1 : k >= n ? n - 1 : k; }
static inline int64_t bound_below(int64_t k) { return k < 0 ? 0 : k; }
static inline int64_t count_of(int64_t span, int64_t step) { return span <= 0 ? 0 : (span + step - 1) / step; }
static inline int64_t turns(int64_t start, int64_t stop, int64_t step) {
    return step > 0 ? count_of(stop - start, step) : step < 0 ? count_of(start - stop, -step) : 0;
}
static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t int_floor_divide(int64_t a, int64_t b) {
    if (b == -1) return -(uint64_t)a;
    int64_t q = a / b;
    return q - ((a % b != 0) & ((a < 0) != (b < 0)));
}
static inline int64_t int_remainder(int64_t a, int64_t b) {
    if (b == -1) return 0;
    int64_t r = a % b;
    return r + ((r != 0) & ((r < 0) != (b < 0))) * b;
}
static inline int64_t int_power(int64_t x, int64_t n) {
    uint64_t base = (uint64_t)x, made = 1;
    for (; n > 0; n >>= 1, base *= base)
        if (n & 1) made *= base;
    return (int64_t)made;
}
/* Ints of Python's, which have no end: whether a result has no room in 64 bits. */
static inline bool add_overflows(int64_t a, int64_t b) { int64_t made; return __builtin_add_overflow(a, b, &made); }
static inline bool subtract_overflows(int64_t a, int64_t b) { int64_t made; return __builtin_sub_overflow(a, b, &made); }
static inline bool multiply_overflows(int64_t a, int64_t b) { int64_t made; return __builtin_mul_overflow(a, b, &made); }
static inline bool is_lowest(int64_t a) { return a == INT64_MIN; }
static inline bool beyond_doubles(int64_t a) { return a > INT64_C(9007199254740992) || a < -INT64_C(9007199254740992); }
static inline bool power_overflows(int64_t x, int64_t n) {
    int64_t made = 1;
    for (; n > 0; n >>= 1) {
        if ((n & 1) && __builtin_mul_overflow(made, x, &made)) return true;
        if (n > 1 && __builtin_mul_overflow(x, x, &x)) return true;
    }
    return false;
}
static inline double float_remainder(double a, double b) {
    double r = fmod(a, b);
    if (r == 0.0) return copysign(0.0, b);
    return (r < 0.0) != (b < 0.0) ? r + b : r;
}
static inline double float_floor_divide(double a, double b) {
    if (b == 0.0) return a / b;
    double r = fmod(a, b), q = (a - r) / b;
    if (r != 0.0 && (b < 0.0) != (r < 0.0)) q -= 1.0;
    if (q == 0.0) return copysign(0.0, a / b);
    double whole = floor(q);
    return q - whole > 0.5 ? whole + 1.0 : whole;
}
#define MAXIMUM(T, name) static inline T name(T a, T b) { return a > b || a != a ? a : b; }
#define MINIMUM(T, name) static inline T name(T a, T b) { return a < b || a != a ? a : b; }
MAXIMUM(double, maximum_d) MAXIMUM(float, maximum_f) MAXIMUM(int64_t, maximum_i)
MINIMUM(double, minimum_d) MINIMUM(float, minimum_f) MINIMUM(int64_t, minimum_i)
static inline double sign_d(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x == 0.0 ? 0.0 : x; }
static inline float sign_f(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x == 0.0f ? 0.0f : x; }
static inline int64_t sign_i(int64_t x) { return (x > 0) - (x < 0); }
static inline double square_d(double x) { return x * x; }
static inline float square_f(float x) { return x * x; }
static inline int64_t square_i(int64_t x) { return x * x; }
static inline double heaviside_d(double x, double at) { return x != x ? x : x > 0.0 ? 1.0 : x < 0.0 ? 0.0 : at; }
static inline double logaddexp_d(double a, double b) {
    if (a == b) return a + 0.693147180559945309417232121458176568;
    double d = a - b;
    return d > 0 ? a + log1p(exp(-d)) : d <= 0 ? b + log1p(exp(d)) : d;
}
static inline double logaddexp2_d(double a, double b) {
    if (a == b) return a + 1.0;
    double d = a - b;
    return d > 0 ? a + log1p(exp2(-d)) * 1.442695040888963407359924681001892137
         : d <= 0 ? b + log1p(exp2(d)) * 1.442695040888963407359924681001892137 : d;
}
static inline double expit_d(double x) { return 1.0 / (1.0 + exp(-x)); }
static inline double log_expit_d(double x) { return x < 0.0 ? x - log1p(exp(x)) : -log1p(exp(-x)); }
static inline double xlogy_d(double x, double y) { return x == 0.0 && y == y ? 0.0 : x * log(y); }
static inline double xlog1py_d(double x, double y) { return x == 0.0 && y == y ? 0.0 : x * log1p(y); }

/* ---- sorting: stable, by merging; nan is last */

static inline bool before(double a, double b) { return a < b || (b != b && a == a); }

#define MERGE_SORT(T, name, BEFORE) \
static void name(T *v, int64_t *p, T *w, int64_t *q, int64_t n) { \
    if (n <= 16) { \
        for (int64_t i = 1; i < n; ++i) { \
            T x = v[i]; \
            int64_t k = p[i], j = i; \
            for (; j > 0 && BEFORE(x, v[j - 1]); --j) { v[j] = v[j - 1]; p[j] = p[j - 1]; } \
            v[j] = x; \
            p[j] = k; \
        } \
        return; \
    } \
    int64_t half = n / 2, i = 0, j = half, k = 0; \
    name(v, p, w, q, half); \
    name(v + half, p + half, w, q, n - half); \
    memcpy(w, v, (size_t)half * 8); \
    memcpy(q, p, (size_t)half * 8); \
    while (i < half) \
        if (j < n && BEFORE(v[j], w[i])) { v[k] = v[j]; p[k++] = p[j++]; } \
        else { v[k] = w[i]; p[k++] = q[i++]; } \
}
#define LESS(a, b) ((a) < (b))
MERGE_SORT(double, merge_sort, before)
MERGE_SORT(int64_t, merge_sort_ints, LESS)

#define SORTED(sorting, v, p, first, w, q, n) do { \
    for (int64_t place = 0; place < (n); ++place) (p)[(first) + place] = place; \
    sorting((v) + (first), (p) + (first), w, q, n); } while (0)
#define SORT(v, p, first, w, q, n) SORTED(merge_sort, v, p, first, w, q, n)
#define SORT_INTS(v, p, first, w, q, n) SORTED(merge_sort_ints, v, p, first, w, q, n)

#define FIRST_NOT_BELOW(T, name, BEFORE) static inline int64_t name(const T *v, int64_t n, T x) { \
    int64_t low = 0; \
    while (low < n) { int64_t middle = low + (n - low) / 2; if (BEFORE(v[middle], x)) low = middle + 1; else n = middle; } \
    return low; }
#define FIRST_ABOVE(T, name, BEFORE) static inline int64_t name(const T *v, int64_t n, T x) { \
    int64_t low = 0; \
    while (low < n) { int64_t middle = low + (n - low) / 2; if (BEFORE(x, v[middle])) n = middle; else low = middle + 1; } \
    return low; }
FIRST_NOT_BELOW(double, first_not_below, before) FIRST_NOT_BELOW(int64_t, first_not_below_int, LESS)
FIRST_ABOVE(double, first_above, before) FIRST_ABOVE(int64_t, first_above_int, LESS)

/* On the line between the points beside x: NumPy's way, which keeps to the points where slopes are no numbers. */
static double interpolated(double x, const double *xp, const double *fp, int64_t n, double left, double right) {
    if (x != x) return n == 1 ? fp[0] : x;
    const int64_t k = first_above(xp, n, x) - 1;
    if (k < 0) return left;
    if (k == n - 1) return xp[k] == x ? fp[k] : right;
    if (xp[k] == x) return fp[k];
    const double slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k]);
    double y = slope * (x - xp[k]) + fp[k];
    if (y != y) y = slope * (x - xp[k + 1]) + fp[k + 1];
    return y != y && fp[k] == fp[k + 1] ? fp[k] : y;
}

/* A product of matrices by BLAS: large ones whose rows or columns lie one after the other; 0: not done. */
typedef void (*blas)();
static inline int multiplied(blas gemm, const void *one, const void *zero, const void *a, int64_t a0, int64_t a1,
                             const void *b, int64_t b0, int64_t b1, void *out, int64_t n, int64_t m, int64_t k) {
    if (!gemm || n * m * k < 4096 || n * m * k == 0) return 0;
    if (n > 1000000000 || m > 1000000000 || k > 1000000000) return 0;
    int a_rows = a1 == 1 && a0 >= k, a_columns = a0 == 1 && a1 >= n;
    int b_rows = b1 == 1 && b0 >= m, b_columns = b0 == 1 && b1 >= k;
    if (!(a_rows || a_columns) || !(b_rows || b_columns)) return 0;
    int lda = (int)(a_rows ? a0 : a1), ldb = (int)(b_rows ? b0 : b1), ldc = (int)m;
    int rows = (int)m, columns = (int)n, inner = (int)k; /* BLAS has columns: out' = b' a' */
    gemm(b_rows ? "N" : "T", a_rows ? "N" : "T", &rows, &columns, &inner, one, b, &ldb, a, &lda, zero, out, &ldc);
    return 1;
}
static inline int product(call *c, const double *a, int64_t a0, int64_t a1, const double *b, int64_t b0, int64_t b1,
                          double *out, int64_t n, int64_t m, int64_t k) {
    const double one = 1.0, zero = 0.0;
    return multiplied((blas)c->gemm, &one, &zero, a, a0, a1, b, b0, b1, out, n, m, k);
}
/* Of complex numbers, by the function that the kernel was given as its `which`-th. */
static inline int product_z(call *c, int which, const void *a, int64_t a0, int64_t a1, const void *b, int64_t b0, int64_t b1,
                            void *out, int64_t n, int64_t m, int64_t k) {
    const double one[2] = {1.0, 0.0}, zero[2] = {0.0, 0.0};
    blas gemm;
    memcpy(&gemm, &c->linked[which], sizeof gemm); /* ISO C has no cast from what points to data */
    return multiplied(gemm, one, zero, a, a0, a1, b, b0, b1, out, n, m, k);
}

/* ---- what comes in and what goes out */

#define TAKE_SCALAR(x, k, field, T) const T x = (T)in[k].field
#define TAKE_ARRAY(p, k, T) T *const p = (T *)in[k].a.data
#define TAKE_LENGTH(n, k, j) const int64_t n = in[k].a.length[j]
#define TAKE_LIST(b, k) block *b = in[k].l
#define GIVE_LIST(k, b) out[k].l = (b)
#define GIVE_SCALAR(k, field, x) out[k].field = (x)
#define GIVE_ARRAY(k, b, rank, ...) do { \
    const int64_t given[] = { 0, ##__VA_ARGS__ }; \
    out[k].a.block = (b); \
    memcpy(out[k].a.length, given + 1, 8 * (rank)); } while (0)
