"""Sparse Jacobians and Hessians as users call them: values, shapes, structures, modes, given patterns, errors."""

from __future__ import annotations

import doctest
import pickle
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from scipy import optimize, sparse

import srcad
from srcad.errors import ArgumentError, NotYetSupported

RNG = np.random.default_rng(0)


def chain(x):
    return x[1:] ** 2 - np.sin(x[:-1])


def energy(x):
    return np.sum((x[1:] - x[:-1] ** 2) ** 2) + np.sum(np.cos(x))


def energy_in_a_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += (x[i + 1] - x[i] ** 2) ** 2
    return total


def total(x):
    return np.sum(x**2)


def shifted(x, c):
    return c * x[1:] + x[:-1]


@dataclass
class Model:
    scale: float
    rows: np.ndarray
    name: str = "model"


@dataclass
class Lengths:
    unit: ClassVar[str] = "m"
    x: np.ndarray
    y: np.ndarray


def of_model(model, k):
    return {"scaled": model.scale * model.rows[0], "count": k, "first": model.rows[1, 0] ** 2}


class TestJacobian:
    def test_variables_of_a_dataclass_are_no_fields(self):
        found = srcad.sparse.jacobian(lambda a: a.x * a.y)(Lengths(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
        np.testing.assert_array_equal(found.toarray(), [[3.0, 0.0, 1.0, 0.0], [0.0, 4.0, 0.0, 2.0]])

    @pytest.mark.parametrize("mode", [None, "forward", "reverse"])
    def test_is_the_dense_one(self, mode):
        x = RNG.normal(size=9)
        found = srcad.sparse.jacobian(chain, mode=mode)(x)
        assert isinstance(found, sparse.csr_array)
        np.testing.assert_allclose(found.toarray(), srcad.jacobian(chain)(x), rtol=1e-13)

    def test_one_number_is_one_row(self):
        derived = srcad.sparse.jacobian(total)
        np.testing.assert_array_equal(derived(np.arange(3.0)).toarray(), [[0.0, 2.0, 4.0]])
        assert derived.plan(np.ones(1000)).by == "rows"
        assert derived.plan(np.ones(1000)).count == 1

    def test_a_number_is_one_column(self):
        def powers(t):
            return np.array([t, t**2, t**3])

        np.testing.assert_array_equal(srcad.sparse.jacobian(powers)(2.0).toarray(), [[1.0], [4.0], [12.0]])
        assert srcad.sparse.jacobian(lambda t: t * t)(3.0).toarray() == [[6.0]]

    def test_several_argnums_are_a_tuple_of_matrices(self):
        x, c = RNG.normal(size=4), RNG.normal(size=3)
        by_x, by_c = srcad.sparse.jacobian(shifted, argnums=(0, "c"))(x, c)
        np.testing.assert_allclose(by_x.toarray(), srcad.jacobian(shifted)(x, c))
        np.testing.assert_allclose(by_c.toarray(), np.diag(x[1:]))

    def test_structures_stand_in_pythons_order(self):
        model = Model(2.0, np.arange(1.0, 5.0).reshape(2, 2))
        for mode in ("forward", "reverse"):
            found = srcad.sparse.jacobian(of_model, mode=mode)(model, 3)
            due = [[1.0, 2.0, 0.0, 0.0, 0.0], [2.0, 0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 6.0, 0.0]]
            np.testing.assert_array_equal(found.toarray(), due)

    def test_the_order_of_keys_is_the_calls(self):
        def f(p):
            return np.concatenate([p["a"] * 2.0, p["b"] * 3.0])

        derived = srcad.sparse.jacobian(f)
        a, b = np.ones(1), np.ones(2)
        np.testing.assert_array_equal(derived({"a": a, "b": b}).toarray(), np.diag([2.0, 3.0, 3.0]))
        np.testing.assert_array_equal(
            derived({"b": b, "a": a}).toarray(), [[0.0, 0.0, 2.0], [3.0, 0.0, 0.0], [0.0, 3.0, 0.0]]
        )

    def test_single_precision_stays(self):
        assert srcad.sparse.jacobian(chain)(np.ones(5, np.float32)).dtype == np.float32
        assert srcad.sparse.hessian(energy)(np.ones(5, np.float32)).dtype == np.float32

    def test_nothing_depends_on_anything(self):
        found = srcad.sparse.jacobian(lambda x: np.floor(x[:2]))(np.ones(4, np.float32))
        assert found.shape == (2, 4)
        assert found.nnz == 0
        assert found.dtype == np.float32
        assert srcad.sparse.hessian(lambda x: np.sum(3.0 * x))(np.ones(4)).nnz == 0

    @pytest.mark.parametrize("mode", [None, "forward", "reverse"])
    def test_without_rows_or_columns(self, mode):
        derived = srcad.sparse.jacobian(lambda x: x**2, mode=mode)
        assert derived(np.zeros(0)).shape == (0, 0)
        assert srcad.sparse.jacobian(lambda x: x[3:], mode=mode)(np.ones(3)).shape == (0, 3)
        assert srcad.sparse.jacobian(lambda x, c: c + np.sum(x), mode=mode)(np.zeros(0), np.ones(2)).shape == (2, 0)
        assert srcad.sparse.hessian(total)(np.zeros(0)).shape == (0, 0)

    def test_what_the_arguments_are_is_left_alone(self):
        def overwrites(x):
            x[1:] *= x[:-1]
            return x

        x = np.arange(1.0, 4.0)
        srcad.sparse.jacobian(overwrites)(x)
        np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])

    def test_columns_or_rows(self):
        def wide(x):
            return np.array([np.sum(x[:50]), np.sum(x[50:])])

        derived = srcad.sparse.jacobian(wide)
        assert (derived.plan(np.ones(100)).by, derived.plan(np.ones(100)).count) == ("rows", 1)
        np.testing.assert_allclose(derived(np.ones(100)).toarray(), srcad.jacobian(wide)(np.ones(100)))
        assert srcad.sparse.jacobian(wide, mode="forward").plan(np.ones(100)).count == 50

    def test_of_a_gradient(self):
        x = RNG.normal(size=6)
        found = srcad.sparse.jacobian(srcad.grad(energy))(x)
        np.testing.assert_allclose(found.toarray(), srcad.hessian(energy)(x), rtol=1e-12)

    def test_of_a_method_and_as_a_decorator(self):
        class Scaled:
            def __init__(self, c):
                self.c = c

            @srcad.sparse.jacobian
            def residuals(self, x):
                return self.c * x

        @srcad.sparse.jacobian(mode="reverse")
        def squares(x):
            """Squares."""
            return x**2

        assert (Scaled(2.0).residuals(np.ones(2)).toarray() == 2.0 * np.eye(2)).all()
        assert (squares(np.ones(2)).toarray() == 2.0 * np.eye(2)).all()
        assert squares.__doc__ == "Squares."
        assert repr(squares) == "<srcad.sparse.jacobian of squares>"

    def test_pickles(self):
        derived = pickle.loads(pickle.dumps(srcad.sparse.jacobian(chain, mode="reverse")))
        assert derived.plan(np.ones(4)).by == "rows"
        assert pickle.loads(pickle.dumps(srcad.sparse.hessian(energy)))(np.ones(3)).shape == (3, 3)

    def test_a_pattern_is_coloured_once(self):
        derived = srcad.sparse.jacobian(chain)
        assert derived.plan(np.ones(5)) is derived.plan(np.zeros(5))
        assert derived.plan(np.ones(6)) is not derived.plan(np.zeros(5))

    def test_keywords_and_defaults(self):
        def f(x, c=2.0, *, k=1):
            return c * x**k

        np.testing.assert_array_equal(srcad.sparse.jacobian(f)(np.ones(2), k=3).toarray(), 6.0 * np.eye(2))

    def test_branches_are_those_of_the_call(self):
        def f(x):
            return x[:2] if x[0] > 0 else x[:2] * x[2]

        derived = srcad.sparse.jacobian(f)
        for x in (np.array([1.0, 2.0, 3.0]), np.array([-1.0, 2.0, 3.0])):
            np.testing.assert_array_equal(derived(x).toarray(), srcad.jacobian(f)(x))


class TestHessian:
    @pytest.mark.parametrize("f", [energy, energy_in_a_loop, total], ids=lambda f: f.__name__)
    def test_is_the_dense_one(self, f):
        x = RNG.normal(size=8)
        np.testing.assert_allclose(srcad.sparse.hessian(f)(x).toarray(), srcad.hessian(f)(x), rtol=1e-12, atol=1e-12)

    @pytest.mark.parametrize("f", [energy, energy_in_a_loop], ids=lambda f: f.__name__)
    def test_a_tridiagonal_one_takes_three_products(self, f):
        for n in (10, 100, 300):
            plan = srcad.sparse.hessian(f).plan(np.linspace(0.0, 1.0, n))
            assert (plan.count, plan.pattern.nnz) == (3, 3 * n - 2)

    def test_an_arrow_takes_two(self):
        def f(x):
            return np.sum(x[0] * x[1:] ** 2) + x[0] ** 4

        x = RNG.normal(size=50)
        assert srcad.sparse.hessian(f).plan(x).count == 2
        np.testing.assert_allclose(srcad.sparse.hessian(f)(x).toarray(), srcad.hessian(f)(x), rtol=1e-12)

    def test_blocks(self):
        def f(x, y):
            return np.sum(x**2 * y[0]) + y[1] ** 3

        x, y = RNG.normal(size=3), RNG.normal(size=2)
        found, due = srcad.sparse.hessian(f, (0, 1))(x, y), srcad.hessian(f, (0, 1))(x, y)
        for row, due_row in zip(found, due, strict=True):
            for block, due_block in zip(row, due_row, strict=True):
                np.testing.assert_allclose(block.toarray(), due_block)

    def test_what_is_not_symmetric_is_not_mirrored(self):
        def f(x):
            return x[0] * srcad.stop_gradient(x[1]) + x[1] ** 2 * x[2]

        x = np.array([1.0, 2.0, 3.0])
        found = srcad.sparse.hessian(f)
        np.testing.assert_allclose(found(x).toarray(), srcad.hessian(f)(x))
        assert found.plan(x).by == "columns"


class TestGivenPatterns:
    x = np.linspace(0.5, 1.5, 6)

    @pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
    def test_kinds(self, kind):
        pattern = kind(srcad.jacobian(chain)(self.x))
        found = srcad.sparse.jacobian(chain, sparsity=pattern)(self.x)
        np.testing.assert_allclose(found.toarray(), srcad.jacobian(chain)(self.x))

    def test_as_it_was_found(self):
        for derive, f in ((srcad.sparse.jacobian, chain), (srcad.sparse.hessian, energy)):
            found = derive(f).pattern(self.x)
            assert found.dtype == bool
            np.testing.assert_array_equal(
                derive(f, sparsity=found)(self.x + 1.0).toarray(), derive(f)(self.x + 1.0).toarray()
            )

    def test_for_several_arguments(self):
        x, c = np.ones(4), np.ones(3)
        for argnums in ((0, 1), (1, 0)):
            pattern = srcad.sparse.pattern(shifted, argnums)(x, c)
            for given in (pattern, sparse.hstack(pattern)):
                found = srcad.sparse.jacobian(shifted, argnums, sparsity=given)(x, c)
                due = srcad.sparse.jacobian(shifted, argnums)(x, c)
                for a, b in zip(found, due, strict=True):
                    np.testing.assert_array_equal(a.toarray(), b.toarray())

    def test_half_of_a_hessian_is_enough(self):
        half = sparse.triu(srcad.sparse.hessian(energy).pattern(self.x))
        found = srcad.sparse.hessian(energy, sparsity=half)(self.x)
        np.testing.assert_allclose(found.toarray(), srcad.hessian(energy)(self.x), atol=1e-12)

    @pytest.mark.parametrize("mode", ["forward", "reverse"])
    def test_a_pattern_that_misses_entries_is_refused(self, mode):
        pattern = srcad.sparse.pattern(chain)(self.x).toarray()
        pattern[3, 4] = False
        with pytest.raises(ArgumentError, match="misses entries") as caught:
            srcad.sparse.jacobian(chain, sparsity=pattern, mode=mode)(self.x)
        assert ("row 3" if mode == "forward" else "column") in str(caught.value)
        srcad.sparse.jacobian(chain, sparsity=pattern, mode=mode, check=False)(self.x)

    def test_a_hessian_that_misses_entries_is_refused(self):
        with pytest.raises(ArgumentError, match="misses entries"):
            srcad.sparse.hessian(energy, sparsity=np.eye(6))(self.x)
        with pytest.raises(ArgumentError, match="misses entries"):
            srcad.sparse.hessian(energy, sparsity=np.zeros((6, 6)))(self.x)

    def test_what_is_stored_is_an_entry(self):
        stored = sparse.csr_array(srcad.sparse.pattern(chain)(self.x).astype(float) * 0.0)
        assert srcad.sparse.jacobian(chain, sparsity=stored)(self.x).nnz == 10
        assert stored.nnz == 10

    def test_a_given_matrix_is_left_alone(self):
        twice = sparse.csr_array(([1.0, 2.0, 3.0], [1, 0, 1], [0, 3]), shape=(1, 2))
        srcad.sparse.jacobian(lambda x: x[:1] * x[1], sparsity=twice)(np.ones(2))
        assert twice.indices.tolist() == [1, 0, 1]

    @pytest.mark.parametrize("shape", [(5, 5), (4, 6), (6, 6)])
    def test_the_shape_must_fit(self, shape):
        for check in (True, False):
            with pytest.raises(ArgumentError, match="the given sparsity is"):
                srcad.sparse.jacobian(chain, sparsity=np.ones(shape), check=check)(self.x)

    def test_a_vector_is_no_pattern(self):
        with pytest.raises(ArgumentError, match="must be a matrix"):
            srcad.sparse.jacobian(chain, sparsity=np.ones(3))


def test_the_examples_of_the_docstrings():
    assert doctest.testmod(srcad.sparse) == (0, 13)


class TestErrors:
    def test_no_such_mode(self):
        with pytest.raises(ArgumentError, match="mode must be"):
            srcad.sparse.jacobian(chain, mode="columns")

    def test_no_function(self):
        with pytest.raises(ArgumentError, match="takes a function"):
            srcad.sparse.jacobian(3)

    def test_whole_numbers(self):
        with pytest.raises(ArgumentError, match="can't be differentiated"):
            srcad.sparse.jacobian(chain)(np.arange(3))

    def test_a_hessian_of_an_array(self):
        with pytest.raises(ArgumentError, match="of one number"):
            srcad.sparse.hessian(chain)(np.ones(3))

    def test_random_numbers_would_be_others_each_time(self):
        rng = np.random.default_rng(0)

        def noisy(x):
            return x * rng.normal(size=x.size)

        with pytest.raises(ArgumentError, match="has effects"):
            srcad.sparse.jacobian(noisy)(np.ones(3))

    def test_what_is_printed_does_no_harm(self, capsys):
        def f(x):
            print("here")
            return x**2

        np.testing.assert_array_equal(srcad.sparse.jacobian(f)(np.ones(2)).toarray(), 2.0 * np.eye(2))
        assert "here" in capsys.readouterr().out


JACOBIAN = srcad.sparse.jacobian(chain)


class TestInPrograms:
    def test_of_constants_it_runs_as_it_stands(self):
        def f(x, at):
            return np.sum((JACOBIAN(at) @ np.ones(3)) * x)

        due = JACOBIAN(np.arange(3.0)) @ np.ones(3)
        np.testing.assert_allclose(srcad.grad(f)(np.ones(2), np.arange(3.0)), due)

    def test_its_own_derivative_is_refused(self):
        def f(x):
            return np.sum(JACOBIAN(x) @ x)

        with pytest.raises(NotYetSupported) as caught:
            srcad.grad(f)(np.ones(3))
        assert "JACOBIAN(x)" in str(caught.value)


class TestInSciPy:
    def test_least_squares(self):
        def residuals(x, target):
            return np.concatenate([x[1:] - x[:-1] ** 2, x - target])

        target = np.linspace(0.9, 1.1, 40)
        jac = srcad.sparse.jacobian(residuals)
        found = optimize.least_squares(residuals, np.zeros(40), jac=jac, args=(target,), tr_solver="lsmr")
        dense = optimize.least_squares(residuals, np.zeros(40), jac=srcad.jacobian(residuals), args=(target,))
        assert found.success
        np.testing.assert_allclose(found.x, dense.x, atol=1e-5)

    def test_the_pattern_for_differences(self):
        jac_sparsity = srcad.sparse.pattern(chain)(np.ones(20))
        found = optimize.least_squares(chain, np.ones(20), jac_sparsity=jac_sparsity)
        assert found.cost < 1e-6

    def test_minimize(self):
        found = optimize.minimize(
            energy, np.zeros(10), jac=srcad.grad(energy), hess=srcad.sparse.hessian(energy), method="trust-constr"
        )
        assert np.linalg.norm(srcad.grad(energy)(found.x)) < 1e-5
