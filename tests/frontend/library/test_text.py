"""A derivative doesn't pass through text, bytes and objects: what comes back out of them is refused."""

import array
import collections
import ctypes
import datetime
import decimal
import fractions
import io
import json
import math
import pickle
import string
import struct
import textwrap

import numpy as np

from tests.frontend import Programs, tangents

program = Programs()
x3 = np.array([0.7, 1.3, 0.4])


@program.refused(x3)
def through_sumobj(x):
    return np.sum(x.astype(object))  # <- here


@program.refused(x3)
def through_arrobj(x):
    return np.array([x[0] * x[1], x[1]], dtype=object)[0]  # <- here


@program.refused(x3)
def through_arrobj2(x):
    return np.sum(np.array([x, x], dtype=object))  # <- here


@program.refused(x3)
def through_sumdtype(x):
    return np.sum(x, dtype=object)  # <- here


@program.refused(x3)
def through_astypestr(x):
    return np.sum(x.astype(str).astype(float))  # <- here


@program.refused(x3)
def through_astypeS(x):
    return np.sum(x.astype("S20").astype(float))  # <- here


@program.refused(x3)
def through_floatstr(x):
    return float(str(x[0]))  # <- here


@program.refused(x3)
def through_floatf(x):
    return float(f"{x[0]}")  # <- here


@program.refused(x3)
def through_json(x):
    return json.loads(json.dumps(float(x[0]))) * 2  # <- here


@program.refused(x3)
def through_jsonl(x):
    return json.loads(json.dumps(x.tolist()))[0] * 2  # <- here


@program.refused(x3)
def through_array2string(x):
    return float(np.array2string(x[0]))  # <- here


@program.refused(x3)
def through_repr(x):
    return float(repr(float(x[0])))  # <- here


@program.refused(x3)
def through_evalrepr(x):
    return np.fromstring(" ".join(map(str, x)), sep=" ").sum()  # <- here


@program.refused(x3)
def through_pickle(x):
    return np.sum(pickle.loads(pickle.dumps(x)))  # <- here


@program.refused(x3)
def through_bytes(x):
    return np.sum(np.frombuffer(x.tobytes()))  # <- here


@program.refused(x3)
def through_mem(x):
    return np.sum(np.asarray(memoryview(x)))  # <- here


@program.refused(x3)
def through_struct(x):
    return struct.unpack("d", struct.pack("d", x[0]))[0]  # <- here


@program(x3)
def keeps_item(x):
    return x[0].item() ** 2 + x.item(1) ** 2


@program(x3)
def keeps_tolist(x):
    return sum(v * v for v in x.tolist())


@program.refused(x3)
def through_decimal(x):
    return float(decimal.Decimal(float(x[0])))  # <- here


@program.refused(x3)
def through_fraction(x):
    return float(fractions.Fraction(float(x[0])))  # <- here


@program.refused(x3)
def through_timedelta(x):
    return datetime.timedelta(seconds=float(x[0])).total_seconds()  # <- here


@program.refused(x3)
def through_save(x):
    b = io.BytesIO()
    np.save(b, x)  # <- here
    b.seek(0)
    return np.sum(np.load(b))


@program.refused(x3)
def through_savetxt(x):
    b = io.StringIO()
    np.savetxt(b, x)  # <- here
    b.seek(0)
    return np.sum(np.loadtxt(b))


@program.refused(x3)
def through_stringio(x):
    b = io.StringIO()
    b.write(str(x[0]))  # <- here
    return float(b.getvalue())


@program.refused(x3)
def through_stringio2(x):
    b = io.StringIO()
    print(x[0], file=b)  # <- here
    return float(b.getvalue())


@program.refused(x3)
def through_ctypes(x):
    return ctypes.c_double(x[0]).value  # <- here


@program.refused(x3)
def through_arrayarray(x):
    return array.array("d", x)[0] ** 2  # <- here


@program.refused(x3)
def through_hash(x):
    return hash(float(x[0])) * 0.0 + x[1]  # <- here


@program.refused(x3)
def through_void(x):
    a = np.zeros(1, dtype=[("a", float)])
    a["a"] = x[0]  # <- here
    return a["a"][0]


@program.refused(x3)
def through_view(x):
    return np.sum(x.view(np.int64).view(np.float64))  # <- here


@program.refused(x3)
def through_hex(x):
    return float.fromhex(float(x[0]).hex())  # <- here


@program.refused(x3)
def through_ratio(x):
    a, b = float(x[0]).as_integer_ratio()  # <- here
    return a / b


@program.refused(x3)
def through_strjoin(x):
    return float("".join([str(x[0])]))  # <- here


@program.refused(x3)
def through_percent(x):
    return float("%.17g" % x[0])  # <- here


@program.refused(x3)
def through_format(x):
    return float(format(float(x[0]), ".17g"))  # <- here


@program.refused(x3)
def through_formatm(x):
    return float("{:.17g}".format(x[0]))  # <- here


@program.refused(x3)
def through_split(x):
    return sum(float(s) for s in f"{x[0]} {x[1]}".split())  # <- here


@program.refused(x3)
def through_strarr(x):
    return np.array([str(v) for v in x]).astype(float).sum()  # <- here


@program.refused(x3)
def through_strarr2(x):
    return np.array([str(v) for v in x], dtype=float).sum()  # <- here


@program.refused(x3)
def through_charmod(x):
    return float(np.char.mod("%.17g", x)[0])  # <- here


@program.refused(x3)
def through_objsum(x):
    return sum(np.array(list(x), dtype=object))  # <- here


@program.refused(x3)
def through_objstore(x):
    a = np.empty(2, dtype=object)
    a[0] = x[0]  # <- here
    a[1] = x
    return a[0] * 2


@program.refused(x3)
def through_objstore2(x):
    a = np.empty(2, dtype=object)
    a[:] = [x[0] * 2, x[1]]  # <- here
    return a.sum()


@program.refused(x3)
def through_objfull(x):
    return np.full(2, x[0], dtype=object).sum()  # <- here


@program.refused(x3)
def through_objdot(x):
    return x.astype("O") @ x  # <- here


@program(x3)
def through_dictkey(x):
    d = {float(x[0]): 1.0}
    return next(iter(d)) * 2


@program(x3)
def keeps_counter(x):
    c = collections.Counter()
    c["a"] += x[0]
    return c["a"]


@program.refused(x3)
def through_complexstr(x):
    return complex(str(complex(x[0], x[1]))).real  # <- here


@program(x3)
def taken_apart(x):
    return math.ldexp(*math.frexp(x[0])) * x[1]


@program(x3)
def keeps_modf(x):
    return sum(math.modf(x[0]))


@program.refused(x3)
def through_struct_arr(x):
    a = np.array([(x[0], 1), (x[1], 2)], dtype=[("v", float), ("n", int)])  # <- here
    return a["v"].sum()


@program.refused(x3)
def through_rec(x):
    return np.rec.fromarrays([x, x * 2], names="a,b").b.sum()  # <- here


@program(x3)
def keeps_print(x):
    print(f"{x}"[:0], end="")
    return np.sum(x**2)


@program.refused(x3)
def through_sorted_str(x):
    return float(sorted([str(v) for v in x])[0])  # <- here


@program(x3)
def keeps_bool(x):
    return bool(x[0] > 0) * x[1]


@program.refused(x3)
def through_strtemplate(x):
    return float(string.Template("$a").substitute(a=x[0]))  # <- here


@program.refused(x3)
def through_textwrap(x):
    return float(textwrap.dedent(str(x[0])))  # <- here


test_gradients, test_refusals = program.tests()
test_tangents = tangents(program)
