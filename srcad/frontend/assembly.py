"""The frontend put together: who reads what. All handlers that files know by `m.ports` alone are named here, and once.

An entry is asked before those below it, where several could read the same call.
"""

from __future__ import annotations

from srcad.frontend.control.pipes import run_over
from srcad.frontend.core.ports import CallOf, Ports, ReadCall
from srcad.frontend.core.reading import Derivative, LinearMapValue
from srcad.frontend.core.values import Bound, Choice, Func, Iter, Method, Obj, Ref, Static, Value
from srcad.frontend.derivatives import calls as derivatives
from srcad.frontend.derivatives.definitions import WORDS, definition, object_call
from srcad.frontend.library import calls
from srcad.frontend.library.builtins import BUILTINS
from srcad.frontend.library.defined import numpy_program
from srcad.frontend.library.indexers import INDEXERS
from srcad.frontend.library.inherited import of_containers
from srcad.frontend.library.managers import call_manager
from srcad.frontend.library.mutators import MUTATORS
from srcad.frontend.library.numbers import of_known_numbers
from srcad.frontend.library.stepping import take
from srcad.frontend.memory.branches import branch
from srcad.frontend.procedures.classes import OF_OBJECT, generated, of_exceptions
from srcad.frontend.syntax.assign import assign
from srcad.frontend.syntax.expressions import evaluate
from srcad.frontend.syntax.raising import throw
from srcad.frontend.syntax.statements import execute

CALLABLES: dict[type[Value], CallOf] = {
    Choice: calls.call_either,
    Func: calls.call_program,
    Bound: calls.call_bound,
    Method: calls.call_method,
    Static: calls.call_known,
    Iter: call_manager,
    Derivative: derivatives.derivative,
    LinearMapValue: derivatives.linear_map,
    Obj: object_call,
    Ref: calls.call_instance,
    Value: calls.refuse_call,
}

READERS: tuple[ReadCall, ...] = (
    calls.defined_inside,
    calls.namespace,
    calls.in_table({**BUILTINS, **MUTATORS, **INDEXERS, **OF_OBJECT, **WORDS}),
    derivatives.with_rules,
    derivatives.own,
    calls.added_at,
    derivatives.solver,
    definition,
    of_known_numbers,
    calls.catalogued,
    numpy_program,
    calls.with_first_arguments,
    calls.of_first_argument,
    of_exceptions,
    of_containers,
    calls.instance,
    calls.named_tuple,
    generated,
    calls.dispatched,
    calls.vectorised,
    calls.context_manager,
    calls.vectorize_object,
    calls.python,
    calls.unknown,
)

PORTS = Ports(evaluate, execute, assign, run_over, CALLABLES, READERS, take, branch, throw)

__all__ = ["PORTS"]
