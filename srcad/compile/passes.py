"""The compiler's contents page: all passes, in the order in which a trace comes to them.

`read` makes the trace of the user's function. The passes from `dead-code` to `hoist` stand wherever a trace is made
simpler. Those in between make derivatives, each of which goes through some of them. The last ones bring a trace into
the form that is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srcad.compile.results import made_scalar
from srcad.frontend import read
from srcad.lowering.bufferise import bufferise
from srcad.lowering.careful import guarded
from srcad.lowering.ordering import sink_updates
from srcad.lowering.prepare import prepare
from srcad.native.outline import outlined
from srcad.trace.procedures import distinct
from srcad.transform.curvature import curvature
from srcad.transform.matrices.jacobian import along_columns, along_rows
from srcad.transform.matrices.series import expand
from srcad.transform.matrices.several import several_tangents
from srcad.transform.roots import roots, values
from srcad.transform.simplify.checks import checked, without_covered
from srcad.transform.simplify.common import merge_common
from srcad.transform.simplify.dead_code import eliminate
from srcad.transform.simplify.folding import fold
from srcad.transform.simplify.hoist import hoist
from srcad.transform.simplify.prune import pruned
from srcad.transform.simplify.tried import share_tried
from srcad.transform.sweeps.adjoint import hand_over, primal, reverse, without_unread, witness
from srcad.transform.sweeps.opened import inlined
from srcad.transform.sweeps.procedures import recording
from srcad.transform.sweeps.settle import settle
from srcad.transform.sweeps.split import split
from srcad.transform.sweeps.tangent import inline_rules, push_along


@dataclass(frozen=True)
class Pass:
    """A pass: its name, what it is done by, and what it does, in one line.

    `reads`: what a trace may read behind it. "in scope": what is in scope, as everywhere. "inside": the reverse sweep
    reads inner regions of the forward one, until what it reads of them is recorded. "shared": condition and body of a
    `while` have their parameters in common, which are variables of the code that is printed.
    """

    name: str
    by: Callable[..., object]
    line: str
    reads: str = "in scope"


PASSES = (
    Pass("read", read, "the user's function, run on abstract values, as an evaluation trace"),
    Pass("checks", checked, "before what may fail a check, which stays where nobody needs what it computes"),
    # wherever a trace is made simpler
    Pass("dead-code", eliminate, "what neither a result nor an effect depends on goes"),
    Pass("fold", fold, "what is known, is there already, or has a simpler form isn't computed as it is written"),
    Pass("common", merge_common, "what has been computed before is not computed again"),
    Pass("hoist", hoist, "what a loop of the derivative would compute in each turn anew moves in front of it"),
    # a derivative
    Pass("roots", roots, "roots of sums of squares are norms, whose squares are smooth"),
    Pass("curvature", curvature, "before a second derivative: functions of norms that are smooth where the norm isn't"),
    Pass("scalar", made_scalar, "where only the run tells that the result is one number, it has to say so there"),
    Pass("inline-rules", inline_rules, "custom rules are differentiated again: their source in the place of the call"),
    Pass("tangent", push_along, "behind each equation that of its tangent: the sum over its parents"),
    Pass("series", expand, "beside each equation those of its derivatives, up to some order"),
    Pass("primal", primal, "a derivative that is differentiated again is a program like any other"),
    Pass("forward-calls", recording, "procedures that are called return what their pullbacks will need"),
    Pass("adjoint", reverse, "behind all equations those of the adjoints, in reverse: sums over children", "inside"),
    Pass(
        "unread",
        without_unread,
        "what the reverse sweep makes for nobody goes, before it is asked what it reads",
        "inside",
    ),
    Pass("witness", witness, "shapes are read of what is there, not of what would have to be recorded", "inside"),
    Pass("record", hand_over, "what the reverse sweep reads of loops and branches is taped, yielded, or made again"),
    Pass("settle", settle, "what may be undefined is None where it is recorded or carried"),
    Pass("prune", pruned, "procedures take, return and record what is read of it, and no more"),
    Pass("lanes", several_tangents, "a leading axis, for several tangents at once"),
    Pass("columns", along_columns, "all unit tangents at once: the Jacobian by columns"),
    Pass("rows", along_rows, "all unit adjoints at once: the Jacobian by rows"),
    Pass("split", split, "the forward sweep and the reverse one, as two functions"),
    Pass("covered", without_covered, "checks go of what is computed anyway, or would fail anyway"),
    Pass("distinct", distinct, "procedures get names that no other function of the source has"),
    # ready to be printed
    Pass("inline", inlined, "functions with rules that are to be inlined: their source in the place of the call"),
    Pass("values", values, "what moves as something else is the value that it is, as no more derivatives are made"),
    Pass("tried", share_tried, "what has been tried, and raised nothing, isn't computed again"),
    Pass("outline", outlined, "for the native back end: what can be lowered to C is a call of a kernel"),
    Pass("careful", guarded, "divisions and powers in derivatives by NumPy, where those of Python raise"),
    Pass("prepare", prepare, "a `while` has one set of variables; what only tells types goes", "shared"),
    Pass("sink", sink_updates, "an update goes behind the last reading of what it overwrites", "shared"),
    Pass("bufferise", bufferise, "which updates overwrite memory, and which copy it before", "shared"),
)
