"""Generators in which exceptions are raised, handled and finalised between two items that are taken by themselves."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([2.0, 1.5])
programs = Programs()


@programs(X)
def gen_try_finally_next(x):
    log = []

    def g():
        try:
            yield x[0]
            yield x[1] * x[0]
        finally:
            log.append(x[1] ** 2)

    it = g()
    a = next(it)
    b = next(it)
    c = next(it, 5.0)
    return a * b * c + sum(log)


@programs(X)
def gen_try_finally_close(x):
    log = []

    def g():
        try:
            yield x[0]
            yield x[1] * x[0]
        finally:
            log.append(x[1] ** 2)

    it = g()
    a = next(it)
    it.close()
    return a + log[0]


@programs(X)
def gen_close_loop(x):
    def g():
        k = 0
        while True:
            yield x[0] ** k
            k += 1

    it = g()
    t = 0.0
    for v in it:
        t = t + v
        if t > 10:
            it.close()
    return t * x[1]


@programs(X)
def gen_throw(x):
    def g():
        s = x[0]
        while True:
            try:
                v = yield s
                s = s + v
            except ValueError:
                s = x[0] * x[1]

    it = g()
    next(it)
    it.send(x[1])
    a = it.throw(ValueError("reset"))
    b = it.send(x[1] ** 2)
    return a * b


@programs(X)
def gen_throw_value(x):
    class Reset(Exception):
        def __init__(self, value):
            self.value = value

    def g():
        s = x[0]
        while True:
            try:
                s = s * (yield s)
            except Reset as e:
                s = e.value

    it = g()
    next(it)
    it.send(x[1])
    a = it.throw(Reset(x[1] * 3))
    b = it.send(x[1] ** 2)
    return a * b


@programs(X)
def gen_throw_unhandled(x):
    def g():
        try:
            yield x[0]
            yield x[1]
        finally:
            pass

    it = g()
    a = next(it)
    try:
        it.throw(KeyError("k"))
    except KeyError:
        a = a * x[1]
    return a


@programs(X)
def stopiter_value(x):
    def g():
        a = yield x[0]
        return x[1] * x[0]

    it = g()
    a = next(it)
    try:
        next(it)
    except StopIteration as e:
        a = a + e.value
    return a


@programs(X)
def stopiter_value_send(x):
    def avg():
        total = 0.0
        n = 0
        while True:
            v = yield
            if v is None:
                break
            total += v
            n += 1
        return total / n

    it = avg()
    next(it)
    for v in x:
        it.send(v * v)
    try:
        it.send(None)
    except StopIteration as e:
        return e.value


@programs(X)
def while_true_next_gen3(x):
    def gen(a):
        while a < 50.0:
            yield a
            a = a * x[1]
        return a * a

    g = gen(x[0])
    total = 0.0
    while True:
        try:
            v = next(g)
        except StopIteration as e:
            total += e.value
            break
        total += v
    return total


@programs(X)
def ret_in_try(x):
    log = []

    def g():
        try:
            yield x[0]
            if x[1] > 0:
                pass
            return x[1] * 2
        finally:
            log.append(x[1] ** 2)

    it = g()
    a = next(it)
    try:
        next(it)
    except StopIteration as e:
        a *= e.value
    return a + log[0]


@programs(X)
def break_through(x):
    log = []

    def g():
        for k in range(3):
            try:
                yield x[0] * k
                if k == 1:
                    break
                if k == 0:
                    continue
            finally:
                log.append(x[1] * k + x[0])
        yield x[1] ** 3

    it = g()
    t = 0.0
    for j in range(3):
        t = t + next(it) * (j + 1)
    return t + log[0] * log[1] + len(log)


@programs(X)
def handler_yields(x):
    def g():
        try:
            yield x[0]
        except KeyError as e:
            yield x[1] * e.args[0]
            yield x[1] ** 2

    it = g()
    a = next(it)
    b = it.throw(KeyError(x[0]))
    c = next(it)
    return a * b + c


@programs(X)
def bare_raise(x):
    def g():
        try:
            yield x[0]
        except KeyError as e:
            raise

    it = g()
    a = next(it)
    try:
        it.throw(KeyError(x[1]))
    except KeyError as e:
        a = a * e.args[0]
    return a


@programs(X)
def reraise_other(x):
    def g():
        try:
            yield x[0]
        except KeyError as e:
            raise ValueError(e.args[0] * 2)

    it = g()
    a = next(it)
    try:
        it.throw(KeyError(x[1]))
    except ValueError as e:
        a = a * e.args[0]
    return a


@programs(X)
def caller_sees(x):
    log = []

    def g():
        try:
            yield x[0]
            raise ValueError(x[1])
        finally:
            log.append(x[1] ** 2)

    it = g()
    a = next(it)
    try:
        next(it)
    except ValueError as e:
        a = a * e.args[0]
    return a + sum(log)


@programs(X)
def deleg(x):
    log = []

    def inner():
        try:
            yield x[0]
            yield x[1]
        except ValueError:
            log.append(x[0] ** 2)
            yield x[0] * x[1]
        return x[1] ** 2

    def outer():
        try:
            r = yield from inner()
            yield r
        finally:
            log.append(x[1])

    it = outer()
    a = next(it)
    b = it.throw(ValueError())
    c = next(it)
    it.close()
    return a * b * c + log[0] * log[1]


@programs(X)
def deleg_close(x):
    log = []

    def inner():
        try:
            yield x[0]
        finally:
            log.append(x[0] ** 2)

    def outer():
        try:
            yield from inner()
        finally:
            log.append(x[1])

    it = outer()
    a = next(it)
    it.close()
    return a * log[0] + log[1]


@programs(X)
def ignores(x):
    def g():
        while True:
            try:
                yield x[0]
            except GeneratorExit:
                yield x[1]

    it = g()
    a = next(it)
    try:
        it.close()
    except RuntimeError:
        a = a * x[1]
    return a


@programs(X)
def finally_return(x):
    def g():
        try:
            yield x[0]
        finally:
            return x[1] ** 2

    it = g()
    a = next(it)
    try:
        next(it)
    except StopIteration as e:
        a = a + e.value
    return a


@programs(X)
def dropped_quiet(x):
    def g():
        s = x[0]
        try:
            yield s
            yield x[1]
        finally:
            s = 0.0

    it = g()
    return next(it) ** 2


@programs(X)
def cond_close(x):
    log = []

    def g():
        try:
            yield x[0]
            yield x[1]
        finally:
            log.append(x[1] ** 2)

    it = g()
    a = next(it)
    if a > 1.0:
        a = a * 2
    it.close()
    return a + sum(log)


@programs(X)
def in_loop(x):
    log = []

    def g(v):
        try:
            yield v
            yield v * 2
        finally:
            log.append(v**2)

    t = 0.0
    for v in x:
        it = g(v)
        t = t + next(it)
        it.close()
    return t + sum(log)


@programs(X)
def twice_end(x):
    def g():
        yield x[0]
        return x[1]

    it = g()
    a = next(it)
    b = next(it, 3.0)
    try:
        next(it)
    except StopIteration as e:
        b = b * (2.0 if e.value is None else e.value)
    return a * b


@programs(X)
def with_in_gen(x):
    log = []

    class R:
        def __enter__(self):
            log.append(x[0])
            return x[0] ** 2

        def __exit__(self, t, e, tb):
            log.append(x[1] * (1 if t is None else 2))

    def g():
        with R() as r:
            yield r
            yield r * 2

    it = g()
    a = next(it)
    b = next(it)
    c = next(it, 1.0)
    return a * b + log[0] * log[1]


@programs(X)
def with_in_gen2(x):
    log = []

    class R:
        def __enter__(self):
            log.append(x[0])
            return x[0] ** 2

        def __exit__(self, t, e, tb):
            log.append(x[1] * (1 if t is None else 2))
            return True

    def g():
        with R() as r:
            yield r
            yield r * 2
        yield x[1] ** 2

    it = g()
    a = next(it)
    b = it.throw(ValueError())
    return a * b + log[0] * log[1]


@programs.refused(X)
def dropped(x):
    log = []

    def g():
        try:
            yield x[0]  # <- here
            yield x[1]
        finally:
            log.append(x[1] ** 2)

    a = next(g())
    return a + sum(log)


@programs.refused(X)
def dropped_call(x):
    log = []

    def g():
        try:
            yield x[0]  # <- here
            yield x[1]
        finally:
            log.append(x[1] ** 2)

    def first():
        it = g()
        return next(it)

    a = first()
    return a + sum(log)


@programs.refused(X)
def drop_finally_named(x):
    log = []

    def g():
        try:
            yield x[0]  # <- here
            yield x[1]
        finally:
            log.append(x[1] ** 2)

    it = g()
    for v in it:  # <- here
        t = v
        break
    n = len(log)
    return t * x[1] + n


@programs.refused(X)
def next_inside(x):
    def g():
        for k in range(4):
            yield x[0] ** k

    it = g()
    t = 0.0
    for a in it:
        b = next(it)  # <- here
        t = t + a * b * x[1]
    return t


test_gradient, test_refusal = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
