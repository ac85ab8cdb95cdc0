"""Calls of scipy.linalg."""

from __future__ import annotations

OF_SCIPY_LINALG: dict[str, tuple[str, ...]] = {
    "scipy.linalg.inv": (
        "scipy.linalg.inv(M), scipy.linalg.inv(M @ M.T, assume_a='pos', lower=True, check_finite=False)",
        "scipy.linalg.inv(M + 0.5j * N)",
    ),
    "scipy.linalg.det": ("scipy.linalg.det(M, check_finite=False) * s",),
    "scipy.linalg.solve": (
        "scipy.linalg.solve(M, x), scipy.linalg.solve(M, N), scipy.linalg.solve(M, x, transposed=True)",
        "scipy.linalg.solve(M, N, transposed=True), scipy.linalg.solve(M @ M.T, x, assume_a='pos')",
        "scipy.linalg.solve(M + M.T, N, assume_a='sym', lower=True)",
        "scipy.linalg.solve(M, x, assume_a='upper triangular')",
        "scipy.linalg.solve(M, N, assume_a='diagonal')",
        "scipy.linalg.solve(M, x, assume_a='lower triangular', check_finite=False)",
        "scipy.linalg.solve(np.triu(np.tril(M, 1), -1), x, assume_a='tridiagonal')",
        "scipy.linalg.solve(M + 1j * N, x)",
        "scipy.linalg.solve(M + 1j * N, x, assume_a='upper triangular')",
    ),
    "scipy.linalg.solve_triangular": (
        "scipy.linalg.solve_triangular(M, x), scipy.linalg.solve_triangular(M, N, trans=1)",
        "scipy.linalg.solve_triangular(M, x, lower=True, trans='T')",
        "scipy.linalg.solve_triangular(M, N, lower=True, unit_diagonal=True)",
        "scipy.linalg.solve_triangular(M, x, unit_diagonal=True, trans=1, check_finite=False)",
        "scipy.linalg.solve_triangular(M + 1j * N, x, trans=1)",
    ),
    "scipy.linalg.cholesky": (
        "scipy.linalg.cholesky(M @ M.T), scipy.linalg.cholesky(M @ M.T, lower=True, check_finite=False)",
    ),
    "scipy.linalg.cho_factor": (
        "scipy.linalg.cho_factor(M @ M.T, lower=True)[0], scipy.linalg.cho_factor(M @ M.T)[0]",
    ),
    "scipy.linalg.cho_solve": (
        "scipy.linalg.cho_solve(scipy.linalg.cho_factor(M @ M.T, check_finite=False), x)",
        "scipy.linalg.cho_solve((M, True), N), scipy.linalg.cho_solve((M, False), x, check_finite=False)",
    ),
    "scipy.linalg.lu_factor": (
        "scipy.linalg.lu_factor(M[[1, 2, 0]])[0], scipy.linalg.lu_factor(M, check_finite=False)[0]",
    ),
    "scipy.linalg.lu_solve": (
        "scipy.linalg.lu_solve(scipy.linalg.lu_factor(M[[1, 2, 0]]), x)",
        "scipy.linalg.lu_solve(scipy.linalg.lu_factor(M[[2, 0, 1]]), N, trans=1)",
        "scipy.linalg.lu_solve(scipy.linalg.lu_factor(M), x, trans=2, check_finite=False)",
        "scipy.linalg.lu_solve(scipy.linalg.lu_factor(M + 1j * N), x)",
    ),
    "scipy.linalg.lu": (
        "scipy.linalg.lu(M[[1, 2, 0]]), scipy.linalg.lu(M[[1, 2, 0]], permute_l=True)",
        "scipy.linalg.lu(M[[1, 2, 0]], p_indices=True, check_finite=False)[1:]",
    ),
    "scipy.linalg.qr": (
        "scipy.linalg.qr(M), scipy.linalg.qr(A.T, mode='economic'), scipy.linalg.qr(M, mode='r')",
        "scipy.linalg.qr(M[:, [1, 2, 0]], pivoting=True, check_finite=False)[:2]",
        "scipy.linalg.qr(A.T, mode='r'), scipy.linalg.qr(A.T, mode='r', pivoting=True)[0]",
    ),
    "scipy.linalg.solve_banded": (
        "scipy.linalg.solve_banded((1, 1), M, x)",
        "scipy.linalg.solve_banded((1, 1), M, N, check_finite=False)",
        "scipy.linalg.solve_banded((2, 0), M.T + 3, l[:3]), scipy.linalg.solve_banded((0, 2), M + 2, x)",
        "scipy.linalg.solve_banded((1, 1), M + 1j * N, x)",
    ),
    "scipy.linalg.solveh_banded": (
        "scipy.linalg.solveh_banded(np.array([0.3, 3.0])[:, None] + 0.2 * np.stack([x, y]), x)",
        "scipy.linalg.solveh_banded(np.array([3.0, 0.3])[:, None] + 0.2 * x, N, lower=True, check_finite=False)",
    ),
    "scipy.linalg.solve_toeplitz": (
        "scipy.linalg.solve_toeplitz(x + np.array([4.0, 0, 0]), y)",
        "scipy.linalg.solve_toeplitz((x + np.array([4.0, 0, 0]), w), N, check_finite=False)",
    ),
    "scipy.linalg.svdvals": (
        "scipy.linalg.svdvals(M + 1j * N), scipy.linalg.svdvals(A), scipy.linalg.svdvals(M + 1j * N)",
    ),
    "scipy.linalg.pinv": (
        "scipy.linalg.pinv(M + 1j * N), scipy.linalg.pinv(A), scipy.linalg.pinv(M, rtol=1e-09)",
        "scipy.linalg.pinv(M + 1j * N)",
    ),
    "scipy.linalg.eigh": (
        "scipy.linalg.eigh(M + M.T + 1j * (N - N.T))",
        "scipy.linalg.eigh(M + M.T + 1j * (N - N.T), lower=False)",
        "scipy.linalg.eigh(M + M.T, N @ N.T, eigvals_only=True, lower=False)",
        "w, v = scipy.linalg.eigh(M + M.T)\nreturn w, v * v",
        "w, v = scipy.linalg.eigh(M + M.T, N @ N.T)\nreturn w, v * v",
        "w, v = scipy.linalg.eigh(M + M.T, lower=False, subset_by_index=[1, 2])\nreturn w, v * v",
        "w, v = scipy.linalg.eigh(M + M.T + 1j * (N - N.T))\nreturn w, abs(v)",
    ),
    "scipy.linalg.expm": ("scipy.linalg.expm(0.3 * M), scipy.linalg.expm(M + 1j * N)",),
    "scipy.linalg.expm_frechet": (
        "scipy.linalg.expm_frechet(M, N), scipy.linalg.expm_frechet(M, N, compute_expm=False)",
    ),
    "scipy.linalg.cosm": ("scipy.linalg.cosm(M)",),
    "scipy.linalg.sinm": ("scipy.linalg.sinm(M)",),
    "scipy.linalg.tanm": ("scipy.linalg.tanm(0.3 * M)",),
    "scipy.linalg.tanhm": ("scipy.linalg.tanhm(M)",),
    "scipy.linalg.coshm": ("scipy.linalg.coshm(M)",),
    "scipy.linalg.sinhm": ("scipy.linalg.sinhm(M)",),
    "scipy.linalg.logm": ("scipy.linalg.logm(M), scipy.linalg.logm(M + 1j * N)",),
    "scipy.linalg.sqrtm": ("scipy.linalg.sqrtm(M), scipy.linalg.sqrtm(M + 1j * N)",),
    "scipy.linalg.signm": ("scipy.linalg.signm(M - 2 * np.diag([0.0, 1.9, 0.0]))",),
    "scipy.linalg.fractional_matrix_power": (
        "scipy.linalg.fractional_matrix_power(M @ M.T, 0.3)",
        "scipy.linalg.fractional_matrix_power(M @ M.T, s)",
    ),
    "scipy.linalg.solve_sylvester": ("scipy.linalg.solve_sylvester(M, N, A[:, :3])",),
    "scipy.linalg.solve_continuous_lyapunov": ("scipy.linalg.solve_continuous_lyapunov(M, N)",),
    "scipy.linalg.solve_discrete_lyapunov": (
        "scipy.linalg.solve_discrete_lyapunov(0.2 * M, N)",
        "scipy.linalg.solve_discrete_lyapunov(0.2 * M, N, method='bilinear')",
    ),
    "scipy.linalg.solve_continuous_are": (
        "scipy.linalg.solve_continuous_are(M, N, M @ M.T, N @ N.T)",
        "scipy.linalg.solve_continuous_are(M, N[:, :2], np.eye(3), np.eye(2), balanced=False)",
    ),
    "scipy.linalg.solve_discrete_are": ("scipy.linalg.solve_discrete_are(M, N, M @ M.T, N @ N.T, balanced=False)",),
    "scipy.linalg.polar": ("scipy.linalg.polar(M), scipy.linalg.polar(A.T), scipy.linalg.polar(A, side='left')",),
    "scipy.linalg.eigvalsh": (
        "scipy.linalg.eigvalsh(M + M.T)",
        "scipy.linalg.eigvalsh(M + M.T, N @ N.T, lower=False, subset_by_index=(0, 1))",
        "scipy.linalg.eigvalsh(M + M.T + 1j * (N - N.T))",
    ),
    "scipy.linalg.eigh_tridiagonal": (
        "scipy.linalg.eigh_tridiagonal(x, y[:2], eigvals_only=True)",
        "scipy.linalg.eigh_tridiagonal(x, y[:2], True, select='i', select_range=(1, 2))",
        "w, v = scipy.linalg.eigh_tridiagonal(x, y[:2])\nreturn w, v * v",
    ),
    "scipy.linalg.eigvalsh_tridiagonal": (
        "scipy.linalg.eigvalsh_tridiagonal(x, y[:2])",
        "scipy.linalg.eigvalsh_tridiagonal(x, y[:2], 'i', (0, 1))",
    ),
    "scipy.linalg.svd": (
        "scipy.linalg.svd(A, compute_uv=False)",
        "u, d, v = scipy.linalg.svd(A, full_matrices=False)\nreturn u * u, d, v * v",
        "u, d, v = scipy.linalg.svd(M)\nreturn u * u, d, v * v",
    ),
    "scipy.linalg.pinvh": ("scipy.linalg.pinvh(M + M.T), scipy.linalg.pinvh(M, lower=False, rtol=1e-09)",),
    "scipy.linalg.lstsq": (
        "scipy.linalg.lstsq(A.T, q)[:2], scipy.linalg.lstsq(A, x)[0]",
        "scipy.linalg.lstsq(A.T, np.stack([q, q * q], 1))[:2]",
    ),
    "scipy.linalg.norm": (
        "scipy.linalg.norm(A), scipy.linalg.norm(A, 2), scipy.linalg.norm(x, 1, axis=0, keepdims=True)",
        "scipy.linalg.norm(A, 'nuc')",
    ),
    "scipy.linalg.toeplitz": ("scipy.linalg.toeplitz(x), scipy.linalg.toeplitz(x, q)",),
    "scipy.linalg.circulant": ("scipy.linalg.circulant(x)",),
    "scipy.linalg.hankel": ("scipy.linalg.hankel(x), scipy.linalg.hankel(x, q)",),
    "scipy.linalg.block_diag": ("scipy.linalg.block_diag(A, x, s), scipy.linalg.block_diag(M)",),
    "scipy.linalg.companion": ("scipy.linalg.companion(xp)",),
    "scipy.linalg.khatri_rao": ("scipy.linalg.khatri_rao(A, D.T[:, :4])",),
    "scipy.linalg.eig": (
        "scipy.linalg.eig(M - 2 * N)[0]",
        "w, v = scipy.linalg.eig(M)\nreturn abs(v)",
    ),
    "scipy.linalg.eigvals": ("scipy.linalg.eigvals(M)",),
}
