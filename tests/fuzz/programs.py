"""Random programs as users write them: arrays that are aliased, viewed, overwritten, kept in lists and handed around.

`source(seed)` is the text of a module with a function `f(x, z, A, s, k)` of two vectors of one length, a matrix whose
rows have that length, a float and an int. The generator knows the kind of each variable, so that programs run; what it
doesn't keep account of is who shares memory with whom, which is the point.
"""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = """\
import numpy as np


def weigh(v):
    return np.sum(np.sin(v) * np.linspace(1.0, 2.0, v.size).reshape(v.shape))


def scale(v, c):
    v *= c


def shift(v):
    v[1:] = v[:-1]
    return v


def head(v):
    return v[:2]


def mixed(v, w):
    v += 0.3 * w
    w[0] = v[1] * w[1]
    return v - w


def damped(v):
    v = np.sin(v)
    v[0] = 0.5
    return v


def replaced(items, v):
    items[0] = v
    items[1][0] = 0.7 * v[1]


def first_large(v, c):
    for i in range(len(v)):
        if v[i] > c:
            v[i] = 0.2 * c
            return v[i] * 2.0
    v[0] = c
    return 0.1


class Box:
    def __init__(self, v, c):
        self.v = v
        self.c = c

    def push(self, w):
        self.v[1:] += self.c * w[1:]
        self.c = 0.9 * self.c
        return self.v

    def swap(self, w):
        old = self.v
        self.v = w
        return old

"""

Shape = tuple[str, ...]
N, M, LESS, HALF = "n", "m", "n-1", "h"

# views: the spelling after the name, and the shape that it has
VIEWS: dict[Shape, list[tuple[str, Shape]]] = {
    (N,): [("[1:]", (LESS,)), ("[:-1]", (LESS,)), ("[::2]", (HALF,)), ("[::-1]", (N,)), ("[k:][::-1]", (LESS,))],
    (LESS,): [("[::-1]", (LESS,)), ("[:]", (LESS,))],
    (HALF,): [("[::-1]", (HALF,))],
    (M,): [("[::-1]", (M,)), ("[...]", (M,))],
    (M, N): [
        ("[0]", (N,)),
        ("[-1]", (N,)),
        ("[k]", (N,)),
        ("[:, 1]", (M,)),
        ("[:, -1]", (M,)),
        (".T", (N, M)),
        ("[::-1]", (M, N)),
        ("[:, ::-1]", (M, N)),
        ("[0, 1:]", (LESS,)),
        ("[1, ::2]", (HALF,)),
        (".reshape(-1)", ("mn",)),
        (".ravel()", ("mn",)),
        (".swapaxes(0, 1)", (N, M)),
        (".T[k]", (M,)),
    ],
    (N, M): [
        ("[0]", (M,)),
        ("[:, 0]", (N,)),
        (".T", (M, N)),
        ("[::-1]", (N, M)),
        ("[:-1, 1]", (LESS,)),
        ("[::2, 0]", (HALF,)),
        (".reshape(-1)", ("mn",)),
        (".transpose()", (M, N)),
    ],
    ("mn",): [(".reshape(m, n)", (M, N)), ("[::-1]", ("mn",)), (".reshape(n, m)", (N, M))],
}
MADE: dict[Shape, str] = {(N,): "n", (LESS,): "n - 1", (M,): "m", (M, N): "(m, n)", (N, M): "(n, m)", ("mn",): "m * n"}
SMOOTH = ("np.sin", "np.cos", "np.tanh", "np.arctan")
COPIES = (".copy()", " + 0.0", " * 1.5")
COPYING = ("np.array", "np.asarray", "np.ascontiguousarray", "np.copy", "np.asfortranarray")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int, size: int = 9) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.indent = 1
        self.count = 0
        self.arrays: dict[str, Shape] = {"x": (N,), "z": (N,), "A": (M, N)}
        self.floats = ["s"]
        self.lists: list[str] = []
        self.grown: list[str] = []
        self.rows: list[str] = []
        self.dicts: list[str] = []
        self.boxes: list[str] = []
        self.depth = 0
        self.loops = 0
        if self.chance(0.3):  # what belongs to the caller is mostly left alone
            names = self.random.sample(["x", "z", "A"], 2)
            for name in names:
                self.line(f"{name} = {name}.copy()")
        self.body(size)
        self.finish()

    # ---- text

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def new(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def one(self, *texts: str) -> str:
        return self.random.choice(texts)

    def number(self) -> str:
        return f"{self.random.choice((0.3, 0.5, 0.7, 0.9, 1.1, -0.4, -0.8, 1.3))}"

    # ---- expressions

    def places(self, shape: Shape | None = None) -> list[tuple[str, Shape]]:
        """Arrays and views of them that may be written to."""
        found = [(name, s) for name, s in self.arrays.items()]
        for name, s in list(self.arrays.items()):
            found += [(name + spelling, seen) for spelling, seen in VIEWS.get(s, [])]
        found += [(f"{name}[{k}]", (N,)) for name in self.lists for k in (0, 1, -1)]
        found += [(f'{name}["{k}"]', (N,)) for name in self.dicts for k in "ab"]
        found += [(f"{name}.v", (N,)) for name in self.boxes]
        return [p for p in found if shape is None or p[1] == shape]

    def place(self, shape: Shape | None = None, plain: float = 0.5) -> tuple[str, Shape]:
        found = self.places(shape)
        names = [p for p in found if p[0].isidentifier()]
        return self.random.choice(names if names and self.chance(plain) else found)

    def vector(self) -> tuple[str, Shape]:
        return self.random.choice([p for p in self.places() if len(p[1]) == 1])

    def scalar(self, depth: int = 1) -> str:
        vector, _ = self.vector()
        options = [self.random.choice(self.floats), self.number(), f"{vector}[{self.one('0', '1', '-1')}]"]
        if depth:
            options += [
                f"np.tanh({self.scalar(0)})",
                f"{self.scalar(0)} * {self.scalar(0)}",
                f"np.sum({self.array(self.vector()[1], 0)}) * 0.1",
                f"{vector}.max()",
                f"float({self.scalar(0)})",
            ]
            options += [f"{rows}[{self.one('0', '1', '-1')}][{self.one('0', '1')}]" for rows in self.rows]
            options += [f"{box}.c" for box in self.boxes]
        return self.random.choice(options)

    def array(self, shape: Shape, depth: int = 1) -> str:
        """An expression of a shape."""
        place, _ = self.place(shape) if self.places(shape) else (f"np.ones({MADE.get(shape, '1')})", shape)
        if depth == 0:
            return place
        a, b = self.array(shape, depth - 1), self.array(shape, depth - 1)
        options = [
            place,
            f"{self.random.choice(SMOOTH)}({a})",
            f"{a} * {b}",
            f"{a} - {self.number()} * {b}",
            f"{self.scalar(0)} * {a}",
            f"np.where({a} > {self.number()}, {b}, {self.scalar(0)})",
            f"{a}{self.random.choice(COPIES)}",
        ]
        if len(shape) == 1:
            options += [f"np.sort({a})", f"np.cumsum({a}) * 0.3"]
        if shape == (N,):
            options += [f"{a}[np.arange(n) % 2]", f"damped({a})", f"np.concatenate(({a}[:1], {a}[1:]))"]
            options += [f"{self.array((M,), 0)} @ {self.array((M, N), 0)}"] if self.places((M,)) else []
        return self.random.choice(options)

    def bounded(self, shape: Shape) -> str:
        return f"np.tanh({self.array(shape)})" if self.chance(0.3) else self.array(shape)

    def condition(self) -> str:
        return f"{self.scalar(0)} {self.one('<', '>')} {self.scalar(1)}"

    # ---- statements

    def body(self, size: int) -> None:
        for _ in range(size):
            self.statement()

    def statement(self) -> None:
        plain: list[tuple[int, Callable[[], None]]] = [
            (4, self.bind),
            (4, self.bind_view),
            (1, self.bind_copy),
            (1, self.bind_made),
            (6, self.augment),
            (3, self.set_item),
            (3, self.set_slice),
            (2, self.set_mask),
            (2, self.set_fancy),
            (2, self.out),
            (2, self.method),
            (1, self.swap),
            (3, self.call),
            (2, self.make_list),
            (3, self.use_list),
            (1, self.make_rows),
            (2, self.use_rows),
            (1, self.make_dict),
            (2, self.use_dict),
            (1, self.use_box),
            (1, self.split),
            (1, self.set_float),
        ]
        nested: list[tuple[int, Callable[[], None]]] = [
            (3, self.branch),
            (3, self.count_loop),
            (2, self.row_loop),
            (1, self.while_loop),
            (2, self.list_loop),
            (2, self.grow_list),
            (1, self.search_loop),
            (1, self.closure),
            (1, self.early),
        ]
        choice = plain + (nested if self.depth < 2 else [])
        weights, makers = zip(*choice, strict=True)
        self.random.choices(makers, weights)[0]()

    def bind(self) -> None:
        """A new name, or an old one for something else; maybe an alias."""
        known = [name for name in self.arrays if name not in "xzA"] if self.chance(0.4) else []
        shape = self.arrays[self.random.choice(known)] if known else self.place()[1]
        name = self.random.choice([n for n in known if self.arrays[n] == shape]) if known else self.new("v")
        alias = self.chance(0.35)
        self.line(f"{name} = {self.place(shape, 0.8)[0] if alias else self.bounded(shape)}")
        self.arrays[name] = shape

    def bind_view(self) -> None:
        owner = self.random.choice([n for n, s in self.arrays.items() if s in VIEWS] or ["x"])
        spelling, shape = self.random.choice(VIEWS[self.arrays[owner]])
        name = self.new("u")
        self.line(f"{name} = {owner}{spelling}")
        self.arrays[name] = shape

    def bind_copy(self) -> None:
        place, shape = self.place()
        name = self.new("c")
        self.line(f"{name} = {self.random.choice(COPYING)}({place})")
        self.arrays[name] = shape

    def bind_made(self) -> None:
        shape = self.random.choice(list(MADE))
        name = self.new("w")
        self.line(f"{name} = {self.one('np.zeros', 'np.ones', 'np.empty')}({MADE[shape]})")
        if "empty" in self.lines[-1]:
            self.line(f"{name}[:] = {self.bounded(shape)}")
        self.arrays[name] = shape

    def augment(self) -> None:
        place, shape = self.place(plain=0.6)
        operator = self.random.choice(("+=", "-=", "*=", "+=", "*=", "/="))
        value = self.scalar() if self.chance(0.5) else self.array(shape)
        if operator == "/=":
            value = f"1.5 + np.sin({value})"
        if place.isidentifier() or "[" in place[-6:]:
            self.line(f"{place} {operator} {value}")
        else:
            self.line(f"{place}[...] {operator} {value}")

    def set_item(self) -> None:
        place, shape = self.vector()
        position = self.one("0", "-1", "1", "k")
        if self.chance(0.3):
            self.line(f"{place}[{position}] {self.one('+=', '*=')} {self.scalar()}")
        else:
            self.line(f"{place}[{position}] = {self.scalar()}")

    def set_slice(self) -> None:
        place, shape = self.place()
        if shape == (N,) and self.chance(0.6):
            left, right = self.random.choice(
                [("[1:]", "[:-1]"), ("[:-1]", "[1:]"), ("[::-1]", ""), ("[:2]", "[-2:]"), ("[::2]", "[::-2]")]
            )
            other = place if self.chance(0.6) or "::2" in left else self.place(shape)[0]
            right = "[::2][::-1]" if right == "[::-2]" else right
            self.line(f"{place}{left} {self.one('=', '+=', '-=')} {other}{right}{self.one('', ' * 0.5', '')}")
        elif len(shape) == 2 and self.chance(0.5):
            self.line(f"{place}[0] = {place}[1]{self.one('', ' * ' + self.number())}")
        else:
            self.line(f"{place}[:] = {self.bounded(shape)}")

    def set_mask(self) -> None:
        place, shape = self.place()
        mask = f"{self.array(shape, 0)} > {self.number()}"
        if self.chance(0.4):
            name = self.new("b")
            self.line(f"{name} = {mask}")
            mask = name
        self.line(f"{place}[{mask}] {self.one('=', '+=', '*=')} {self.scalar()}")

    def set_fancy(self) -> None:
        place, shape = self.vector()
        index = self.one("[0, 1]", "[1, 0, 1]", "np.array([0, 0, 1])", "[-1, 0]")
        count = 2 if index in ("[0, 1]", "[-1, 0]") else 3
        vector = self.place((N,))[0]
        values = self.one(self.scalar(), f"{vector}[:{count}]")
        how = self.one("add", "=", "+=", "*=")
        if how == "add":
            self.line(f"np.add.at({place}, {index}, {values})")
        else:
            self.line(f"{place}[{index}] {how} {values}")

    def out(self) -> None:
        place, shape = self.place(plain=0.8)
        a, b = self.array(shape, 0), self.array(shape, 0)
        texts = [
            f"np.multiply({a}, {self.scalar(0)}, out={place})",
            f"np.sin({a}, out={place})",
            f"np.add({a}, {b}, out={place})",
            f"np.copyto({place}, {a})",
        ]
        if shape == (N,):
            texts.append(f"np.add({place}[1:], {a}[:-1], out={place}[1:])")
        text = self.random.choice(texts)
        if self.chance(0.25) and "copyto" not in text:
            name = self.new("o")
            self.arrays[name] = (LESS,) if text.endswith("[1:])") else shape
            text = f"{name} = {text}"
        self.line(text)

    def method(self) -> None:
        place, shape = self.vector() if self.chance(0.7) else self.place()
        self.line(f"{place}.{self.one('sort()', f'fill({self.scalar(0)})')}")

    def swap(self) -> None:
        shape = self.random.choice(list(self.arrays.values()))
        names = [n for n, s in self.arrays.items() if s == shape]
        if len(names) > 1:
            a, b = self.random.sample(names, 2)
            self.line(f"{a}, {b} = {b}, {a}")

    def call(self) -> None:
        vector, other = self.place((N,))[0], self.place((N,))[0]
        kind = self.random.randrange(6)
        if kind == 0:
            place, _ = self.place()
            self.line(f"scale({place}, {self.scalar()})")
        elif kind == 1:
            name = self.new("r")
            self.line(f"{name} = shift({vector})")
            self.arrays[name] = (N,)
        elif kind == 2:
            self.line(f"head({vector})[{self.one('0', '1', ':')}] {self.one('=', '*=')} {self.scalar()}")
        elif kind == 3:
            name = self.new("r")
            self.line(f"{name} = mixed({vector}, {other})")
            self.arrays[name] = (N,)
        elif kind == 4 and self.lists:
            self.line(f"replaced({self.random.choice(self.lists)}, {vector})")
        else:
            name = self.new("t")
            self.line(f"{name} = first_large({vector}, {self.scalar(0)})")
            self.floats.append(name)

    def set_float(self) -> None:
        name = self.random.choice(self.floats) if self.chance(0.5) else self.new("t")
        self.line(f"{name} = 0.7 * {self.scalar()}")
        if name not in self.floats:
            self.floats.append(name)

    # ---- containers

    def make_list(self) -> None:
        name = self.new("L")
        vectors = [self.array((N,), self.random.randrange(2)) for _ in range(self.random.randrange(2, 4))]
        forms = [f"[{', '.join(vectors)}]", f"[{vectors[0]} * c for c in (0.5, 1.2)]", f"[{vectors[0]}] * 2"]
        forms += [f"list({rows})" for rows in [p for p, _ in self.places((M, N))][:1]]
        forms += [f"{other}[:]" for other in self.lists[:1]] + [f"[{other}[1], {other}[0]]" for other in self.lists[:1]]
        self.line(f"{name} = {self.random.choice(forms)}")
        self.lists.append(name)

    def use_list(self) -> None:
        if not self.lists:
            self.make_list()
            return
        name = self.random.choice(self.lists)
        index = self.one("0", "1", "-1", "k")
        self.line(
            self.random.choice(
                [
                    f"{name}[{index}] = {self.bounded((N,))}",
                    f"{name}[{index}] = {self.place((N,))[0]}",
                    f"{name}[{index}] {self.one('*=', '+=')} {self.scalar()}",
                    f"{name}[{index}][{self.one('0', '1', '-1')}] = {self.scalar()}",
                    f"{name}[{index}][1:] += {self.place((LESS,))[0]}",
                    f"{name}.append({self.place((N,))[0]})",
                    f"{name}[0], {name}[1] = {name}[1], {name}[0]",
                    f"{name}.reverse()",
                    f"scale({name}[{index}], {self.number()})",
                ]
            )
        )

    def make_rows(self) -> None:
        name = self.new("R")
        vector = self.place((N,))[0]
        forms = ["[[0.0] * 3 for _ in range(n)]", f"[[{self.scalar(0)}, 0.5], [0.2, {self.scalar(0)}]]"]
        forms.append(f"[[{vector}[i], 0.3 * i] for i in range(n)]")
        self.line(f"{name} = {self.random.choice(forms)}")
        self.rows.append(name)

    def use_rows(self) -> None:
        if not self.rows:
            self.make_rows()
            return
        name = self.random.choice(self.rows)
        row, column = self.one("0", "1", "-1", "k"), self.one("0", "1")
        kind = self.random.randrange(4)
        if kind == 0:
            self.line(f"row = {name}[{row}]")
            self.line(f"row[{column}] = {self.scalar()}")
        elif kind == 1:
            self.line(f"{name}[0] = {name}[1]")
        elif kind == 2:
            self.line(f"{name}[{row}] = [{self.scalar()}, {self.scalar()}, 0.4]")
        else:
            self.line(f"{name}[{row}][{column}] {self.one('=', '+=', '*=')} {self.scalar()}")

    def make_dict(self) -> None:
        name = self.new("D")
        self.line(f'{name} = {{"a": {self.array((N,))}, "b": {self.place((N,))[0]}}}')
        self.dicts.append(name)

    def use_dict(self) -> None:
        if not self.dicts:
            self.make_dict()
            return
        name, key = self.random.choice(self.dicts), self.one('"a"', '"b"')
        kind = self.random.randrange(5)
        if kind == 0:
            self.line(f"for key in {name}:")
            self.line(f"    {name}[key] = {name}[key] * {self.scalar(0)}")
        elif kind == 1:
            self.line(f"for key, item in {name}.items():")
            self.line(f"    item *= {self.scalar(0)}")
        elif kind == 2:
            self.line(f"{name}[{key}] = {self.bounded((N,))}")
        elif kind == 3:
            self.line(f"{name}.update(a={self.place((N,))[0]})")
        else:
            self.line(f"{name}[{key}] {self.one('*=', '+=')} {self.array((N,))}")

    def use_box(self) -> None:
        if not self.boxes:
            name = self.new("box")
            self.line(f"{name} = Box({self.place((N,))[0]}, {self.scalar(0)})")
            self.boxes.append(name)
            return
        name, vector = self.random.choice(self.boxes), self.place((N,))[0]
        if self.chance(0.5):
            self.line(f"{name}.push({vector})")
        else:
            result = self.new("r")
            self.line(f"{result} = {name}.{self.one('push', 'swap')}({vector})")
            self.arrays[result] = (N,)

    def split(self) -> None:
        vector = self.place((N,))[0]
        a, b = self.new("p"), self.new("p")
        self.line(f"{a}, {b} = np.split({vector}, [1])")
        self.arrays[b] = (LESS,)
        self.line(f"{a} *= {self.scalar()}")

    # ---- blocks

    def block(self, size: int) -> None:
        """Statements one step in; names that are new there aren't known afterwards."""
        kept = (dict(self.arrays), *(list(part) for part in self.parts()))
        self.indent += 1
        self.depth += 1
        before = len(self.lines)
        self.body(size)
        if len(self.lines) == before:
            self.line("pass")
        self.indent -= 1
        self.depth -= 1
        self.arrays, self.floats, self.lists, self.grown, self.rows, self.dicts, self.boxes = kept

    def parts(self) -> tuple[list[str], ...]:
        return self.floats, self.lists, self.grown, self.rows, self.dicts, self.boxes

    def branch(self) -> None:
        self.line(f"if {self.condition()}:")
        self.block(self.random.randrange(1, 3))
        if self.chance(0.6):
            self.line("else:")
            self.block(self.random.randrange(1, 3))

    def count_loop(self) -> None:
        i = self.new("i")
        self.line(f"for {i} in {self.one('range(3)', 'range(1, n)', 'range(m)', 'range(2)')}:")
        self.indent += 1
        vector = self.place((N,))[0]
        if "range(1, n)" in self.lines[-1]:
            self.line(f"{vector}[{i}] {self.one('=', '+=')} 0.5 * {vector}[{i} - 1] + 0.1 * {self.scalar(0)}")
        elif self.chance(0.4):
            self.line(f"{vector}[{i} % n] *= {self.scalar(0)}")
        if self.chance(0.2):
            self.line(f"if {self.condition()}:")
            self.line(f"    {self.one('break', 'continue')}")
        self.indent -= 1
        self.block(self.random.randrange(1, 4))

    def row_loop(self) -> None:
        matrix = self.place((M, N))[0]
        row = self.new("row")
        kind = self.random.randrange(3)
        heads = [f"for {row} in {matrix}:", f"for j, {row} in enumerate({matrix}):"]
        others = [p for p, _ in self.places((M,))]
        heads.append(f"for c, {row} in zip({self.random.choice(others)}, {matrix}):" if others else heads[0])
        self.line(heads[kind])
        kept = dict(self.arrays)
        self.arrays[row] = (N,)
        self.block(self.random.randrange(1, 3))
        self.arrays = kept

    def while_loop(self) -> None:
        count = self.new("q")
        self.line(f"{count} = 0")
        self.line(f"while {count} < 3 and {self.scalar(0)} < 5.0:")
        self.line(f"    {count} += 1")
        self.block(self.random.randrange(1, 3))
        if self.chance(0.3):
            self.line("else:")
            self.block(1)

    def list_loop(self) -> None:
        if not self.lists:
            self.make_list()
        name, item = self.random.choice(self.lists), self.new("e")
        self.line(f"for {item} in {name}:")
        kept, lists = dict(self.arrays), self.lists
        self.arrays[item], self.lists = (N,), [other for other in lists if other != name]
        self.block(self.random.randrange(1, 3))
        self.arrays, self.lists = kept, lists

    def grow_list(self) -> None:
        name = self.new("G")
        vector = self.random.choice([n for n, s in self.arrays.items() if s == (N,)])
        self.line(f"{name} = []")
        self.line(f"for i in range({self.one('n', '3', 'm')}):")
        item = self.one(vector, f"{vector}.copy()", f"0.5 * {vector}", f"{vector}[::-1]", "A[i % m]", "A[0]")
        self.line(f"    {name}.append({item})")
        if self.chance(0.7):
            self.line(f"    {vector} {self.one('*=', '+=')} {self.number()}")
        elif vector not in "xzA":
            self.line(f"    {vector} = np.sin({vector})")
        else:
            self.block(1)
        self.lists.append(name)
        if self.chance(0.4):
            stacked = self.new("S")
            self.line(f"{stacked} = np.{self.one('array', 'stack', 'vstack')}({name}[:3])")
            total = self.new("t")
            self.line(f"{total} = np.sum({stacked} * {stacked})")
            self.floats.append(total)

    def search_loop(self) -> None:
        """None until set."""
        best, vector = self.new("best"), self.place((N,))[0]
        self.line(f"{best} = None")
        self.line(f"for i in range(len({vector})):")
        self.line(f"    if {best} is None or {vector}[i] > {best}:")
        self.line(f"        {best} = {vector}[i]")
        self.line(f"        {vector}[i] *= {self.number()}")
        if self.chance(0.5):
            self.line(f"    if {best} > {self.number()}:")
            self.line("        break")
        self.floats.append(best)

    def closure(self) -> None:
        total, step, vector = self.new("total"), self.new("step"), self.place((N,))[0]
        array = self.random.choice([n for n, s in self.arrays.items() if s == (N,)])
        self.line(f"{total} = {self.scalar(0)}")
        self.line(f"def {step}(v):")
        self.line(f"    nonlocal {total}")
        self.line(f"    {total} = {total} * 0.5 + v[0]")
        self.line(f"    {array}[0] = {total}")
        self.line(f"    v[1:] *= {total}")
        self.line(f"{step}({vector})")
        if self.chance(0.5):
            self.line(f"{step}({self.place((N,))[0]})")
        self.floats.append(total)

    def early(self) -> None:
        if self.indent > 2:
            return
        self.line(f"if {self.condition()} and {self.scalar(0)} > 0.4:")
        self.line(f"    return {self.total()}")

    # ---- the end

    def total(self) -> str:
        """All that is known, so that nothing that is wrong goes unseen."""
        terms = [f"weigh({name})" for name in self.arrays]
        terms += [f"np.sin({name})" for name in self.floats]
        terms += [f"weigh({name}[{k}])" for name in self.lists for k in (0, 1)]
        terms += [f'weigh({name}["{k}"])' for name in self.dicts for k in "ab"]
        terms += [f"{name}[{i}][{j}]" for name in self.rows for i in (0, 1) for j in (0, 1)]
        terms += [f"weigh({name}.v) * {name}.c" for name in self.boxes]
        return " + ".join(terms)

    def finish(self) -> None:
        for name in self.lists:
            self.line(f"acc{name} = 0.0")
            self.line(f"for item in {name}:")
            self.line(f"    acc{name} = 0.7 * acc{name} + weigh(item)")
            self.floats.append(f"acc{name}")
        self.line(f"return {self.total()}")


def source(seed: int, size: int = 9) -> str:
    """A module with a random function `f(x, z, A, s, k)`."""
    lines = ["def f(x, z, A, s, k):", "    m, n = A.shape", *Writer(seed, size).lines]
    return HEADER + "\n" + "\n".join(lines) + "\n"
