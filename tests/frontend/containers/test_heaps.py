"""heapq, and the places of items in lists, by numbers that the run computes."""

import heapq

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 2.3, 0.4])
Y = np.array([0.3, 1.1, 2.4, -1.6])

programs = Programs()
right, raises = programs, programs.raises


@right(X, also=((Y,),))
def heap_tuples(x):
    h = []
    for i, v in enumerate(x):
        heapq.heappush(h, (v, i))
    t = 0.0
    while h:
        v, i = heapq.heappop(h)
        t = t * 0.5 + v * v * (i + 1)
    return t


@right(X, also=((Y,),))
def heap_floats(x):
    h = list(x)
    heapq.heapify(h)
    a = heapq.heappop(h)
    b = heapq.heappop(h)
    heapq.heappush(h, a * b)
    return heapq.heappop(h) + 2 * h[0] ** 2 + heapq.heappushpop(h, x[0] ** 2) ** 3 + heapq.heapreplace(h, x[1]) * h[0]


@raises(X)
def heap_empty(x):
    h = []
    return heapq.heappop(h) * x[0]  # <- nothing


@right(X)
def list_in(x):
    items = [int(v) for v in x]
    return (x[0] ** 2 if 2 in items else x[1]) * items.index(2) * items.count(0)


@right(X, also=((Y,),))
def index_known(x):
    items = [x[0], x[1], x[2]]
    return items.index(x[2]) * x[0] ** 2


@right(X, also=((Y,),))
def dijkstra(x):
    edges = {0: [(1, 0), (2, 1)], 1: [(3, 2)], 2: [(3, 3)], 3: []}
    w = x**2
    dist = [1e9] * 4
    dist[0] = 0.0
    h = [(0.0, 0)]
    while h:
        d, u = heapq.heappop(h)
        if d > dist[u]:
            continue
        for k in range(4):
            if k == u:
                for v, e in edges[k]:
                    nd = d + w[e]
                    if nd < dist[v]:
                        dist[v] = nd
                        heapq.heappush(h, (nd, v))
    return dist[3] ** 2


@right(X, also=((Y,),))
def with_words(x):
    queue = []
    for k, v in enumerate(x):
        heapq.heappush(queue, (v, k, "first"))
    total = 0.0
    while queue:
        v, k, kind = heapq.heappop(queue)
        total = 0.5 * total + (v if kind == "first" else v**2)
        if kind == "first" and v > 0:
            heapq.heappush(queue, (2 * v, k, "second"))
    return total


class Event:
    def __init__(self, time, kind):
        self.time, self.kind = time, kind

    def __lt__(self, other):
        return self.time < other.time


@right(X, also=((Y,),))
def of_objects_with_words(x):
    queue = []
    for v in x:
        heapq.heappush(queue, Event(v, "arrives"))
    total = 0.0
    while queue:
        event = heapq.heappop(queue)
        total = 0.5 * total + (event.time if event.kind == "arrives" else event.time**2)
        if event.kind == "arrives" and event.time > 0:
            heapq.heappush(queue, Event(2 * event.time, "leaves"))
    return total


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
test_error = programs.errors()
