"""What may be proposed at a place: templates of statements, whose fields are filled with what is there.

`{a}` is an array, `{b}` one of the same shape, `{v}` a vector, `{n}` a number; `{e}` an expression of an array,
`{like}` one of the shape of `{a}`; `{kept}` a name to bind; the others stand in `FIELDS`. A field is the same wherever
it stands in a template, and `{n2}` is another one. A template without a value for one of its fields isn't proposed.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from tests.fuzz.scenes import Place, Scene

SMOOTH = ("np.sin({x})", "np.cos({x})", "np.tanh({x})", "np.arctan({x})", "wave({x})", "np.square({x})", "newton({x})")
SMOOTH += (
    "np.sqrt(1.0 + ({x}) ** 2)",
    "np.log(2.0 + np.sin({x}))",
    "np.exp(-np.abs({x}))",
    "1.0 / (1.0 + np.exp(-({x})))",
)
REDUCED = ("np.sum({a})", "np.mean({a})", "{a}.sum()", "np.max({a})", "np.linalg.norm(0.1 + {a})", "np.std({a})")
REDUCED += (
    "np.min({a}, initial=0.5)",
    "np.prod(np.cos({a}))",
    "float(np.sum({a}))",
    "total({a})",
    "np.size({a}) * 0.1",
)
NUMBERS = ("math.sin({n})", "np.tanh({n})", "({n}) * ({n2})", "abs({n})", "newton({n})", "({n}) ** 2", "max({n}, {n2})")
NUMBERS += ("pick({c}, {n}, {n2})", "unless_large({n}, 0.7)", "({n} if {c} else {n2})", "sum([{n}, {n2}])")
CONDITIONS = ("{n} > {n2}", "{n} > {n2}", "k == 0", "k > 0", "s < {lit}", "np.any({a} > {lit})", "{a}.size > 1")
CONDITIONS += ("np.sum({a}) > {lit}", "len(np.shape({a})) == 1")
EXPRESSIONS = ("({x}) * {b}", "({x}) - {lit} * {b}", "({x}) / (1.5 + {b} ** 2)", "({x}) * {n}", "({x}) + {N}")
EXPRESSIONS += ("np.where({b} > {n}, {x}, {b})", "np.stack([{x}, {b}]).sum(axis=0)", "np.minimum({x}, {b})")
EXPRESSIONS += ("pick({c}, {x}, {b})", "scale({a}.copy(), {n})", "functools.reduce(operator.add, [{x}, {b}, {b}])")
EXPRESSIONS += ("np.hypot({x}, 1.0)", "compose(np.sin, np.tanh)({x})", "np.clip({x}, -0.5, 0.9)", "np.abs({x})")
EXPRESSIONS += ("np.multiply({x}, {b}, where={b} > 0.0, out=np.zeros(np.shape({b})))", "np.maximum({x}, 0.2)")
MOVED = ("np.sort({a})", "np.cumsum({a}) * 0.3", "{a}[::-1]", "np.roll({a}, 1)", "np.flip({a})", "{a}.copy()", "-{a}")
MOVED += (
    "np.diff({a}, prepend=0.2)",
    "np.array({a})",
    "np.asarray({a})",
    "np.where({a} > 0.1, {a}, 0.3)",
    "np.ravel({a})",
)
MOVED += ("np.atleast_1d({a})", "{a}.astype(float)", "np.nan_to_num({a})", "+{a}", "np.squeeze({a})", "np.real({a})")
MOVED += ("np.concatenate(({a}, {a}))", "np.take({a}, [0, -1])", "np.repeat({a}, 2)", "np.pad({a}, 1)")
PRODUCTS = ("{m}.sum(axis=0)", "{m}.mean(axis=1)", "{m} @ {m}.T", "np.max({m}, axis=1)", "{m} @ {row}", "{row} @ {m}.T")
PRODUCTS += (
    "np.array([np.sum(r) for r in {m}])",
    "np.vstack([r * 0.5 for r in {m}])",
    "np.einsum('ij,j->i', {m}, {row})",
)

BINDINGS = (
    "{kept} = {e}",
    "{kept} = {e}",
    "{kept} = {N}",
    "{kept} = {place}",
    "{new} = {new2} = {place}",
    "{kept} = view({a})",
)
BINDINGS += ("{kept} = {a}[{mask}]", "{kept} = {a}[{at}]", "{kept} = np.argmax({a})", "{kept} = int(np.sum({a} > 0.1))")
BINDINGS += (
    "{kept} = {a}.shape",
    "n, *rest = {a}.shape",
    "{kept} = {a} > 0.2",
    "{new}, *{new2} = {seq}",
    "*{new}, {new2} = {seq}",
)
BINDINGS += (
    "{new}, {new2} = {seq}",
    "{new}, ({new2}), {new3} = {seq}",
    "{a}, {a2} = {a2}, {a}",
    "del {local}",
)
STORES = (
    "{a} += {like}",
    "{a} *= {N}",
    "{a} -= {n}",
    "{a} *= {b}",
    "{a}[...] = {like}",
    "{a}[:] = {N}",
    "{number} += {N}",
)
STORES += (
    "{number} = {N}",
    "{a}[{mask}] = {n}",
    "{a}[{mask}] *= {n}",
    "{a}[{mask}] = {b}[{mask}] * 0.5",
    "{v}[{at}] = {N}",
)
STORES += (
    "{v}[{at}] += {n}",
    "np.add.at({v}, {at}, {n})",
    "{a}.fill({n})",
    "{v}.sort()",
    "{a}.put([0], {n})",
    "{m}.sort(axis=0)",
)
STORES += (
    "np.add({like}, {b}, out={a})",
    "np.sin({like}, out={a})",
    "np.copyto({a}, {like})",
    "np.multiply({like}, 0.5, {a})",
)
STORES += (
    "{kept} = np.add({like}, {b}, out={a})",
    "scale({a})",
    "shift({v})",
    "{kept} = scale({a}, c={n})",
    "view({v})[:1] = {n}",
)
LISTS = (
    "{list}.append({any})",
    "{list}.append({any})",
    "{list}[{k}] = {any}",
    "{list}.insert(0, {any})",
    "{kept} = {list}.pop()",
)
LISTS += (
    "{list}.reverse()",
    "{list}.extend([{any}, {n}])",
    "{list} += [{any}]",
    "{kept} = {list} + [{any}]",
    "del {list}[0]",
)
LISTS += (
    "{kept} = {list}[::-1]",
    "{list}[1:] = [{any}]",
    "{kept} = {list}[:]",
    "{kept} = sorted({list})",
    "{kept} = sum({list})",
)
LISTS += (
    "{kept} = np.array({list})",
    "{kept} = np.stack({list})",
    "{kept} = np.concatenate({list})",
    "{kept} = tuple({list})",
)
LISTS += ("{kept} = max({list}, key=lambda q: np.sum(q))", "add_to({list}, {any})", "{kept} = list({list})")
MADE = (
    "{kept} = [{any}, {any2}]",
    "{kept} = [{any}]",
    "{kept} = ({any}, {n})",
    "{kept} = [{e}] * 2",
    "{kept} = list({a})",
)
MADE += (
    "{kept} = [{a} * i for i in range(3)]",
    "{kept} = []",
    "{kept} = [[0.5] * 2 for _ in range(2)]",
    "{kept} = {{}}",
)
MADE += ("{kept} = list(steps({a}, 2))", '{kept} = {{"p": {any}, "q": {any2}}}', "{kept} = dict(p={any}, q={any2})")
MADE += (
    "{kept} = {{i: {n} * i for i in range(3)}}",
    '{kept} = {{"p": {{"q": {any}}}, 1: [{any2}]}}',
    "{kept} = Layer({a}, {n})",
)
MADE += (
    "{kept} = Layer(w={a}, b={n}, parts=[{a}])",
    "{kept} = Shape({n})",
    "{kept} = Wide({a})",
    "{kept} = Wide.of({n})",
)
MADE += ("{kept} = Store(p={a}, q={n})", "{kept} = Pair({a}, {n})", "{kept} = Pair(first={n}, second=[{a}])")
DICTS = (
    "{dict}[{key}] = {any}",
    "{dict}[{key}] = {any}",
    "{kept} = {dict}.get({key}, {any})",
    "{kept} = {dict}.pop({key}, {n})",
)
DICTS += ("{dict}.update(p={any})", "{kept} = {dict}.setdefault({key}, {any})", '{kept} = {{**{dict}, "z": {any}}}')
DICTS += (
    "{kept} = {{q: np.sum(r) for q, r in {dict}.items()}}",
    "{kept} = list({dict}.values())",
    "{kept} = dict({dict})",
)
DICTS += ("{kept} = sum(np.sum(r) for r in {dict}.values())", '{kept} = {dict} | {{"y": {any}}}')
DICTS += ("{kept} = len({dict}) * 0.1 + ({key} in {dict})",)
OBJECTS = (
    "{kept} = {layer}({a})",
    "{kept} = {layer}.size",
    "{layer}.size = 0.5",
    "{layer}.push({a})",
    "{layer}.w = {a}",
)
OBJECTS += ("{layer}.w *= {n}", "{layer}.b += {n}", "{kept} = replace({layer}, b={n})", "{layer}.parts.append({a})")
OBJECTS += (
    "setattr({layer}, 'b', {n})",
    "{kept} = getattr({layer}, 'extra', {a})",
    "{kept} = {layer}.size * {layer}({a})",
)
OBJECTS += (
    "{kept} = {shape}.area()",
    "{shape} += {n}",
    "{kept} = {shape} + {n}",
    "{kept} = {n} + {shape}",
    "{shape}.side = {a}",
)
OBJECTS += ("{kept} = {shape} * {n}", "{shape}.factor = {n}", "{kept} = {shape}.penalty({a})", "{kept} = {shape}[0]")
OBJECTS += ("{kept} = ({shape} + {shape}).area()", "{kept} = isinstance({shape}, Wide) * 0.5", "{store}['p'] = {a}")
OBJECTS += (
    "{store}['r'] = {n}",
    "{kept} = {store}['p']",
    "{kept} = sum(np.sum(r) for r in {store})",
    "{kept} = {store}.log",
)
OBJECTS += ("{kept} = len({store}) * 0.2", "{store}['p'] *= {n}", "{kept} = [r for r in {store}]")
OBJECTS += (
    "{kept} = {pair}._replace(second={n})",
    "{new}, {new2} = {pair}",
    "{kept} = {pair}.first",
    "{kept} = Pair(*{pair})",
)
OBJECTS += ("{kept} = {pair}._asdict()",)
FUNCTIONS = (
    "g = lambda q: {a} * q\n{kept} = g({n})",
    "def g(q, r={n}):\n    return np.sin(q) * r + np.sum({a})\n{kept} = g({a2})",
)
FUNCTIONS += ("def h(q):\n    {owner}[...] = 0.5 * {owner}\n    return q * 2\n{kept} = h({a})\n{kept} = h({kept})",)
FUNCTIONS += ("g = functools.partial(wave, slope={n})\n{kept} = g({a})", "{kept} = list(map(lambda q: q * {n}, {a}))")
FUNCTIONS += (
    "{kept} = functools.reduce(lambda q, r: q * 0.5 + r, {a}, {n})",
    "{kept} = sorted({a}.ravel(), key=lambda q: -q)",
)
FUNCTIONS += (
    "{kept} = [g(0.3) for g in [(lambda q, i=i: q * i + {n}) for i in range(3)]]",
    "assert {c} or True, 'never'",
)
FUNCTIONS += ("{kept} = list(itertools.accumulate({a}.ravel(), lambda q, r: 0.5 * q + r))", "{kept} = f'{{{n}:.3f}}'")
FUNCTIONS += (
    "{kept} = max({a}.ravel(), default={n})",
    "{kept} = wave({a}, 0.1, slope={n}, shift=0.2)",
    "{kept} = guarded({n}, {n2})",
    "print(end='')",
)
FUNCTIONS += ("t0 = 0.0\ndef h(q):\n    nonlocal t0\n    t0 += q\n    return t0\n{kept} = h({n}) + h({n2})",)
COMPREHENDED = ("[q * {n} for q in {v}]", "[q for q in {v} if q > {n}]", "sum(q * r for q, r in zip({v}, {v2}))")
COMPREHENDED += (
    "np.array([q ** 2 for q in {v}])",
    "{{i: q for i, q in enumerate({v})}}",
    "[q + r for q in {v} for r in {v2}]",
)
COMPREHENDED += (
    "sum(q for _, q in items_of({v}))",
    "[{v}[i] * {v}[i - 1] for i in range(1, len({v}))]",
    "[list(q) for q in zip({v}, {v2})]",
)
COMPREHENDED += ("tuple(q for q in steps({n}, 3))", "any(q > {n} for q in {v})", "next(q for q in {v} if q == q)")
COMPREHENDED += ("sum(q * r for q, r in itertools.pairwise({v}))", "sum(({v} * i for i in range(2)), start={n})")
EXITS = ("if {c}:\n    break", "if {c}:\n    continue", "if {c}:\n    return {N}")
SIMPLE: dict[tuple[str, ...], int] = {
    BINDINGS: 9,
    STORES: 12,
    LISTS: 4,
    MADE: 4,
    DICTS: 3,
    OBJECTS: 4,
    FUNCTIONS: 3,
    EXITS: 1,
    tuple("{kept} = " + text for text in COMPREHENDED): 2,
}

BRANCHES = (
    "if {c}:",
    "if {c}:\nelse:",
    "if {c}:\nelse:",
    "if {c}:\nelif {c2}:\nelse:",
    "if ({new} := {N}) > {lit}:\nelse:",
)
BRANCHES += ("if not ({c}):", "if {c} and {c2}:\nelse:", "if isinstance({place}, np.ndarray):\nelse:")
LOOPS = (
    "for i in range(3):",
    "for t in range(2):",
    "for i in range(k + 2):",
    "for i in range(len(x)):",
    "for i in range(1, 4):",
)
LOOPS += (
    "for {new} in {a}:",
    "for i, {new} in enumerate({a}):",
    "for {new}, {new2} in zip({a}, {a2}):",
    "for {new} in steps({a}, 2):",
)
LOOPS += ("for j, {new} in items_of({a}):", "for {new} in reversed({a}):", "for j, {new} in np.ndenumerate({a}):")
LOOPS += (
    "for {new} in {seq}:",
    "for i, {new} in enumerate({seq}, 1):",
    "for {new}, {new2} in zip({seq}, {seq}):",
    "for {new} in {seq}[:2]:",
)
LOOPS += (
    "for j, {new} in {dict}.items():",
    "for {new} in {dict}.values():",
    "for j in list({dict}):",
    "for i in range(2):\nelse:",
)
LOOPS += ("turn = 0 ;; while turn < 3 and (turn := turn + 1) and {n} < 4.0:",)
TRIALS = (
    "try:\nexcept ValueError:",
    "try:\nexcept (IndexError, KeyError) as error:",
    "try:\nexcept Exception:\nelse:",
    "try:\nfinally:",
)
TRIALS += (
    "try:\nexcept ZeroDivisionError:\nfinally:",
    "with np.errstate(all='ignore'):",
    "with scaled({a}, {n}) as {new}:",
)
TRIALS += ("with contextlib.nullcontext({a}) as {new}:", "with contextlib.suppress(ValueError):")
COMPOUND: dict[tuple[str, ...], int] = {BRANCHES: 5, LOOPS: 5, TRIALS: 3}

LITERALS = ("0.3", "0.5", "0.7", "0.9", "1.1", "-0.4", "-0.8", "1", "2", "1e-3")
LETTERS = "abdeghpquvw"
DIGITS = "0123456789"


class Proposals:
    """Fills templates at one place."""

    def __init__(self, scene: Scene, chosen: random.Random) -> None:
        self.scene = scene
        self.random = chosen

    def simple(self) -> list[str]:
        """Lines of a statement, or of a few."""
        return self.filled(self.template(SIMPLE)).split("\n")

    def compound(self) -> tuple[list[str], list[str]]:
        """Lines before, and heads of blocks."""
        *before, heads = self.filled(self.template(COMPOUND)).split(" ;; ")
        return before, heads.split("\n")

    def template(self, tables: dict[tuple[str, ...], int]) -> str:
        (table,) = self.random.choices(list(tables), list(tables.values()))
        return self.random.choice(table)

    def filled(self, template: str, **known: str) -> str:
        return template.format_map(Filling(self, known))

    def one(self, texts: tuple[str, ...]) -> str:
        return self.random.choice(texts)

    # ---- what fields become

    def place(self, *kinds: type) -> str:
        return self.scene.one(self.scene.of(*kinds) if kinds else self.scene.places).text

    def named(self, *classes: str) -> str:
        return self.scene.one([p for p in self.scene.places if type(p.value).__name__ in classes]).text

    def array(self, like: tuple[int, ...] | None = None, ndim: int | None = None) -> Place:
        found = self.scene.arrays(ndim)
        return self.scene.one([p for p in found if like is None or p.value.shape == like])

    def new(self) -> str:
        return f"{self.random.choice(LETTERS)}{self.random.randrange(9)}"

    def kept(self) -> str:
        """A new name, or one that is there."""
        known = [n for n, v in self.scene.names.items() if n not in "kc" and not callable(v)]
        return self.random.choice(known) if self.random.random() < 0.25 else self.new()

    def local(self) -> str:
        return self.random.choice([n for n in self.scene.names if n not in "xyAsck"])

    def sequence(self) -> str:
        return self.scene.one([p for p in self.scene.places if is_sequence(p.value) and len(p.value) > 1]).text

    def number(self, depth: int = 0) -> str:
        numbers = self.scene.numbers()
        texts = [self.one(LITERALS), self.scene.one(numbers).text if numbers else "s"]
        vectors = [p for p in self.scene.arrays(1) if p.value.size]
        texts += [f"{self.scene.one(vectors).text}[{self.one(('0', '-1', 'k % 1'))}]"] * 2 if vectors else []
        if depth:
            texts += [self.filled(self.one(NUMBERS)), self.filled(self.one(NUMBERS)), self.filled(self.one(REDUCED))]
        return self.random.choice(texts)

    def expression(self, like: tuple[int, ...] | None = None, depth: int = 2) -> str:
        """Of an array, of a shape where one is wanted."""
        place = self.array(like)
        if depth == 0:
            return place.text
        shape = place.value.shape
        inner = self.expression(shape, depth - 1) if self.random.random() < 0.5 else place.text
        tables = [SMOOTH, EXPRESSIONS, EXPRESSIONS]
        if like is None:
            tables += [MOVED, MOVED, PRODUCTS]
        known = {"x": inner, "a": place.text, "b": self.array(shape).text}
        return self.filled(self.one(self.random.choice(tables)), **known)

    def mask(self, array: str) -> str:
        texts = ("{a} > {n}", "~({a} < {lit})", "np.isfinite({a})")
        return self.filled(self.one(texts), a=self.array(self.shape_of(array)).text)

    def shape_of(self, text: str) -> tuple[int, ...]:
        return next(p.value.shape for p in self.scene.places if p.text == text)

    def row(self, matrix: str) -> str:
        return self.array(self.shape_of(matrix)[1:]).text

    def anything(self) -> str:
        """Whatever can be put into a container."""
        texts = ("{a}", "{a}", "{e}", "{N}", "[{n}, {n2}]", "({a}, {n})", "{container}")
        return self.filled(self.one(texts))


class Filling(dict[str, str]):
    """The fields of one template, drawn when they are met."""

    def __init__(self, proposals: Proposals, known: dict[str, str]) -> None:
        super().__init__(known)
        self.proposals = proposals

    def __missing__(self, field: str) -> str:
        text = FIELDS[field.rstrip(DIGITS)](self.proposals, self)
        self[field] = text
        return text


def at(proposals: Proposals, fields: Filling) -> str:
    texts = ("[0, 1]", "[1, 0, 1]", "np.array([0, -1])", "np.argsort({v})", "np.argmax({v})", "0", "-1", "1", "k")
    return proposals.one(texts).format(v=fields["v"] if "v" in fields else "x")


FIELDS: dict[str, Callable[[Proposals, Filling], str]] = {
    "a": lambda p, f: p.array().text,
    "b": lambda p, f: p.array(p.shape_of(f["a"])).text,
    "v": lambda p, f: p.array(ndim=1).text,
    "m": lambda p, f: p.array(ndim=2).text,
    "row": lambda p, f: p.row(f["m"]),
    "e": lambda p, f: p.expression(),
    "like": lambda p, f: p.expression(p.shape_of(f["a"])),
    "mask": lambda p, f: p.mask(f["a"]),
    "at": at,
    "n": lambda p, f: p.number(),
    "N": lambda p, f: p.number(1),
    "number": lambda p, f: p.scene.one(p.scene.numbers()).text,
    "lit": lambda p, f: p.one(LITERALS),
    "c": lambda p, f: p.filled(p.one(CONDITIONS)),
    "place": lambda p, f: p.place(),
    "any": lambda p, f: p.anything(),
    "container": lambda p, f: p.place(list, dict, tuple),
    "list": lambda p, f: p.place(list),
    "dict": lambda p, f: p.place(dict),
    "seq": lambda p, f: p.sequence(),
    "layer": lambda p, f: p.named("Layer"),
    "shape": lambda p, f: p.named("Shape", "Wide"),
    "store": lambda p, f: p.named("Store"),
    "pair": lambda p, f: p.named("Pair"),
    "owner": lambda p, f: p.random.choice([n for n, v in p.scene.names.items() if isinstance(v, np.ndarray)]),
    "kept": lambda p, f: p.kept(),
    "new": lambda p, f: p.new(),
    "local": lambda p, f: p.local(),
    "k": lambda p, f: p.one(("0", "-1", "k", "1")),
    "key": lambda p, f: p.one(('"p"', '"q"', '"w"', "0", "k", '"p" if k else "q"')),
}


def is_sequence(value: object) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)
