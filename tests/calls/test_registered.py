"""Objects of registered classes: in lists, nested, in loops, as results, and in second derivatives."""

import numpy as np

import srcad


@srcad.register_container
class Coil:
    def __init__(self, k, rest):
        self.k = k
        self.rest = rest

    def energy(self, x):
        return 0.5 * self.k * (x - self.rest) ** 2


class Machine:
    __slots__ = ("coils", "mass")

    def __init__(self, mass, coils):
        self.mass = mass
        self.coils = coils


srcad.register_container(Machine, "mass", "coils")


def values(coils):
    return [(coil.k, coil.rest) for coil in coils]


def total(machine, x):
    t = 0.0
    for coil in machine.coils:
        t = t + coil.energy(x) * machine.mass
    return t


def test_nested() -> None:
    machine = Machine(2.0, [Coil(1.0, 0.5), Coil(3.0, 0.2)])
    slope = srcad.grad(lambda d: total(d["m"], d["x"]))({"m": machine, "x": 1.5})
    assert type(slope["m"]) is Machine
    np.testing.assert_allclose(values(slope["m"].coils), [(1.0, -2.0), (1.69, -7.8)])
    np.testing.assert_allclose((slope["m"].mass, slope["x"]), (3.035, 9.8))


def grown(coils, n):
    made = []
    for k in range(n):
        made.append(Coil(coils[k % len(coils)].k * k, coils[0].rest))
    return sum(coil.energy(1.0) for coil in made)


def test_made_in_a_loop() -> None:
    slope = srcad.grad(grown)([Coil(1.0, 2.0), Coil(2.0, 3.0)], 5)
    np.testing.assert_allclose(values(slope), [(3.0, 14.0), (2.0, 0.0)])


def stepped(coil):
    for _ in range(3):
        coil = Coil(coil.k * coil.rest, coil.rest + coil.k)
    return coil


def test_results() -> None:
    value, tangent = srcad.jvp(stepped, (Coil(1.0, 0.5),), (Coil(1.0, 0.0),))
    assert type(value) is type(tangent) is Coil
    _, pull = srcad.vjp(stepped, Coil(1.0, 0.5))
    (adjoint,) = pull(Coil(tangent.k, tangent.rest))
    np.testing.assert_allclose(adjoint.k, tangent.k**2 + tangent.rest**2)


def test_second_order() -> None:
    def loss(coil):
        end = stepped(coil)
        return end.k * end.rest

    product = srcad.hvp(loss)(Coil(1.0, 0.5), Coil(1.0, 0.0))
    plus, minus = (srcad.grad(loss)(Coil(1.0 + h, 0.5)) for h in (1e-5, -1e-5))
    difference = [(plus.k - minus.k) / 2e-5, (plus.rest - minus.rest) / 2e-5]
    np.testing.assert_allclose((product.k, product.rest), difference, rtol=1e-7)
