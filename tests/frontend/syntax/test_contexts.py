"""Context managers: stacks of them, as decorators, and those that look at the exception."""

from contextlib import ContextDecorator, ExitStack, closing, contextmanager, nullcontext

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([2.0, 1.5])
programs = Programs()


class Res:
    def __init__(self, log, s):
        self.log = log
        self.s = s

    def __enter__(self):
        self.log.append(self.s)
        return self.s * 2

    def __exit__(self, *a):
        self.log.append(-self.s * self.s)
        return False


STATE = {"s": 2.0}


@contextmanager
def scaled(k):
    old = STATE["s"]
    STATE["s"] = old * k
    try:
        yield STATE
    finally:
        STATE["s"] = old


@scaled(3.0)
def module_f(v):
    return v * STATE["s"]


@programs(X)
def exitstack1(x):
    log = []
    with ExitStack() as stack:
        a = stack.enter_context(Res(log, x[0]))
        b = stack.enter_context(Res(log, x[1]))
        y = a * b
    return y + sum(l * (i + 1) for i, l in enumerate(log))


@programs(X)
def exitstack_callback(x):
    out = []
    with ExitStack() as stack:
        stack.callback(out.append, x[0] ** 2)
        stack.callback(lambda v: out.append(v * x[1]), x[0])
        out.append(x[1])
    return sum(o * (k + 1) for k, o in enumerate(out))


@programs(X)
def exitstack_loop(x):
    log = []
    with ExitStack() as stack:
        hs = [stack.enter_context(Res(log, xi)) for xi in x]
        t = sum(h**2 for h in hs)
    return t + sum(l * (i + 1) for i, l in enumerate(log))


@programs(X)
def exit_exc(x):
    log = []
    try:
        with ExitStack() as st:
            a = st.enter_context(Res(log, x[0]))
            if x[1] > 0:
                raise ValueError
            a = a * 3
    except ValueError:
        pass
    return sum(l * (i + 1) for i, l in enumerate(log))


@programs(X)
def exit_pop(x):
    log = []
    with ExitStack() as st:
        a = st.enter_context(Res(log, x[0]))
        keep = st.pop_all()
    n = len(log)
    y = a * x[1]
    keep.close()
    return y + log[-1] * n + log[-1]


@programs(X)
def exit_push(x):
    log = []
    with ExitStack() as st:
        st.push(lambda *e: log.append(x[0] ** 2))
        y = x[1]
    return y * log[0]


@programs(X)
def module_decorated(x):
    return module_f(x[0]) * module_f(x[1]) + STATE["s"] * x[0]


@programs(X)
def cdeco(x):
    log = []

    class T(ContextDecorator):
        def __enter__(self):
            log.append(x[0])
            return self

        def __exit__(self, *a):
            log.append(x[1])

    @T()
    def f(v):
        return v * log[0]

    return f(x[1]) + log[0] * log[1]


@programs(X)
def es_gen(x):
    log = []

    @contextmanager
    def cm(v):
        log.append(v)
        try:
            yield v * 2
        finally:
            log.append(v**2)

    with ExitStack() as st:
        a = st.enter_context(cm(x[0]))
        b = st.enter_context(cm(x[1]))
        y = a * b
    return y + sum(l * (k + 1) for k, l in enumerate(log))


@programs(X)
def es_gen_suppress(x):
    @contextmanager
    def cm(v):
        try:
            yield v * 2
        except ValueError:
            pass

    y = x[0]
    with ExitStack() as st:
        a = st.enter_context(cm(x[0]))
        y = a * x[1]
        if y > 1.0:
            raise ValueError
        y = y * 100
    return y


@programs(X)
def es_closing(x):
    class C:
        def __init__(self):
            self.v = x[0]

        def close(self):
            self.v = x[1]

    c = C()
    with ExitStack() as st:
        d = st.enter_context(closing(c))
        e = st.enter_context(nullcontext(x[1]))
        y = d.v**2 * e
    return y * c.v


@programs(X)
def es_manual(x):
    log = []
    st = ExitStack()
    st.callback(log.append, x[0])
    y = x[1] ** 2
    st.close()
    return y * log[0]


@programs(X)
def es_run_exc(x):
    log = []
    y = x[1]
    try:
        with ExitStack() as st:
            st.callback(log.append, x[0])
            if x[1] > 1.0:
                raise KeyError(x[1])
            y = y * 2
    except KeyError as e:
        y = y * e.args[0]
    return y * log[0]


@programs(X)
def exit_looks(x):
    class T:
        def __enter__(self):
            return self

        def __exit__(self, t, e, tb):
            self.ok = t is None

    y = x[0]
    try:
        with T() as t:
            if x[1] > 0:
                raise ValueError
            y = x[0] ** 2
    except ValueError:
        pass
    return y * 2 if t.ok else y * 3


@contextmanager
def scaled_in(state, k):
    old = state["s"]
    state["s"] = old * k
    try:
        yield state
    finally:
        state["s"] = old


@programs(X)
def cm_decorator(x):
    state = {"s": x[0]}

    @scaled_in(state, 3.0)
    def f(v):
        return v * state["s"]

    return f(x[1]) + f(x[1] ** 2) * state["s"]


@programs(X)
def cm_decorator_method(x):
    state = {"s": x[0]}
    deco = scaled_in(state, 3.0)
    g = deco(lambda v: v * state["s"])
    return g(x[1]) * state["s"]


@programs(X)
def raised_through_a_stack(x):
    log = []

    @contextmanager
    def cm(v):
        log.append(v)
        yield v * 2
        log.append(v * 3)

    y = 0.0
    try:
        with ExitStack() as st:
            y = st.enter_context(cm(x[0]))
            if x[1] > 0.1:
                raise KeyError
    except KeyError:
        y = y * 2
    return y + sum(log)


@programs(X)
def raised_again_by_an_exit(x):
    class Again:
        def __enter__(self):
            return x[0]

        def __exit__(self, kind, error, trace):
            if error is not None:
                raise error

    try:
        with Again() as y:
            if x[1] > 0.1:
                raise KeyError(x[1])
    except KeyError as e:
        y = y * e.args[0]
    return y


@programs(X)
def raised_by_an_exit(x):
    class Checked:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            if self.y > 1.0:
                raise ValueError(self.y**2)

    y = x[0]
    try:
        with Checked() as c:
            c.y = x[0] * x[1]
        y = y * 100
    except ValueError as e:
        y = y * e.args[0]
    return y


@programs(X)
def dealt_with_by_the_second_of_a_stack(x):
    log = []

    class Picky:
        def __init__(self, v):
            self.v = v

        def __enter__(self):
            return self.v

        def __exit__(self, kind, error, trace):
            log.append(self.v if kind is None else self.v * 10)
            return kind is not None and issubclass(kind, KeyError)

    y = x[0]
    with ExitStack() as st:
        a, b = (st.enter_context(Picky(v)) for v in (x[0], x[1]))
        if x[0] > 0.1:
            raise KeyError
        y = a * b
    return y + sum(v * (k + 1) for k, v in enumerate(log))


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
