"""What can't be differentiated, or not yet."""

import io
import json
import re

import numpy as np
from scipy import interpolate, ndimage, optimize

from tests.refusals import ArgumentError, NotDifferentiable, NotYetSupported, refused

x3 = np.array([0.7, -1.3, 0.4])


# ---- unknown code


@refused(x3)
def compiled_filter(x):
    y = np.sin(x)
    return np.sum(ndimage.distance_transform_edt(y))  # <- refused


CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


@refused(x3)
def scattered_data(y):
    return interpolate.CloughTocher2DInterpolator(CORNERS, y)(0.2, 0.2)  # <- refused


@refused(1.3)
def bounded_squares(a):
    result = optimize.lsq_linear(np.eye(2) * a, np.ones(2))  # <- refused
    return result.x[0] * a  # <- refused


def norm_by_library(v):
    return ndimage.distance_transform_edt(v)  # <- refused


@refused(x3, helpers=(norm_by_library,))
def inside_a_helper(x):
    return norm_by_library(x * x) * x[0]


@refused(x3)
def through_json(x):
    text = json.dumps(x.tolist())  # <- refused
    return np.sum(np.array(json.loads(text)) * x)  # <- refused


@refused(1.3)
def through_repr(x):
    return float(repr(x)) * x  # <- refused


@refused(1.3)
def through_a_string(x):
    text = "%.5f" % x  # <- refused
    return float(re.sub("^0", "", text)) * x  # <- refused


@refused(1.3)
def through_a_file(x):
    file = io.StringIO()
    file.write(f"{x}")  # <- refused
    return float(file.getvalue()) * x  # <- refused


@refused(1.3)
def what_may_be_the_same_array(x):
    kept = np.zeros(3)
    seen = np.require(kept)
    kept[0] = x  # <- refused
    return np.sum(seen)


@refused(1.3)
def a_view_of_what_may_be_the_same_array(x):
    kept = np.ones(3)
    seen = np.lib.stride_tricks.sliding_window_view(kept, 2)
    part = kept[1:]
    part *= x  # <- refused
    return np.sum(seen)


# ---- constructs


@refused(x3)
def generator(x):  # <- refused
    for v in x:
        yield v * v  # <- refused


@refused(1.3)
async def coroutine(x):  # <- refused
    return x * x


@refused(1.3)
def executes_text(x):
    namespace = {"x": x}
    exec("y = x * x", namespace)  # <- refused
    return namespace["y"]  # <- refused


@refused(1.3, kinds=(ArgumentError, NotDifferentiable, NotYetSupported))
def evaluates_text(x):
    return eval("x * x")  # <- refused


counter = 0.0


@refused(1.3)
def stores_global(x):
    global counter
    counter = counter + x * x  # <- refused
    return counter * x


@refused(0.3, 0.7, argnums=(0, 1))
def set_of_values(x, y):
    return sum({x, y, x * y})  # <- refused


# ---- memory


@refused(x3)
def into_integers(x):
    counts = np.zeros(3, dtype=np.int64)
    counts[1:] = 10 * x[:2]  # <- refused
    return np.sum(counts * x)  # <- refused


class Recorder:
    best = 0.0


recorder = Recorder()


outer_list = []


@refused(1.3)
def appends_to_outer_list(x):
    outer_list.append(x * x)  # <- refused
    return outer_list[-1] * x  # <- refused


# ---- results and arguments


@refused(x3, kinds=(ArgumentError, NotDifferentiable))
def vector_result(x):  # <- refused
    return np.sin(x)  # <- refused


@refused(x3, kinds=(ArgumentError, NotDifferentiable))
def tuple_result(x):  # <- refused
    return np.sum(x), np.sum(x * x)  # <- refused


@refused(x3, kinds=(ArgumentError, NotDifferentiable))
def complex_result(x):  # <- refused
    return np.sum(np.exp(2j * x))  # <- refused


@refused(1.3, kinds=(ArgumentError, NotDifferentiable))
def string_result(x):  # <- refused
    return f"{x}"  # <- refused


@refused(1.3, kinds=(ArgumentError, NotDifferentiable))
def no_result(x):  # <- refused
    y = x * x  # <- refused
