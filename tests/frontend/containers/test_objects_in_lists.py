"""Objects in lists that grow: instances, dicts and named tuples, changed through the list and by their names."""

import copy
import dataclasses
from collections import deque, namedtuple
from dataclasses import dataclass

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])
Y = np.array([0.3, 1.1, 2.4, -0.6])

programs = Programs()
right, refused = programs, programs.refused


@dataclass
class P:
    pos: float
    cost: float = 0.0

    def step(self, h):
        self.pos += h * self.cost
        return self

    @property
    def energy(self):
        return 0.5 * self.cost**2 + self.pos


@dataclass
class V:
    pos: np.ndarray
    vel: np.ndarray
    mass: float = 1.0
    name: str = "v"


NT = namedtuple("NT", "a b")


class Node:
    def __init__(self, v, w=None):
        self.v = v
        self.w = w
        self.n = 0
        self.hist = []


class Acc:
    total = 0.0

    def __init__(self, p):
        self.p = p

    def add(self, v):
        self.total = self.total + v


@right(X, also=((Y,),))
def nbody(x):
    ps = []
    for v in x:
        if v > -5:
            ps.append(P(v, 0.0))
    for k in range(2):
        for p in ps:
            f = 0.0
            for q in ps:
                if p is not q:
                    f += (q.pos - p.pos) ** 3
            p.cost += f
        for p in ps:
            p.step(0.1)
    return sum(p.energy for p in ps)


@right(X, also=((Y,),))
def identity_eq(x):
    ps = []
    for v in x:
        if v > -5:
            ps.append(Node(v))
    t = 0.0
    for i, p in enumerate(ps):
        for q in ps[i + 1 :]:
            t += p.v * q.v
    return t


@right(X, also=((Y,),))
def identity_neg(x):
    ps = []
    for v in x:
        if v > -5:
            ps.append(P(v, v))
    last = ps[-1]
    t = 0.0
    for p in ps:
        if p is last:
            t += p.pos**3
        else:
            t += p.pos
    return t


@right(X, also=((Y,),))
def through_original(x):
    ps = []
    for v in x:
        p = P(v, v * v)
        ps.append(p)
        p.cost = v**3
    return sum(p.cost * p.pos for p in ps)


@right(X, also=((Y,),))
def best_track(x):
    ps = []
    for v in x:
        if v > -5:
            ps.append(P(v, v * v))
    best = None
    for p in ps:
        if best is None or p.cost < best.cost:
            best = p
    best.pos = best.pos * 3
    return sum(p.pos**2 for p in ps) + best.cost


@right(X, also=((Y,),))
def best_track2(x):
    ps = []
    for v in x:
        if v > -5:
            ps.append(P(v, v * v))
    best = ps[0]
    for p in ps[1:]:
        if p.cost < best.cost:
            best = p
    return best.cost**2 * best.pos


@right(X, also=((Y,),))
def arrays_inside(x):
    ps = []
    for i in range(len(x)):
        if x[i] > -5:
            ps.append(V(x * x[i], np.zeros(4), x[i] ** 2))
    for k in range(2):
        for p in ps:
            p.vel += -0.1 * p.pos
            p.pos = p.pos + 0.1 * p.vel
            p.vel[0] *= 0.9
    return sum(np.sum(p.pos**2) * p.mass for p in ps)


@right(X, also=((Y,),))
def dict_records(x):
    rows = []
    for v in x:
        if v > 0:
            rows.append({"v": v, "l": v**2})
    for r in rows:
        r["l"] += r["v"] ** 3
    return sum(r["l"] * r["v"] for r in rows) + rows[0].get("l", 1.0) + len(rows[0]) + rows[-1]["v"]


@right(X, also=((Y,),))
def dict_records_min(x):
    rows = []
    for v in x:
        if v > 0:
            rows.append({"v": v, "l": v**2})
    b = min(rows, key=lambda r: r["l"])
    s = sorted(rows, key=lambda r: -r["l"])
    return b["v"] ** 3 + s[0]["l"] * s[1]["v"]


@right(X, also=((Y,),))
def named_tuples(x):
    l = []
    for v in x:
        if v > 0:
            l.append(NT(v, v * v))
    t = 0.0
    for p in l:
        t += p.a * p.b + p._replace(a=2.0).a
    return t * l[0].b * max(l, key=lambda p: p.b).a


@right(X, also=((Y,),))
def copies(x):
    l = []
    for v in x:
        if v > 0:
            l.append(P(v, v * v))
    c = copy.copy(l[0])
    d = copy.deepcopy(l)
    e = dataclasses.replace(l[1], cost=x[0])
    l[0].pos = 7.0 * x[1]
    d[1].cost = x[1]
    return c.pos * e.cost + sum(p.pos * p.cost for p in l) + sum(p.pos * p.cost for p in d)


@right(X, also=((Y,),))
def popped(x):
    l = []
    for v in x:
        if v > 0:
            l.append(P(v, v * v))
    p = l.pop()
    p.pos = x[1]
    q = l.pop(0)
    l.append(P(x[3], x[2]))
    l.insert(0, q)
    q.cost = 3.0
    return p.pos * p.cost + q.cost * q.pos


@right(X, also=((Y,),))
def popped2(x):
    l = []
    for v in x:
        if v > 0:
            l.append(P(v, v * v))
    t = 0.0
    while l:
        p = l.pop()
        t = t * 0.5 + p.pos * p.cost
        if p.pos > 2:
            l.append(P(p.pos - 1, p.cost))
    return t


@right(X, also=((Y,),))
def queue(x):
    q = deque()
    for v in x:
        q.append(P(v, v))
    t = 0.0
    n = 0
    while q and n < 9:
        p = q.popleft()
        t += p.pos**2
        n += 1
        if p.cost > 1:
            q.append(P(p.pos * 0.5, p.cost - 1))
    return t


@right(X, also=((Y,),))
def reversed_list(x):
    l = []
    for v in x:
        if v > -5:
            l.append(P(v, v * v))
    l.reverse()
    t = 0.0
    for i, p in enumerate(reversed(l)):
        t += p.pos * (i + 1)
    for p, q in zip(l, l[1:]):
        t += p.pos * q.cost
    return t


@right(X, also=((Y,),))
def filtered(x):
    l = [P(v, v * v) for v in x]
    l = [p for p in l if p.pos > 0]
    l.sort(key=lambda p: p.cost)
    for p in l:
        p.pos = p.pos**2
    return sum((i + 1) * p.pos for i, p in enumerate(l))


@right(X, also=((Y,),))
def int_then_float(x):
    l = []
    for v in x:
        if v > 0:
            l.append(Node(v, 0))
    for p in l:
        p.w += p.v**2
    return sum(p.w for p in l)


@right(X, also=((Y,),))
def strings(x):
    l = []
    for v in x:
        l.append(V(x, x, v, "up" if v > 0 else "down"))
    t = 0.0
    for p in l:
        if p.name == "up":
            t += p.mass**2
    return t


@right(X, also=((Y,),))
def in_dict(x):
    g = {"a": [], "b": []}
    for v in x:
        g["a" if v > 0 else "b"].append(P(v, v * v))
    return sum(p.pos * p.cost for k in g for p in g[k])


@right(X, also=((Y,),))
def swap(x):
    l = []
    for v in x:
        if v > -5:
            l.append(P(v, v * v))
    n = len(l)
    for i in range(n):
        for j in range(n - 1):
            if l[j].pos > l[j + 1].pos:
                l[j], l[j + 1] = l[j + 1], l[j]
    return sum((i + 1) * p.cost for i, p in enumerate(l))


@right(X, also=((Y,),))
def resample(x):
    l = []
    for v in x:
        if v > -5:
            l.append(P(v, v * v))
    for k in range(2):
        new = []
        for p in l:
            if p.pos > -1:
                new.append(P(p.pos * 0.9, p.cost + p.pos))
        l = new
    return sum(p.cost for p in l)


@right(X, also=((Y,),))
def returned(x):
    l = []
    for v in x:
        if v > -5:
            l.append(P(v, v * v))
    return l[int(np.argmax(x))].cost


@right(X, also=((Y,),))
def unset_none(x):
    l = []
    for v in x:
        if v > 0:
            l.append(Node(v))
    prev = None
    for p in l:
        if prev is not None:
            p.v = p.v + prev.v
        prev = p
    return l[-1].v ** 2


@refused(X)
def changed_by_its_own_name(x):
    ps = []
    first = P(x[0], x[1])
    ps.append(first)
    for v in x:
        if v > 0:
            ps.append(P(v, v))
    ps[0].cost = x[2] ** 2  # <- two names
    return first.cost * ps[1].cost


@refused(X)
def one_array_in_all(x):
    ps = []
    z = np.zeros(4)
    for v in x:
        if v > -5:
            ps.append(V(x * v, z))
    ps[0].vel[1] = x[1]  # <- which
    return sum(np.sum(p.vel**2) for p in ps)


@refused(X)
def one_array_twice_in_each(x):
    ps = []
    for v in x:
        z = x * v
        if v > -5:
            ps.append(V(z, z))
    for p in ps:
        p.vel[1] = x[1] ** 2  # <- which
    return sum(np.sum(p.pos**2) for p in ps)


@refused(X)
def of_two_lists_changed(x):
    ps, qs = [P(v, v * v) for v in x if v > -5], [P(2 * v, v) for v in x if v > -5]
    p = ps[0] if x[0] > 0 else qs[1]
    p.cost = x[2] ** 2  # <- which
    return sum(q.cost for q in ps)


@refused(X)
def of_two_lists_changed_there(x):
    ps, qs = [P(v, v * v) for v in x if v > -5], [P(2 * v, v) for v in x if v > -5]
    p = ps[0] if x[0] > 0 else qs[1]
    ps[0].cost = x[1]  # <- which
    return p.cost * p.pos


@refused(X)
def made_or_taken_out(x):
    ps = [P(v, v * v) for v in x if v > -5]
    p = ps[0] if x[0] > 0 else P(x[1], x[2])
    p.cost = p.cost * 2  # <- which
    return p.cost + ps[0].cost


@refused(X)
def removed_from_one_of_two_lists(x):
    ps = [P(v, v * v) for v in x if v > -5]
    qs = ps[:]
    p = ps.pop()
    p.cost = x[0] ** 3  # <- which
    return qs[-1].cost


@right(X, also=((Y,),))
def of_two_lists(x):
    ps, qs = [P(v, v * v) for v in x if v > -5], [P(2 * v, v) for v in x if v > -5]
    p = ps[0] if x[0] > 0.5 else qs[1]
    return p.cost * p.pos


@right(X, also=((Y,),))
def replaced_in_the_list(x):
    ps = [P(v, v * v) for v in x if v > -5]
    p = ps[1]
    ps[1] = P(x[0], x[0])
    return p.cost * ps[1].cost + p.pos


@refused(X)
def returned_as_a_whole(x):
    ps = []
    for v in x:
        if v > 0:
            ps.append(P(v, v))
    return ps  # <- objects


@refused(X)
def of_two_classes(x):
    ps = []
    for v in x:  # <- kinds
        if v > 0:
            ps.append(P(v, v))
        else:
            ps.append(Node(v))
    return len(ps) * x[0]


test_gradient, test_refusals = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
