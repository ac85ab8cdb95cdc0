"""The smallest program with the same kind of fault, found by taking away statements and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.fuzz.grown import Compound, Program, Statement

Faulty = Callable[[Program], bool]


def reduced(program: Program, faulty: Faulty, tries: int = 120) -> Program:
    """`faulty` says whether a smaller program shows the same fault."""
    while True:
        for smaller in candidates(program):
            tries -= 1
            if tries < 0:
                return program
            if faulty(smaller):
                program = smaller
                break
        else:
            return program


def candidates(program: Program) -> Iterator[Program]:
    terms = program.result.split(" + ")
    if len(terms) > 1:
        for half in (terms[: len(terms) // 2], terms[len(terms) // 2 :]):
            yield Program(program.seed, program.body, " + ".join(half))
    for body in smaller_bodies(program.body):
        yield Program(program.seed, body, program.result)


def smaller_bodies(body: list[Statement]) -> Iterator[list[Statement]]:
    """Without one statement; with a compound's block in its place; with a section or a block of it smaller."""
    for k, statement in reversed(list(enumerate(body))):
        before, after = body[:k], body[k + 1 :]
        if len(body) > 1:
            yield before + after
        if isinstance(statement, Compound):
            for heads in range(len(statement.sections)):
                yield before + statement.sections[heads][1] + after
            for heads, (head, inner) in enumerate(statement.sections):
                for smaller in smaller_bodies(inner):
                    sections = list(statement.sections)
                    sections[heads] = (head, smaller)
                    yield [*before, Compound(sections), *after]
                if heads and heads == len(statement.sections) - 1 and not statement.sections[0][0].startswith("try"):
                    yield [*before, Compound(statement.sections[:-1]), *after]
