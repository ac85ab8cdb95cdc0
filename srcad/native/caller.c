/* Calls kernels from Python: arguments to C and back, with the pool that a kernel works in.

make(address, inputs, outputs, gemm, released, linked) -> a function. Inputs and outputs are tuples of (kind, dtype number, rank):
kind is one of "d", "f", "i", "z" (a number, in this field of the union), "a" (an array); of outputs also "F", "I", "B", "Z"
(Python's float, int, bool, complex), and small letters then are NumPy's scalars; "l" is a list, and what its elements are comes fourth. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#define NPY_NO_DEPRECATED_API NPY_1_19_API_VERSION
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>
#include <stdatomic.h>
#include <stddef.h>
#include "support.h"

#define MOST 64
#define TICKS 100000

typedef struct slot slot;
struct slot { char kind; int dtype; int rank; slot *items; };
typedef int (*kernel)(call *, const value *, value *);
typedef struct {
    kernel run;
    void *gemm;
    void **linked;
    int inputs, outputs, released;
    slot *in, *out;
} plan;

static const char *PLAN = "srcad.plan";

/* ---- blocks: what a call leaves, and what arrays are made of, serves later calls, as fresh pages cost more than
their use. At most KEPT bytes are kept. Kernels run side by side, so a lock guards them. */

#define KEPT ((int64_t)1 << 26)

static struct { atomic_flag lock; int64_t bytes; block *free[CLASSES]; } kept = {ATOMIC_FLAG_INIT, 0, {NULL}};

static void locked(void) { while (atomic_flag_test_and_set_explicit(&kept.lock, memory_order_acquire)) {} }
static void unlocked(void) { atomic_flag_clear_explicit(&kept.lock, memory_order_release); }

static block *fresh_block(int32_t class) {
    locked();
    block *b = kept.free[class];
    if (b) {
        kept.free[class] = b->free;
        kept.bytes -= (int64_t)1 << class;
    }
    unlocked();
    return b ? b : made_block(class);
}

/* With the lock: a block that nobody has any more. */
static void keep_block(block *b) {
    int64_t bytes = (int64_t)1 << b->class;
    if (bytes > KEPT - kept.bytes) { free(b); return; }
    kept.bytes += bytes;
    b->free = kept.free[b->class];
    kept.free[b->class] = b;
}

static void free_block(PyObject *capsule) {
    locked();
    keep_block(PyCapsule_GetPointer(capsule, NULL));
    unlocked();
}

static void unlinked(call *c, block *b) {
    if (b->last) b->last->next = b->next; else c->blocks = b->next;
    if (b->next) b->next->last = b->last;
}

static void emptied(call *c) {
    if (!c->blocks) return;
    locked();
    for (block *b = c->blocks; b;) {
        block *next = b->next;
        keep_block(b);
        b = next;
    }
    unlocked();
}

static int interrupted(call *c) {
    PyThreadState **state = c->state;
    c->ticks = TICKS;
    if (*state) PyEval_RestoreThread(*state);
    int stop = PyErr_CheckSignals() != 0;
    if (*state) *state = PyEval_SaveThread();
    return stop;
}

/* ---- arguments and results */

/* A number as its dtype has it. */
static void narrowed(const slot *s, const value *v, char *data, int bytes) {
    switch (s->dtype) {
    case NPY_DOUBLE: memcpy(data, &v->d, 8); return;
    case NPY_FLOAT: memcpy(data, &v->f, 4); return;
    case NPY_CDOUBLE: memcpy(data, &v->z, 16); return;
    case NPY_CFLOAT: { float _Complex z = (float _Complex)v->z; memcpy(data, &z, 8); return; }
    }
    switch (bytes) {
    case 1: { int8_t n = (int8_t)v->i; memcpy(data, &n, 1); return; }
    case 2: { int16_t n = (int16_t)v->i; memcpy(data, &n, 2); return; }
    case 4: { int32_t n = (int32_t)v->i; memcpy(data, &n, 4); return; }
    }
    memcpy(data, &v->i, 8);
}

/* The other way round. */
static void widened(const slot *s, value *v, const char *data, int bytes) {
    switch (s->dtype) {
    case NPY_DOUBLE: memcpy(&v->d, data, 8); return;
    case NPY_FLOAT: memcpy(&v->f, data, 4); return;
    case NPY_CDOUBLE: memcpy(&v->z, data, 16); return;
    case NPY_CFLOAT: { float _Complex z; memcpy(&z, data, 8); v->z = z; return; }
    case NPY_BOOL: case NPY_UINT8: v->i = *(const uint8_t *)data; return;
    case NPY_UINT16: { uint16_t n; memcpy(&n, data, 2); v->i = n; return; }
    case NPY_UINT32: { uint32_t n; memcpy(&n, data, 4); v->i = n; return; }
    }
    switch (bytes) {
    case 1: v->i = *(const int8_t *)data; return;
    case 2: { int16_t n; memcpy(&n, data, 2); v->i = n; return; }
    case 4: { int32_t n; memcpy(&n, data, 4); v->i = n; return; }
    }
    memcpy(&v->i, data, 8);
}

static int taken_list(call *c, const slot *s, PyObject *object, block **made);

/* None stands for what the run has given no value, and nobody reads. */
static int taken(call *c, const slot *s, PyObject *object, value *v, PyObject **held) {
    if (object == Py_None) {
        memset(v, 0, sizeof *v);
        return 1;
    }
    switch (s->kind) {
    case 'd':
        v->d = PyFloat_AsDouble(object);
        return !(v->d == -1.0 && PyErr_Occurred());
    case 'f':
        v->f = (float)PyFloat_AsDouble(object);
        return !(v->f == -1.0f && PyErr_Occurred());
    case 'i':
        if (PyLong_Check(object)) v->i = PyLong_AsLongLong(object);
        else {
            PyObject *number = PyNumber_Long(object);
            if (!number) return 0;
            v->i = PyLong_AsLongLong(number);
            Py_DECREF(number);
        }
        return !(v->i == -1 && PyErr_Occurred());
    case 'z': {
        Py_complex z = PyComplex_AsCComplex(object);
        memcpy(&v->z, &z, 16);
        return !(z.real == -1.0 && PyErr_Occurred());
    }
    case 'l':
        return taken_list(c, s, object, &v->l);
    }
    PyArray_Descr *dtype = PyArray_DescrFromType(s->dtype);
    PyObject *array = PyArray_FromAny(object, dtype, s->rank, s->rank, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED, NULL);
    if (!array) return 0;
    *held = array;
    v->a.data = PyArray_DATA((PyArrayObject *)array);
    for (int k = 0; k < s->rank; ++k) v->a.length[k] = PyArray_DIM((PyArrayObject *)array, k);
    return 1;
}

/* An element of a list: a number as its dtype has it, or a block with the lengths of an array. None is nothing. */
static int taken_item(call *c, const slot *s, PyObject *object, char *place) {
    value v;
    PyObject *held = NULL;
    if (s->kind == 'a' || s->kind == 'l') memset(place, 0, (size_t)(8 + 8 * s->rank));
    if (object == Py_None) return 1;
    if (!taken(c, s, object, &v, &held)) return 0;
    if (s->kind == 'l') memcpy(place, &v.l, 8);
    else if (s->kind == 'a') {
        npy_intp bytes = PyArray_NBYTES((PyArrayObject *)held);
        block *b = new_block(c, bytes, 0);
        if (b) {
            memcpy(DATA_OF(b), v.a.data, (size_t)bytes);
            memcpy(place, &b, 8);
            memcpy(place + 8, v.a.length, (size_t)(8 * s->rank));
        } else PyErr_NoMemory();
        Py_DECREF(held);
        return b != NULL;
    } else {
        PyArray_Descr *dtype = PyArray_DescrFromType(s->dtype);
        narrowed(s, &v, place, (int)PyDataType_ELSIZE(dtype));
        Py_DECREF(dtype);
    }
    return 1;
}

static int64_t width_of(const slot *s) {
    if (s->kind == 'a') return 8 + 8 * s->rank;
    if (s->kind == 'l') return 8;
    PyArray_Descr *dtype = PyArray_DescrFromType(s->dtype);
    int64_t width = PyDataType_ELSIZE(dtype);
    Py_DECREF(dtype);
    return width;
}

static int taken_list(call *c, const slot *s, PyObject *object, block **made) {
    PyObject *items = PySequence_Fast(object, "a list was expected");
    if (!items) return 0;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items);
    int numbers = s->items->kind != 'a' && s->items->kind != 'l';
    block *l = new_list(c, numbers ? 1 : 2, width_of(s->items));
    if (!l || !grow(c, l, n)) { Py_DECREF(items); PyErr_NoMemory(); return 0; }
    for (Py_ssize_t k = 0; k < n; ++k) {
        if (!taken_item(c, s->items, PySequence_Fast_GET_ITEM(items, k), ITEM(l, k))) { Py_DECREF(items); return 0; }
        l->length = k + 1;
    }
    Py_DECREF(items);
    *made = l;
    return 1;
}

static PyObject *array_of(const slot *s, value *v, call *c) {
    npy_intp length[MAX_RANK];
    npy_intp size = 1;
    for (int k = 0; k < s->rank; ++k) size *= length[k] = v->a.length[k];
    block *b = v->a.block;
    PyArray_Descr *dtype = PyArray_DescrFromType(s->dtype);
    npy_intp bytes = size * PyDataType_ELSIZE(dtype);
    if (bytes <= 4096 || !c) { /* without a call: the block has other owners, too */
        PyObject *array = PyArray_NewFromDescr(&PyArray_Type, dtype, s->rank, length, NULL, NULL, 0, NULL);
        if (array && bytes) memcpy(PyArray_DATA((PyArrayObject *)array), DATA_OF(b), (size_t)bytes);
        return array;
    }
    PyObject *array = PyArray_NewFromDescr(&PyArray_Type, dtype, s->rank, length, NULL, DATA_OF(b), NPY_ARRAY_CARRAY, NULL);
    if (!array) return NULL;
    PyObject *capsule = PyCapsule_New(b, NULL, free_block);
    if (!capsule) { Py_DECREF(array); return NULL; }
    unlinked(c, b);
    if (PyArray_SetBaseObject((PyArrayObject *)array, capsule) < 0) { Py_DECREF(array); return NULL; }
    return array;
}

static PyObject *scalar_of(const slot *s, value *v) {
    PyArray_Descr *dtype = PyArray_DescrFromType(s->dtype);
    char data[16];
    narrowed(s, v, data, (int)PyDataType_ELSIZE(dtype));
    PyObject *made = PyArray_Scalar(data, dtype, NULL);
    Py_DECREF(dtype);
    return made;
}

static PyObject *given(const slot *s, value *v, call *c);

static PyObject *list_of(const slot *s, block *l, call *c) {
    PyObject *list = PyList_New(l->length);
    for (int64_t k = 0; list && k < l->length; ++k) {
        value v;
        PyObject *one;
        const char *place = ITEM(l, k);
        const slot *items = s->items;
        if (items->kind == 'a' || items->kind == 'l') {
            block *b = *(block *const *)place;
            if (items->kind == 'l') v.l = b;
            else {
                v.a.block = b;
                memcpy(v.a.length, place + 8, (size_t)(8 * items->rank));
            }
            one = !b ? Py_NewRef(Py_None) : items->kind == 'l' ? list_of(items, b, c) : array_of(items, &v, NULL);
        } else {
            widened(items, &v, place, (int)l->width);
            one = given(items, &v, c);
        }
        if (one) PyList_SET_ITEM(list, k, one);
        else Py_CLEAR(list);
    }
    return list;
}

static PyObject *given(const slot *s, value *v, call *c) {
    if ((s->kind == 'l' && !v->l) || (s->kind == 'a' && !v->a.block)) return Py_NewRef(Py_None);
    switch (s->kind) {
    case 'F': return PyFloat_FromDouble(v->d);
    case 'I': return PyLong_FromLongLong(v->i);
    case 'B': return PyBool_FromLong(v->i != 0);
    case 'Z': { Py_complex z; memcpy(&z, &v->z, 16); return PyComplex_FromCComplex(z); }
    case 'a': return array_of(s, v, c);
    case 'l': return list_of(s, v->l, c);
    }
    return scalar_of(s, v);
}

static PyObject *failed(int how) {
    switch (how) {
    case MEMORY: return PyErr_NoMemory();
    case ZERO_DIVISION: PyErr_SetString(PyExc_ZeroDivisionError, "division by zero"); break;
    case INDEX: PyErr_SetString(PyExc_IndexError, "index out of range"); break;
    case VALUE: case SHAPE: PyErr_SetString(PyExc_ValueError, how == SHAPE ? "lengths don't fit" : "not a value for this"); break;
    case MATH: PyErr_SetString(PyExc_ArithmeticError, "math range or domain error"); break;
    case INTERRUPTED: break; /* the signal's exception is set */
    default: PyErr_SetString(PyExc_ArithmeticError, "arithmetic that only Python can do");
    }
    return NULL;
}

/* ---- the call */

/* The results of a kernel, each a new reference; 0 with an exception set. */
static int run_plan(const plan *p, PyObject *const *args, PyObject **results) {
    value in[MOST], out[MOST];
    PyObject *held[MOST];
    PyThreadState *state = NULL;
    int how = -1, taken_in = 0, given_out = 0;
    call c = {.ticks = TICKS, .depth = Py_GetRecursionLimit(), .fresh = fresh_block, .interrupted = interrupted,
              .gemm = p->gemm, .linked = p->linked, .state = &state};
    for (; taken_in < p->inputs; ++taken_in) {
        held[taken_in] = NULL;
        if (!taken(&c, p->in + taken_in, args[taken_in], in + taken_in, held + taken_in)) goto done;
    }
    if (p->released) state = PyEval_SaveThread();
    how = p->run(&c, in, out);
    if (state) PyEval_RestoreThread(state);
    if (how != DONE) { failed(how); goto done; }
    for (; given_out < p->outputs; ++given_out)
        if (!(results[given_out] = given(p->out + given_out, out + given_out, &c))) goto done;
done:
    emptied(&c);
    while (taken_in) Py_XDECREF(held[--taken_in]);
    if (given_out == p->outputs && how == DONE) return 1;
    while (given_out) Py_DECREF(results[--given_out]);
    return 0;
}

static PyObject *called(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    plan *p = PyCapsule_GetPointer(self, PLAN);
    if (!p) return NULL;
    if (count != p->inputs) {
        PyErr_Format(PyExc_TypeError, "a kernel of %d arguments was given %zd", p->inputs, count);
        return NULL;
    }
    PyObject *results[MOST];
    if (!run_plan(p, args, results)) return NULL;
    if (p->outputs == 1) return results[0];
    PyObject *made = PyTuple_New(p->outputs);
    for (int k = 0; k < p->outputs; ++k)
        if (made) PyTuple_SET_ITEM(made, k, results[k]);
        else Py_DECREF(results[k]);
    return made;
}

static PyMethodDef KERNEL = {"kernel", (PyCFunction)(void (*)(void))called, METH_FASTCALL, "A compiled part of a derivative."};

/* ---- making one */

static void free_slots(slot *slots, int n) {
    for (int k = 0; slots && k < n; ++k) free_slots(slots[k].items, 1);
    PyMem_Free(slots);
}

static void free_parts(plan *p) {
    free_slots(p->in, p->inputs);
    free_slots(p->out, p->outputs);
    PyMem_Free(p->linked);
    PyMem_Free(p);
}

static void free_plan(PyObject *capsule) {
    plan *p = PyCapsule_GetPointer(capsule, PLAN);
    if (p) free_parts(p);
}

static slot *slots_of(PyObject *tuple);

static int described(PyObject *tuple, slot *s) {
    const char *kind;
    PyObject *items = NULL;
    if (!PyArg_ParseTuple(tuple, "sii|O!", &kind, &s->dtype, &s->rank, &PyTuple_Type, &items)) return 0;
    s->kind = kind[0];
    s->items = items ? slots_of(items) : NULL;
    return !items || s->items;
}

static slot *slots_of(PyObject *tuple) {
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    slot *made = PyMem_Calloc((size_t)n + 1, sizeof(slot));
    if (!made) PyErr_NoMemory();
    for (Py_ssize_t k = 0; made && k < n; ++k)
        if (!described(PyTuple_GET_ITEM(tuple, k), made + k)) { free_slots(made, (int)n); return NULL; }
    return made;
}

/* The addresses of the functions that a kernel calls. */
static int linked_of(PyObject *tuple, plan *p) {
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    p->linked = PyMem_Calloc((size_t)n + 1, sizeof(void *));
    if (!p->linked) { PyErr_NoMemory(); return 0; }
    for (Py_ssize_t k = 0; k < n; ++k) p->linked[k] = PyLong_AsVoidPtr(PyTuple_GET_ITEM(tuple, k));
    return !PyErr_Occurred();
}

static PyObject *make(PyObject *module, PyObject *args) {
    unsigned long long address, gemm;
    PyObject *inputs, *outputs, *linked;
    int released;
    if (!PyArg_ParseTuple(args, "KO!O!KpO!", &address, &PyTuple_Type, &inputs, &PyTuple_Type, &outputs, &gemm, &released,
                          &PyTuple_Type, &linked)) return NULL;
    if (PyTuple_GET_SIZE(inputs) > MOST || PyTuple_GET_SIZE(outputs) > MOST) {
        PyErr_SetString(PyExc_ValueError, "too many arguments or results");
        return NULL;
    }
    plan *p = PyMem_Calloc(1, sizeof(plan));
    if (!p) return PyErr_NoMemory();
    p->run = (kernel)(uintptr_t)address;
    p->gemm = (void *)(uintptr_t)gemm;
    if (!linked_of(linked, p)) { free_parts(p); return NULL; }
    p->inputs = (int)PyTuple_GET_SIZE(inputs);
    p->outputs = (int)PyTuple_GET_SIZE(outputs);
    p->released = released;
    p->in = slots_of(inputs);
    p->out = p->in ? slots_of(outputs) : NULL;
    PyObject *capsule = p->out ? PyCapsule_New(p, PLAN, free_plan) : NULL;
    if (!capsule) { free_parts(p); return PyErr_Occurred() ? NULL : PyErr_NoMemory(); }
    PyObject *function = PyCFunction_New(&KERNEL, capsule);
    Py_DECREF(capsule);
    return function;
}

#include "door.h"

static PyMethodDef METHODS[] = {{"make", make, METH_VARARGS, "A function that calls a kernel."},
                                {"door", make_door, METH_VARARGS, "What a call goes through."},
                                {"hall", make_hall, METH_VARARGS, "What leads to doors."}, {NULL}};
static struct PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "srcad_caller", NULL, -1, METHODS};

PyMODINIT_FUNC PyInit_srcad_caller(void) {
    import_array();
    if (PyType_Ready(&DOOR) < 0 || PyType_Ready(&HALL) < 0) return NULL;
    return PyModule_Create(&MODULE);
}
