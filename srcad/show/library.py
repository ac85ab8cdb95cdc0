"""A derivative as a library of C, a header and a source, that needs neither Python nor srcad.

    int loss_grad(const double *w, int64_t w_length, double b, double *w_bar);

Arguments are numbers, and arrays row by row, each followed by those of its lengths that no other one tells; results go
to where the caller says. What the function returns is 0, or says why there is no result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from srcad.compile.program import Program
from srcad.errors import NotYetSupported
from srcad.frontend.core.guards import Guard, TypeGuard
from srcad.native.c import TYPES, printed
from srcad.native.lower.kernel import Passed, lowered, passed
from srcad.native.lower.state import KEYWORDS, reserved
from srcad.native.lower.values import NotLowered
from srcad.show.emit import Emission, provenance, require_one_function
from srcad.show.lengths import CLengths
from srcad.trace.dims import Dim
from srcad.trace.nodes import Fixed, Input, Leaf, Node, Trace, Tree
from srcad.trace.types import Array, Scalar, Type

# How a kernel ends, in the order in which support.h counts it.
MEANINGS: Mapping[str, str] = {
    "DONE": "all went well",
    "MEMORY": "there was no memory",
    "ZERO_DIVISION": "a number was divided by zero",
    "INDEX": "an index was out of range",
    "VALUE": "a value was given that the program refuses",
    "ARITHMETIC": "an integer left its 64 bits",
    "MATH": "a function was asked for a place where it isn't defined",
    "SHAPE": "lengths don't fit each other, or are others than the derivative was made for",
}
ENTRY = """\
{head} {{
    union value in[{inputs}], out[{outputs}];
    struct call all = {{0}};
{checks}    all.ticks = all.depth = INT64_MAX;
{given}    int status = {kernel}(&all, in, out);
    if (status == DONE) {{
{taken}    }}
    for (struct block *one = all.blocks, *next; one; one = next) {{
        next = one->next;
        free(one);
    }}
    return status;
}}
"""
HEADER = """\
{comment}
#ifndef {guard}
#define {guard}

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

enum {name}_status {{
{status}
}};

{prototype};

#ifdef __cplusplus
}}
#endif

#endif
"""
# What the names of arguments and results mustn't be.
AVOIDED = KEYWORDS | frozenset(re.findall(r"\w+", ENTRY + "k main char uintptr_t int64_t malloc printf"))
# What -Wall says of code that nobody writes by hand.
QUIET = """\
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
"""


@dataclass(frozen=True)
class CLibrary:
    """The texts of a header, of the source beside it, and of a program that calls it."""

    name: str
    header: str
    source: str
    example: str


@dataclass(frozen=True)
class Exchanged:
    """An argument or a result: its name in C, what it is, and its lengths as expressions of C."""

    name: str
    how: Passed
    lengths: tuple[str, ...] = ()

    @property
    def c_type(self) -> str:
        return TYPES[self.how.type]

    @property
    def count(self) -> str:
        """The number of elements."""
        return " * ".join(n if re.fullmatch(r"\w+", n) else f"({n})" for n in self.lengths) or "1"

    @property
    def described(self) -> str:
        return f"{self.c_type}{''.join(f'[{n}]' for n in self.lengths)}"


def c_library(emission: Emission, name: str = "") -> CLibrary:
    """The library of a derivative; refused where a part of it can't run without Python. `name`: of its files."""
    return _LibraryWriter(emission, name).library()


# ---- writing


class _LibraryWriter:
    """Writes one library."""

    def __init__(self, emission: Emission, file: str) -> None:
        self.emission = emission
        self.program: Program = emission.program.alone()
        require_one_function(self.program, "become C")
        if self.program.has_effects:
            raise NotYetSupported(
                "a program that prints, draws at random, catches exceptions or changes something outside needs Python",
                do="move that out of the function",
            )
        (self.trace,) = self.program.final
        self.lengths = CLengths.of(self.program.promises)
        self.taken: set[str] = set()
        self.parameters: list[str] = []
        self.name = self.named(self.trace.name, reserved())
        self.file = file or self.name
        self.others: list[str] = []  # what mustn't be so of ints that are lengths

    def library(self) -> CLibrary:
        kernel = self.named(f"{self.name}_kernel", reserved())
        try:
            made = lowered(self.trace, kernel)
        except NotLowered as failed:
            raise NotYetSupported(
                "this can't be written in C", failed.span, why=failed.what, do="write a module, with --language python"
            ) from None
        if made.function.linked:
            raise NotYetSupported(
                "this can't be written in C",
                why="it calls functions of SciPy's, which a library that needs no Python hasn't got",
                do="write a module, with --language python",
            )
        inputs = [self.argument(entry) for entry in self.trace.inputs]
        outputs = [(k, self.result(k, name)) for k, name in results_of(self.trace, self.program)]
        head = f"int {self.name}({', '.join(self.parameters) or 'void'})"
        entry = ENTRY.format(
            head=head,
            kernel=kernel,
            inputs=max(len(inputs), 1),
            outputs=max(len(self.trace.body.results), 1),
            checks="".join(f"    if ({text}) return SHAPE;\n" for text in self.broken()),
            given="".join(self.given(k, one) for k, one in enumerate(inputs)),
            taken="".join(self.taken_from(k, one) for k, one in outputs),
        )
        text = printed(made.function, linkage="static")
        source = f'{self.comment("")}\n#include "{self.file}.h"\n\n{QUIET}\n{text}\n{entry}'
        slots = [*inputs, *(one for _, one in outputs)]
        return CLibrary(self.file, self.header(head, inputs, outputs), source, self.example(slots, len(inputs)))

    def named(self, text: str, avoided: frozenset[str] = AVOIDED) -> str:
        """A name of C that nothing else has."""
        plain = re.sub(r"\W+", "_", text).strip("_") or "value"
        plain = f"v{plain}" if plain[0].isdigit() else plain
        name, k = plain, 0
        while name in self.taken or name in avoided:
            k += 1
            name = f"{plain}_{k}"
        self.taken.add(name)
        return name

    # ---- arguments and results

    def argument(self, entry: Input) -> Exchanged:
        how = self.passed(entry.var.type, str(entry.path))
        name = self.named(str(entry.path))
        if not isinstance(entry.var.type, Array):
            self.parameters.append(f"{TYPES[how.type]} {name}")
            self.counts(entry.var.type, name)
            return Exchanged(name, how)
        self.parameters.append(f"const {TYPES[how.type]} *{name}")
        return Exchanged(name, how, tuple(self.lengths_of(entry.var.type.dims, name)))

    def counts(self, kind: Type, name: str) -> None:
        """An int that lengths are made of."""
        if not isinstance(kind, Scalar) or kind.length is None or not kind.length.terms:
            return
        symbol = self.lengths.unknown(kind.length)
        if symbol is not None:
            self.lengths.known[symbol] = name
        elif self.lengths.tells(kind.length):
            self.others.append(f"{name} != {self.lengths.text(kind.length)}")
        else:
            raise NotYetSupported(f"what {name} counts can't be told from other arguments")

    def lengths_of(self, dims: Sequence[Dim], name: str) -> Iterator[str]:
        """The lengths of an argument; those that nothing tells yet are arguments, too."""
        for k, dim in enumerate(dims):
            symbol = self.lengths.unknown(dim)
            if symbol is not None:
                length = self.named(f"{name}_{_word(k, len(dims))}")
                self.lengths.known[symbol] = length
                self.parameters.append(f"int64_t {length}")
            elif not self.lengths.tells(dim):
                raise NotYetSupported(f"the length {k} of {name} can't be told from those of other arguments")
            yield self.lengths.length(dim)

    def result(self, k: int, name: str) -> Exchanged:
        atom = self.trace.body.results[k]
        how = self.passed(atom.type, name)
        slot_name = self.named(name)
        self.parameters.append(f"{TYPES[how.type]} *{slot_name}")
        if not isinstance(atom.type, Array):
            return Exchanged(slot_name, how)
        if not all(map(self.lengths.tells, atom.type.dims)):
            raise NotYetSupported(
                f"the shape of {name} is known to the run alone",
                do="return an array whose lengths are those of the arguments",
            )
        return Exchanged(slot_name, how, tuple(map(self.lengths.length, atom.type.dims)))

    def passed(self, kind: Type, name: str) -> Passed:
        try:
            how = passed(kind)
        except NotLowered:
            how = None
        if how is None or how.items is not None or how.type.is_complex:
            what = f"{name} is {kind}, which callers in C can't give or take"
            raise NotYetSupported(what, do="use numbers and arrays")
        return how

    def broken(self) -> Iterator[str]:
        """What mustn't be so of lengths."""
        for guard in self.program.reading.guards:
            require_rows(guard)
        yield from self.others
        for promise in self.program.promises:
            dim = promise.dim
            if not self.lengths.tells(dim):
                raise NotYetSupported("what is taken for granted of lengths can't be told from those of arguments")
            one, other = self.lengths.sides(dim)
            if one != other:
                yield f"{one} {'!=' if promise.zero else '<'} {other}"

    # ---- the body

    def given(self, k: int, slot: Exchanged) -> str:
        if slot.how.rank is None:
            return f"    in[{k}].{slot.how.field} = {slot.name};\n"
        lines = [f"    in[{k}].a.block = NULL;", f"    in[{k}].a.data = (char *)(uintptr_t){slot.name};"]
        lines += [f"    in[{k}].a.length[{j}] = {n};" for j, n in enumerate(slot.lengths)]
        return "\n".join(lines) + "\n"

    def taken_from(self, k: int, slot: Exchanged) -> str:
        if slot.how.rank is None:
            return f"        *{slot.name} = ({slot.c_type})out[{k}].{slot.how.field};\n"
        fits = [f"out[{k}].a.length[{j}] != {n}" for j, n in enumerate(slot.lengths)]
        check = f"        if ({' || '.join(fits)}) status = SHAPE;\n        else " if fits else "        "
        size = f"(size_t)({slot.count}) * sizeof({slot.c_type})"
        return f"{check}memcpy({slot.name}, DATA_OF(out[{k}].a.block), {size});\n"

    # ---- what people read

    def comment(self, more: str) -> str:
        text = f"{self.emission.title}\n\n{more}{provenance(self.emission)}"
        lines = text.replace("*/", "* /").split("\n")
        return "\n".join(["/* " + lines[0], *(f" * {line}".rstrip() for line in lines[1:]), " */"])

    def header(self, head: str, inputs: Sequence[Exchanged], outputs: Sequence[tuple[int, Exchanged]]) -> str:
        guard, upper = f"{self.name.upper()}_H", self.name.upper()
        status = "\n".join(f"    {upper}_{one}, /* {MEANINGS[one]} */" for one in MEANINGS)
        rows = [(one.name, "in", one.described) for one in inputs]
        rows += [(one.name, "out", one.described) for _, one in outputs]
        width = max((len(name) for name, *_ in rows), default=0)
        table = "".join(f"    {name:<{width}}  {way:<3}  {kind}\n" for name, way, kind in rows)
        fixed = ", ".join(self.fixed())
        said = f"Arrays lie row by row; none may overlap a result.\n\n{table}\n"
        said += f"Made for {fixed}.\n\n" if fixed else ""
        said += f"It returns {upper}_DONE, which is 0, or why there is no result.\n\n"
        return HEADER.format(
            comment=self.comment(said), guard=guard, name=self.name, status=status, prototype=_wrapped(head)
        )

    def fixed(self) -> Iterator[str]:
        """Arguments that aren't numbers, and numbers on which the code depends."""
        moving = {entry.path.root for entry in self.trace.inputs}
        for parameter, value in zip(self.program.primal.parameters, self.emission.call.flat, strict=True):
            if parameter.name not in moving:
                yield f"{parameter.name} = {value!r}" if not hasattr(value, "shape") else parameter.name

    def example(self, slots: Sequence[Exchanged], inputs: int) -> str:
        """A program that calls the function once, with numbers that are there to be changed."""
        numbers = {one.name for one in slots[:inputs] if one.how.rank is None}
        lines = [f"    int64_t {name} = 3;" for name in self.lengths.known.values() if name not in numbers]
        for k, slot in enumerate(slots):
            lines += self.declared(slot, k < inputs)
        given = [re.sub(r".*?(\w+)$", r"\1", parameter) for parameter in self.parameters]
        results = {one.name for one in slots[inputs:] if one.how.rank is None}
        call = ", ".join(f"&{name}" if name in results else name for name in given)
        lines.append(f"    int status = {self.name}({call});")
        lines.append('    if (status) { printf("status %d\\n", status); return 1; }')
        for slot in slots[inputs:]:
            lines += shown(slot)
        head = f'#include <inttypes.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include "{self.file}.h"\n'
        body = "\n".join([*lines, "    return 0;"])
        return f"{head}\nint main(void) {{\n{body}\n}}\n"

    def declared(self, slot: Exchanged, given: bool) -> list[str]:
        if slot.how.rank is None:
            return [f"    {slot.c_type} {slot.name} = {1 if given else 0};"]
        made = f"    {slot.c_type} *{slot.name} = malloc((size_t)({slot.count}) * sizeof *{slot.name});"
        fill = f"    for (int64_t k = 0; k < {slot.count}; ++k) {slot.name}[k] = ({slot.c_type})(k + 1);"
        return [made, f"    if (!{slot.name}) return 1;", *([fill] if given else [])]


def require_rows(guard: Guard) -> None:
    """Refuse what was made for an array in another order than that of rows."""
    if isinstance(guard, TypeGuard) and isinstance(guard.type, Array) and guard.layout not in (None, "C"):
        raise NotYetSupported(f"the program writes to {guard.path}, which doesn't lie row by row in memory")


def shown(slot: Exchanged) -> list[str]:
    form, cast = ("%.10g", "(double)") if slot.how.type.is_float else ("%lld", "(long long)")
    if slot.how.rank is None:
        return [f'    printf("{slot.name} {form}\\n", {cast}{slot.name});']
    return [
        f'    printf("{slot.name}");',
        f'    for (int64_t k = 0; k < {slot.count}; ++k) printf(" {form}", {cast}{slot.name}[k]);',
        '    printf("\\n");',
    ]


def _word(k: int, rank: int) -> str:
    """What a length of an array is called."""
    return {1: ("length",), 2: ("rows", "columns")}.get(rank, tuple(f"length{j}" for j in range(rank)))[k]


def _wrapped(head: str) -> str:
    """A prototype, a parameter a line where it is long."""
    if len(head) < 100:
        return head
    name, _, rest = head.partition("(")
    return f"{name}(\n    " + rest.removesuffix(")").replace(", ", ",\n    ") + ")"


# ---- the names of results


def results_of(trace: Trace, program: Program) -> Iterator[tuple[int, str]]:
    """The flat results, each with what to call it."""
    request, output = program.request, trace.output
    if request.kind != "gradient":
        yield from _named(output, {"primal": "result", "tangent": "result"}.get(request.kind, request.kind))
        return
    names = [p.name for p in program.primal.parameters]
    wanted = [k if isinstance(k, str) else names[k] for k in request.argnums or range(len(names))]
    if request.value or request.has_aux:
        assert isinstance(output, Node)
        parts = list(output.children)
        yield from _named(parts.pop(0), "value") if request.value else ()
        output = parts.pop(0)
        yield from (pair for part in parts for pair in _named(part, "aux"))
    parts = [output] if request.single else list(output.children) if isinstance(output, Node) else []
    for name, part in zip(wanted, parts, strict=True):
        yield from _named(part, name, "_bar")


def _named(tree: Tree, name: str, end: str = "") -> Iterator[tuple[int, str]]:
    match tree:
        case Leaf(index):
            yield index, f"{name}{end}"
        case Node(_, children, keys):
            for key, child in zip(keys or range(len(children)), children, strict=True):
                yield from _named(child, f"{name}_{key}", end)
        case Fixed():
            return
