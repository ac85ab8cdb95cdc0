"""Derivatives of products and systems of sparse matrices: an entry has those of its place alone."""

from __future__ import annotations

from srcad.rules.language import Expr, Given, apply, get_item, total
from srcad.rules.table import RuleTable, Site

TABLE = RuleTable()
rule = TABLE.rule


def _at(x: Expr, places: Expr) -> Expr:
    return get_item(x, places, index=(("array", 0),))


def _entries(left: Expr, rows: Expr, right: Expr, columns: Expr) -> Expr:
    """The entries of left rightᵀ at some places."""
    products = _at(left, rows) * _at(right, columns)
    return products if products.rank == 1 else total(products, (1,), False)


def _product(data: Expr, x: Expr, rows: Expr, columns: Expr, m: Expr, n: Expr) -> Expr:
    return apply("sparse_product", data, x, rows, columns, m, n)


def _product_adjoint(site: Site, g: Expr) -> Given:
    data, x, rows, columns, m, n = site.operands
    data_bar = _entries(g, rows, x, columns) if site.wanted[0] else None
    return data_bar, _product(data, g, columns, rows, n, m) if site.wanted[1] else None


def _product_tangent(site: Site, data_dot: Expr | None, x_dot: Expr | None, *_: Expr | None) -> Expr:
    data, x, rows, columns, m, n = site.operands
    moved = None if x_dot is None else _product(data, x_dot, rows, columns, m, n)
    if data_dot is None:
        assert moved is not None
        return moved
    stretched = _product(data_dot, x, rows, columns, m, n)
    return stretched if moved is None else moved + stretched


def _solve_adjoint(site: Site, g: Expr) -> Given:
    data, _b, rows, columns, n = site.operands
    b_bar = apply("sparse_solve", data, g, columns, rows, n)
    return -_entries(b_bar, rows, site.result, columns) if site.wanted[0] else None, b_bar


def _solve_tangent(site: Site, data_dot: Expr | None, b_dot: Expr | None, *_: Expr | None) -> Expr:
    data, _b, rows, columns, n = site.operands
    if data_dot is None:
        assert b_dot is not None
        return apply("sparse_solve", data, b_dot, rows, columns, n)
    moved = _product(data_dot, site.result, rows, columns, n, n)
    return apply("sparse_solve", data, -moved if b_dot is None else b_dot - moved, rows, columns, n)


rule("sparse_product", _product_adjoint, _product_tangent)
rule("sparse_solve", _solve_adjoint, _solve_tangent)
