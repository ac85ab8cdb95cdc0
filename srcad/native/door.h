/* Doors: what a call of a derivative goes through. Guards are checked one after the other, the kernel is called with what
they have found, and its results are put together. Where anything isn't so, the door of Python behind it is asked.

door(otherwise, kernel, count, places, symbols, tests, inputs, output, kept) -> a callable. A test is a tuple of
(operation, place, axis, symbol, number, object, key, sum); a place holds what is found at a path: first come arguments. A sum
of products of symbols is a tuple of ints: the number, then for each product its factor, how many symbols, and these.
inputs: the place of each argument of the kernel. output: steps of a machine with a stack, tuples of (step, number, object). */

enum test_op { GLOBAL, CELL, FIXED, ATTRIBUTE, ITEM, TYPE, RANGE, ARRAY, CONTIGUOUS, FORTRAN, WRITEABLE, STRIDES, IS, SAME,
               EQUALS, LENGTH_IS, KEYS, OWN_CODE, CODE, DEFAULTS, KEYWORD_DEFAULTS, NAME, NO_NAME, SYMBOL, SOLVED, FITS, HOLDS,
               IS_ZERO };
static const char *const TESTS[] = {
    "global", "cell", "fixed", "attribute", "item", "type", "range", "array", "contiguous", "fortran", "writeable", "strides",
    "is", "same", "equals", "length", "keys", "own code", "code", "defaults", "keyword defaults", "name", "no name", "symbol",
    "solved", "fits", "holds", "zero", NULL};

enum step_op { RESULT, ARGUMENT, CONSTANT, TUPLE, LIST, DICT };
static const char *const STEPS[] = {"result", "argument", "constant", "tuple", "list", "dict", NULL};

#define MOST_PLACES 128
#define MOST_SYMBOLS 32

typedef struct { int op, place, axis, symbol; long long number; PyObject *object, *key; int64_t *sum; int parts; } test;
typedef struct { int op; Py_ssize_t number; PyObject *object; } step;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *otherwise, *kernel, *kept;
    plan *plan;
    int count, places, tests, steps;
    test *test;
    step *step;
    int inputs[MOST];
} door;

static int named_by(const char *name, const char *const *names) {
    for (int k = 0; names[k]; ++k)
        if (!strcmp(name, names[k])) return k;
    PyErr_Format(PyExc_ValueError, "there is no %s in a door", name);
    return -1;
}

/* ---- what is found: places own references to what they have fetched */

typedef struct {
    PyObject *place[MOST_PLACES], *fetched[MOST_PLACES];
    int64_t symbol[MOST_SYMBOLS];
    int count;
} found;

static int put(found *f, int place, PyObject *owned) {
    if (!owned) return 0;
    f->fetched[f->count++] = owned;
    f->place[place] = owned;
    return 1;
}

static int sum_of(const test *t, const found *f, int64_t *total) {
    *total = t->sum[0];
    for (int k = 1; k < t->parts;) {
        int64_t product = t->sum[k], n = t->sum[k + 1];
        k += 2;
        for (int64_t j = 0; j < n; ++j)
            if (__builtin_mul_overflow(product, f->symbol[t->sum[k++]], &product)) return 0;
        if (__builtin_add_overflow(*total, product, total)) return 0;
    }
    return 1;
}

/* The length of an axis, or with axis -1 an int. */
static int length_at(const test *t, const found *f, int64_t *length) {
    PyObject *at = f->place[t->place];
    if (t->axis >= 0) {
        *length = PyArray_DIM((PyArrayObject *)at, t->axis);
        return 1;
    }
    int beyond = 0;
    *length = PyLong_AsLongLongAndOverflow(at, &beyond);
    return !beyond && !(*length == -1 && PyErr_Occurred());
}

static int is_array(const test *t, PyObject *at) {
    if (Py_TYPE(at) != &PyArray_Type || PyArray_NDIM((PyArrayObject *)at) != t->number) return 0;
    PyObject *dtype = (PyObject *)PyArray_DESCR((PyArrayObject *)at);
    return dtype == t->object || PyObject_RichCompareBool(dtype, t->object, Py_EQ) == 1;
}

static int has_strides(const test *t, PyObject *at) {
    for (int k = 0; k < t->parts; ++k)
        if (PyArray_STRIDE((PyArrayObject *)at, k) != t->sum[k]) return 0;
    return 1;
}

static int has_keys(const test *t, PyObject *at) {
    Py_ssize_t position = 0, k = 0;
    PyObject *key, *value;
    if (PyDict_GET_SIZE(at) != PyTuple_GET_SIZE(t->object)) return 0;
    while (PyDict_Next(at, &position, &key, &value)) {
        PyObject *wanted = PyTuple_GET_ITEM(t->object, k++);
        if (key != wanted && PyObject_RichCompareBool(key, wanted, Py_EQ) != 1) return 0;
    }
    return 1;
}

static int has_code(PyObject *reference, PyObject *code) {
#if PY_VERSION_HEX < 0x030D0000
    PyObject *function = Py_XNewRef(PyWeakref_GetObject(reference));
#else
    PyObject *function;
    if (PyWeakref_GetRef(reference, &function) < 0) return 0;
#endif
    int same = function && PyFunction_Check(function) && PyFunction_GET_CODE(function) == code;
    Py_XDECREF(function);
    return same;
}

static int has_name(PyObject *names, PyObject *key, PyObject *wanted) {
    PyObject *at = PyObject_GetItem(names, key);
    if (!at && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Clear();
    int same = at == wanted && !PyErr_Occurred();
    Py_XDECREF(at);
    return same;
}

static int fits(const test *t, found *f) {
    int64_t length, sum;
    switch (t->op) {
    case SYMBOL:
        if (!length_at(t, f, &length) || length < t->number) return 0;
        f->symbol[t->symbol] = length;
        return 1;
    case SOLVED:
        if (!length_at(t, f, &length) || !sum_of(t, f, &sum) || __builtin_sub_overflow(length, sum, &length)) return 0;
        f->symbol[t->symbol] = int_floor_divide(length, t->number);
        return 1;
    case FITS: return length_at(t, f, &length) && sum_of(t, f, &sum) && length == sum;
    case HOLDS: return sum_of(t, f, &sum) && sum >= 0;
    }
    return sum_of(t, f, &sum) && sum == 0;
}

static int holds(const test *t, found *f) {
    PyObject *at = f->place[t->place], *got;
    switch (t->op) {
    case GLOBAL:
        got = PyDict_GetItemWithError(t->object, t->key);
        return put(f, t->place, Py_XNewRef(got));
    case CELL: return put(f, t->place, Py_XNewRef(PyCell_GET(t->object)));
    case FIXED: return put(f, t->place, Py_NewRef(t->object));
    case ATTRIBUTE: return put(f, t->place, PyObject_GetAttr(f->place[t->symbol], t->key));
    case ITEM: return put(f, t->place, PyObject_GetItem(f->place[t->symbol], t->key));
    case TYPE: return (PyObject *)Py_TYPE(at) == t->object;
    case RANGE: {
        int64_t n;
        return length_at(t, f, &n) && (t->number > 62 || (n >= -((int64_t)1 << t->number) && n < (int64_t)1 << t->number));
    }
    case ARRAY: return is_array(t, at);
    case CONTIGUOUS: return PyArray_CHKFLAGS((PyArrayObject *)at, NPY_ARRAY_C_CONTIGUOUS);
    case FORTRAN: return PyArray_IS_F_CONTIGUOUS((PyArrayObject *)at) && !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)at);
    case WRITEABLE: return PyArray_ISWRITEABLE((PyArrayObject *)at) == (t->number != 0);
    case STRIDES: return has_strides(t, at);
    case IS: return at == t->object;
    case SAME: return at == f->place[t->symbol];
    case EQUALS: return PyObject_RichCompareBool(at, t->object, Py_EQ) == 1;
    case LENGTH_IS: return PyObject_Size(at) == t->number;
    case KEYS: return has_keys(t, at);
    case OWN_CODE: return has_code(t->object, t->key);
    case CODE: return PyFunction_Check(t->object) && PyFunction_GET_CODE(t->object) == t->key;
    case DEFAULTS: return PyFunction_Check(t->object) && PyFunction_GET_DEFAULTS(t->object) == t->key;
    case KEYWORD_DEFAULTS: return PyFunction_Check(t->object) && PyFunction_GET_KW_DEFAULTS(t->object) == t->key;
    case NAME: return has_name(PyTuple_GET_ITEM(t->object, 0), t->key, PyTuple_GET_ITEM(t->object, 1));
    case NO_NAME: return has_name(t->object, t->key, NULL);
    }
    return fits(t, f);
}

/* ---- results */

static PyObject *container(int op, PyObject **items, Py_ssize_t n, PyObject *keys) {
    PyObject *made = op == TUPLE ? PyTuple_New(n) : op == LIST ? PyList_New(n) : PyDict_New();
    for (Py_ssize_t k = 0; k < n; ++k) {
        if (made && op == TUPLE) PyTuple_SET_ITEM(made, k, items[k]);
        else if (made && op == LIST) PyList_SET_ITEM(made, k, items[k]);
        else {
            if (made && PyDict_SetItem(made, PyTuple_GET_ITEM(keys, k), items[k]) < 0) Py_CLEAR(made);
            Py_DECREF(items[k]);
        }
    }
    return made;
}

/* What the steps make of the kernel's results, whose references go into it. */
static PyObject *put_together(const door *d, const found *f, PyObject **results) {
    PyObject *stack[MOST_PLACES];
    int top = 0;
    for (int k = 0; k < d->steps; ++k) {
        const step *s = d->step + k;
        switch (s->op) {
        case RESULT: stack[top++] = Py_NewRef(results[s->number]); break;
        case ARGUMENT: stack[top++] = Py_NewRef(f->place[s->number]); break;
        case CONSTANT: stack[top++] = Py_NewRef(s->object); break;
        default:
            top -= (int)s->number;
            stack[top] = container(s->op, stack + top, s->number, s->object);
            if (!stack[top++]) { while (--top) Py_XDECREF(stack[top - 1]); return NULL; }
        }
    }
    return stack[0];
}

/* ---- the call */

static int entered(const door *d, found *f, PyObject *const *args) {
    for (int k = 0; k < d->count; ++k) f->place[k] = args[k];
    for (int k = 0; k < d->tests; ++k)
        if (!holds(d->test + k, f)) return 0;
    return 1;
}

/* The result; NULL without an exception where the door of Python is to be asked. */
static PyObject *gone_through(const door *d, found *f) {
    PyObject *args[MOST], *results[MOST], *made = NULL;
    for (int k = 0; k < d->plan->inputs; ++k) args[k] = f->place[d->inputs[k]];
    if (run_plan(d->plan, args, results)) {
        made = put_together(d, f, results);
        for (int k = 0; k < d->plan->outputs; ++k) Py_DECREF(results[k]);
    }
    return made;
}

/* The result of a call with as many arguments; NULL where there is none, and no exception but one that ends all. */
static PyObject *attempted(door *d, PyObject *const *args) {
    found f;
    f.count = 0;
    PyObject *made = entered(d, &f, args) ? gone_through(d, &f) : NULL;
    while (f.count) Py_DECREF(f.fetched[--f.count]);
    if (!made && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_Exception)) PyErr_Clear();
    return made;
}

static PyObject *through(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    door *d = (door *)self;
    if (PyVectorcall_NARGS(flags) == d->count && !names) {
        PyObject *made = attempted(d, args);
        if (made || PyErr_Occurred()) return made;
    }
    return PyObject_Vectorcall(d->otherwise, args, flags, names);
}

/* ---- making one */

static int64_t *numbers_of(PyObject *tuple) {
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    int64_t *made = PyMem_Calloc((size_t)n + 1, sizeof(int64_t));
    for (Py_ssize_t k = 0; made && k < n; ++k) made[k] = PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, k));
    if (made && PyErr_Occurred()) { PyMem_Free(made); return NULL; }
    return made;
}

static int read_test(PyObject *tuple, test *t) {
    const char *name;
    PyObject *sum;
    if (!PyArg_ParseTuple(tuple, "siiiLOOO!", &name, &t->place, &t->axis, &t->symbol, &t->number, &t->object, &t->key,
                          &PyTuple_Type, &sum)) return 0;
    t->op = named_by(name, TESTS);
    t->parts = (int)PyTuple_GET_SIZE(sum);
    t->sum = numbers_of(sum);
    return t->op >= 0 && t->sum;
}

static int read_step(PyObject *tuple, step *s) {
    const char *name;
    if (!PyArg_ParseTuple(tuple, "snO", &name, &s->number, &s->object)) return 0;
    s->op = named_by(name, STEPS);
    return s->op >= 0;
}

static void free_door(PyObject *self) {
    door *d = (door *)self;
    PyObject_GC_UnTrack(self);
    for (int k = 0; d->test && k < d->tests; ++k) PyMem_Free(d->test[k].sum);
    PyMem_Free(d->test);
    PyMem_Free(d->step);
    Py_XDECREF(d->otherwise);
    Py_XDECREF(d->kernel);
    Py_XDECREF(d->kept);
    PyObject_GC_Del(self);
}

static int visit_door(PyObject *self, visitproc visit, void *arg) {
    door *d = (door *)self;
    Py_VISIT(d->otherwise);
    Py_VISIT(d->kernel);
    Py_VISIT(d->kept);
    return 0;
}

/* In a circle that nobody reaches: what it has kept goes, and so do its tests, which are made of that. */
static int clear_door(PyObject *self) {
    door *d = (door *)self;
    d->count = -1;
    Py_CLEAR(d->kept);
    return 0;
}

static PyTypeObject DOOR = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "srcad_caller.door",
    .tp_basicsize = sizeof(door),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(door, call),
    .tp_call = PyVectorcall_Call,
    .tp_dealloc = free_door,
    .tp_traverse = visit_door,
    .tp_clear = clear_door,
};

static int furnished(door *d, PyObject *tests, PyObject *inputs, PyObject *output) {
    Py_ssize_t n = PyTuple_GET_SIZE(tests), m = PyTuple_GET_SIZE(output);
    d->test = PyMem_Calloc((size_t)n + 1, sizeof(test));
    d->step = PyMem_Calloc((size_t)m + 1, sizeof(step));
    if (!d->test || !d->step) { PyErr_NoMemory(); return 0; }
    for (; d->tests < n; ++d->tests)
        if (!read_test(PyTuple_GET_ITEM(tests, d->tests), d->test + d->tests)) return 0;
    for (; d->steps < m; ++d->steps)
        if (!read_step(PyTuple_GET_ITEM(output, d->steps), d->step + d->steps)) return 0;
    if (PyTuple_GET_SIZE(inputs) != d->plan->inputs) { PyErr_SetString(PyExc_ValueError, "not as many as the kernel takes"); return 0; }
    for (int k = 0; k < d->plan->inputs; ++k) d->inputs[k] = (int)PyLong_AsLong(PyTuple_GET_ITEM(inputs, k));
    return !PyErr_Occurred();
}

static PyObject *make_door(PyObject *module, PyObject *args) {
    PyObject *otherwise, *kernel, *tests, *inputs, *output;
    int count, places, symbols;
    if (!PyArg_ParseTuple(args, "OOiiiO!O!O!", &otherwise, &kernel, &count, &places, &symbols, &PyTuple_Type, &tests,
                          &PyTuple_Type, &inputs, &PyTuple_Type, &output)) return NULL;
    plan *p = PyCFunction_Check(kernel) ? PyCapsule_GetPointer(PyCFunction_GET_SELF(kernel), PLAN) : NULL;
    if (!p || places > MOST_PLACES || symbols > MOST_SYMBOLS || PyTuple_GET_SIZE(output) > MOST_PLACES) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "not what a door takes");
        return NULL;
    }
    door *d = PyObject_GC_New(door, &DOOR);
    if (!d) return NULL;
    memset((char *)d + sizeof(PyObject), 0, sizeof(door) - sizeof(PyObject));
    d->call = through;
    d->otherwise = Py_NewRef(otherwise);
    d->kernel = Py_NewRef(kernel);
    d->kept = Py_NewRef(args);
    d->plan = p;
    d->count = count;
    int good = furnished(d, tests, inputs, output);
    PyObject_GC_Track((PyObject *)d);
    if (!good) { Py_DECREF(d); return NULL; }
    return (PyObject *)d;
}

/* ---- how objects that have doors are called

hall(otherwise, name) -> what stands for `__call__` in a class. Objects have their door under this name, and a call goes
straight through it. All else is left to `otherwise`, the `__call__` of Python. */

typedef struct { PyObject_HEAD vectorcallfunc call; PyObject *otherwise, *name; } hall;

static PyObject *via_hall(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    hall *h = (hall *)self;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (count && !names) {
        PyObject *made = NULL, *enter = PyObject_GetAttr(args[0], h->name);
        if (enter && Py_TYPE(enter) == &DOOR && ((door *)enter)->count == count - 1) made = attempted((door *)enter, args + 1);
        Py_XDECREF(enter);
        if (made || PyErr_Occurred()) return made;
    }
    return PyObject_Vectorcall(h->otherwise, args, flags, names);
}

static PyObject *bound_hall(PyObject *self, PyObject *object, PyObject *type) {
    return object ? PyMethod_New(self, object) : Py_NewRef(self);
}

static PyObject *hall_attribute(PyObject *self, PyObject *name) {
    PyObject *found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
    return PyObject_GetAttr(((hall *)self)->otherwise, name); /* its name, its documentation, its signature */
}

static PyTypeObject HALL = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "srcad_caller.hall",
    .tp_basicsize = sizeof(hall),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(hall, call),
    .tp_call = PyVectorcall_Call,
    .tp_descr_get = bound_hall,
    .tp_getattro = hall_attribute,
};

/* It lives as long as the class, which is for ever. */
static PyObject *make_hall(PyObject *module, PyObject *args) {
    PyObject *otherwise, *name;
    if (!PyArg_ParseTuple(args, "OU", &otherwise, &name)) return NULL;
    hall *h = PyObject_New(hall, &HALL);
    if (!h) return NULL;
    h->call = via_hall;
    h->otherwise = Py_NewRef(otherwise);
    h->name = Py_NewRef(name);
    return (PyObject *)h;
}
