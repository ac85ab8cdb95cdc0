"""Matrix algorithms by loops, most of them in place."""

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def householder_qr(A):
    """R overwrites A; the reflectors are multiplied up."""
    A = A.copy()
    m, n = A.shape
    Q = np.eye(m)
    for k in range(n):
        x = A[k:, k]
        e = np.zeros(len(x))
        e[0] = np.copysign(np.linalg.norm(x), x[0])
        v = x + e
        v = v / np.linalg.norm(v)
        A[k:, k:] -= 2.0 * np.outer(v, v @ A[k:, k:])
        Q[:, k:] -= 2.0 * np.outer(Q[:, k:] @ v, v)
    return np.sum(np.abs(np.diag(A))) + Q[0, -1] * Q[-1, 0] + A[0, 1]


program(householder_qr, normal(4, 3))


def gram_schmidt(A):
    """Modified: each column is removed from those after it."""
    Q = np.array(A)
    n = Q.shape[1]
    R = np.zeros((n, n))
    for i in range(n):
        R[i, i] = np.sqrt(np.dot(Q[:, i], Q[:, i]))
        Q[:, i] = Q[:, i] / R[i, i]
        for j in range(i + 1, n):
            R[i, j] = np.dot(Q[:, i], Q[:, j])
            Q[:, j] = Q[:, j] - R[i, j] * Q[:, i]
    return np.trace(R) + np.sum(Q * A) + Q[0, 0]


program(gram_schmidt, normal(4, 3))


def givens_qr(A, b):
    """Least squares by rotations that zero one element each; rotations are skipped where it is zero already."""
    R = A.copy()
    y = b.copy()
    m, n = R.shape
    for j in range(n):
        for i in range(m - 1, j, -1):
            if R[i, j] == 0.0:
                continue
            r = np.hypot(R[i - 1, j], R[i, j])
            c, s = R[i - 1, j] / r, R[i, j] / r
            G = np.array([[c, s], [-s, c]])
            R[[i - 1, i], j:] = G @ R[[i - 1, i], j:]
            y[[i - 1, i]] = G @ y[[i - 1, i]]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - np.dot(R[i, i + 1 : n], x[i + 1 :])) / R[i, i]
    residual = y[n:]
    return x @ x + residual @ residual


program(givens_qr, normal(4, 2), normal(4), argnums=(0, 1))


def thomas(a, b, c, d):
    """The tridiagonal solver as it stands in every textbook: destroys its arguments."""
    n = len(d)
    for i in range(1, n):
        w = a[i - 1] / b[i - 1]
        b[i] -= w * c[i - 1]
        d[i] -= w * d[i - 1]
    x = b
    x[-1] = d[-1] / b[-1]
    for i in range(n - 2, -1, -1):
        x[i] = (d[i] - c[i] * x[i + 1]) / b[i]
    return x


program(thomas, normal(4), normal(5) + 4.0, normal(4, seed=1), normal(5, seed=1), argnums=(0, 1, 2, 3))


def crout(A):
    """L with the diagonal, unit U."""
    n = A.shape[0]
    L = np.zeros((n, n))
    U = np.eye(n)
    for j in range(n):
        for i in range(j, n):
            s = 0
            for k in range(j):
                s += L[i, k] * U[k, j]
            L[i, j] = A[i, j] - s
        for i in range(j + 1, n):
            s = 0
            for k in range(j):
                s += L[j, k] * U[k, i]
            U[j, i] = (A[j, i] - s) / L[j, j]
    return np.sum(L**2) + np.prod(np.diag(L)) * U[0, n - 1]


program(crout, definite(4) + 0.2 * normal(4, 4, seed=3))


def doolittle_det(A):
    """Partial pivoting by swapping rows, the sign of the permutation kept."""
    A = [list(row) for row in A]
    n = len(A)
    det = 1.0
    for k in range(n):
        p = max(range(k, n), key=lambda r: abs(A[r][k]))
        if p != k:
            A[k], A[p] = A[p], A[k]
            det = -det
        det *= A[k][k]
        for i in range(k + 1, n):
            factor = A[i][k] / A[k][k]
            for j in range(k, n):
                A[i][j] -= factor * A[k][j]
    return det


program(doolittle_det, normal(3, 3))


def sor_solve(A, b, w):
    """Until the residual is small or the sweeps are used up."""
    x = np.zeros_like(b)
    for sweep in range(60):
        for i in range(len(b)):
            sigma = A[i, :i] @ x[:i] + A[i, i + 1 :] @ x[i + 1 :]
            x[i] = (1 - w) * x[i] + w * (b[i] - sigma) / A[i, i]
        if np.linalg.norm(A @ x - b) < 1e-12:
            break
    return np.sum(x)


program(sor_solve, definite(3) + 2 * np.eye(3), normal(3), 1.05, argnums=(0, 1))


def lanczos(A, v, m):
    """The tridiagonal matrix of the Krylov space, with full reorthogonalisation."""
    V = []
    alphas, betas = [], []
    beta = 0.0
    v_prev = np.zeros_like(v)
    v = v / np.linalg.norm(v)
    for j in range(m):
        V.append(v)
        w = A @ v - beta * v_prev
        alpha = w @ v
        w = w - alpha * v
        for u in V:
            w = w - (w @ u) * u
        beta = np.sqrt(w @ w)
        alphas.append(alpha)
        betas.append(beta)
        v_prev, v = v, w / beta
    T = np.diag(alphas) + np.diag(betas[:-1], 1) + np.diag(betas[:-1], -1)
    return np.sum(T * T) + np.linalg.det(T)


program(lanczos, definite(4), normal(4), 3, argnums=(0, 1), rtol=1e-6)


def jacobi_eigenvalues(S, sweeps):
    """Cyclic Jacobi rotations applied to rows and columns in place."""
    A = (S + S.T) / 2
    n = len(A)
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(A[p, q]) > 1e-14:
                    theta = 0.5 * np.arctan2(2 * A[p, q], A[q, q] - A[p, p])
                    c, s = np.cos(theta), np.sin(theta)
                    row_p = c * A[p] - s * A[q]
                    row_q = s * A[p] + c * A[q]
                    A[p], A[q] = row_p, row_q
                    col_p = c * A[:, p] - s * A[:, q]
                    col_q = s * A[:, p] + c * A[:, q]
                    A[:, p], A[:, q] = col_p, col_q
    return np.diag(A) @ np.arange(1.0, n + 1)


program(jacobi_eigenvalues, definite(3) + np.diag([0.0, 2.0, 5.0]), 2)


def bicgstab(A, b):
    x = np.zeros(len(b))
    r = b - A @ x
    r_hat = r.copy()
    rho = alpha = omega = 1.0
    v = p = np.zeros(len(b))
    for i in range(2):
        rho_new = r_hat @ r
        beta = rho_new / rho * alpha / omega
        rho = rho_new
        p = r + beta * (p - omega * v)
        v = A @ p
        alpha = rho / (r_hat @ v)
        s = r - alpha * v
        t = A @ s
        omega = (t @ s) / (t @ t)
        x = x + alpha * p + omega * s
        r = s - omega * t
    return np.sum(x**2)


program(bicgstab, definite(3) + 0.1 * normal(3, 3, seed=4), normal(3), argnums=(0, 1), rtol=1e-6)


def matmul_by_loops(A, B):
    """Three loops over lists of lists."""
    rows, inner, columns = len(A), len(B), len(B[0])
    C = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for k in range(inner):
                C[i][j] += A[i][k] * B[k][j]
    return sum(c * c for row in C for c in row)


program(matmul_by_loops, [[1.0, -2.0], [0.5, 0.3], [0.2, 1.1]], [[0.7, 0.1, -1.2], [2.0, 0.4, 0.9]], argnums=(0, 1))


def strassen(A, B):
    """Recursion on the quadrants."""
    n = A.shape[0]
    if n == 1:
        return A * B
    h = n // 2
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    p1 = strassen(a, f - k)
    p2 = strassen(a + b, k)
    p3 = strassen(c + d, e)
    p4 = strassen(d, g - e)
    p5 = strassen(a + d, e + k)
    p6 = strassen(b - d, g + k)
    p7 = strassen(a - c, e + f)
    C = np.empty((n, n))
    C[:h, :h] = p5 + p4 - p2 + p6
    C[:h, h:] = p1 + p2
    C[h:, :h] = p3 + p4
    C[h:, h:] = p1 + p5 - p3 - p7
    return C


program(strassen, normal(4, 4), normal(4, 4, seed=1), argnums=(0, 1))


def newton_schulz_inverse(A, iterations=6):
    """X <- X (2 I - A X), out= a buffer."""
    X = A.T / (np.linalg.norm(A, 1) * np.linalg.norm(A, np.inf))
    I2 = 2 * np.eye(len(A))
    work = np.empty_like(A)
    for _ in range(iterations):
        np.matmul(A, X, out=work)
        np.subtract(I2, work, out=work)
        X = X @ work
    return np.sum(X)


program(newton_schulz_inverse, definite(3))


def banded_cholesky(diag, off):
    """A bidiagonal factor in two local arrays, and the log-determinant."""
    n = len(diag)
    l = np.empty(n)
    m = np.empty(n - 1)
    l[0] = np.sqrt(diag[0])
    for i in range(n - 1):
        m[i] = off[i] / l[i]
        l[i + 1] = np.sqrt(diag[i + 1] - m[i] ** 2)
    return 2 * np.log(l).sum()


program(banded_cholesky, uniform(5, low=2.0, high=3.0), uniform(4), argnums=(0, 1))


def arnoldi_gmres(A, b, k):
    """Hessenberg matrix filled column by column, least squares by normal equations."""
    n = b.size
    Q = np.zeros((n, k + 1))
    H = np.zeros((k + 1, k))
    beta = np.linalg.norm(b)
    Q[:, 0] = b / beta
    for j in range(k):
        w = A @ Q[:, j]
        for i in range(j + 1):
            H[i, j] = Q[:, i] @ w
            w -= H[i, j] * Q[:, i]
        H[j + 1, j] = np.linalg.norm(w)
        Q[:, j + 1] = w / H[j + 1, j]
    e1 = np.zeros(k + 1)
    e1[0] = beta
    y = np.linalg.solve(H.T @ H, H.T @ e1)
    return Q[:, :k] @ y


program(arnoldi_gmres, definite(4) + 0.2 * normal(4, 4, seed=1), normal(4), 2, argnums=(0, 1))


def pagerank(weights, damping):
    """Columns normalised in place, power iteration with a stopping rule."""
    M = np.exp(weights)
    for j in range(M.shape[1]):
        M[:, j] /= M[:, j].sum()
    n = M.shape[0]
    rank = np.ones(n) / n
    delta, it = 1.0, 0
    while delta > 1e-13 and it < 200:
        new = (1 - damping) / n + damping * M @ rank
        delta = np.abs(new - rank).sum()
        rank = new
        it += 1
    return rank[0] - rank[1] * rank[2]


program(pagerank, normal(4, 4), 0.6, argnums=(0, 1))


def faddeev_leverrier(A):
    """Coefficients of the characteristic polynomial."""
    n = len(A)
    M = np.zeros_like(A)
    c = np.zeros(n + 1)
    c[n] = 1.0
    for k in range(1, n + 1):
        M = A @ M + c[n - k + 1] * np.eye(n)
        c[n - k] = -np.trace(A @ M) / k
    return c


program(faddeev_leverrier, normal(3, 3))
