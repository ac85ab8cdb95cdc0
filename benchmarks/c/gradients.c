/* Gradients as an expert writes them by hand, to compare srcad's with: see native_c.py, whose programs these belong to.
 * Each is called with numbers and with pointers to doubles in C order, and fills the arrays that come last. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GRADIENT __attribute__((visibility("default"))) void
#define NEW(n) malloc((size_t)(n) * sizeof(double))
#define ZEROS(n) calloc((size_t)(n), sizeof(double))
#define AT(a, i, j) a[(i) * n + (j)]
typedef double *restrict array;
typedef const double *restrict input;
typedef int64_t length;

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTOR __attribute__((simd("notinbranch"), const))
VECTOR double exp(double);
VECTOR double sin(double);
/* under its own name gcc makes one call of it and of the sine, which has no variant for vectors */
VECTOR double vector_cos(double) __asm__("cos");
VECTOR double log(double);
VECTOR double erf(double);
#else
#define vector_cos cos
#endif

GRADIENT nothing(void) {}

GRADIENT logistic_map(double x, double r, length steps, array bar) {
    double *tape = NEW(steps);
    for (length t = 0; t < steps; ++t) {
        tape[t] = x;
        x = r * x * (1.0 - x);
    }
    double g = 1.0;
    for (length t = steps - 1; t >= 0; --t) g = g * (1.0 - tape[t]) * r - g * (r * tape[t]);
    *bar = g;
    free(tape);
}

GRADIENT lotka_volterra(double x, double y, double a, length steps, double h, array bar) {
    double *tape = NEW(2 * steps);
    double half = 0.5 * h, sixth = h / 6.0;
    for (length t = 0; t < steps; ++t) {
        tape[2 * t] = x;
        tape[2 * t + 1] = y;
        double k1 = a * x - x * y, l1 = x * y - y, x2 = x + half * k1, y2 = y + half * l1;
        double k2 = a * x2 - x2 * y2, l2 = x2 * y2 - y2, x3 = x + half * k2, y3 = y + half * l2;
        double k3 = a * x3 - x3 * y3, l3 = x3 * y3 - y3, x4 = x + h * k3, y4 = y + h * l3;
        double k4 = a * x4 - x4 * y4, l4 = x4 * y4 - y4;
        x += sixth * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        y += sixth * (l1 + 2.0 * l2 + 2.0 * l3 + l4);
    }
    double gx = 1.0, gy = 1.0;
    for (length t = steps - 1; t >= 0; --t) {
        x = tape[2 * t];
        y = tape[2 * t + 1];
        double k1 = a * x - x * y, l1 = x * y - y, x2 = x + half * k1, y2 = y + half * l1;
        double k2 = a * x2 - x2 * y2, l2 = x2 * y2 - y2, x3 = x + half * k2, y3 = y + half * l2;
        double k3 = a * x3 - x3 * y3, l3 = x3 * y3 - y3, x4 = x + h * k3, y4 = y + h * l3;
        double bk = sixth * gx, bl = sixth * gy;
        double bx4 = bk * a + (bl - bk) * y4, by4 = (bl - bk) * x4 - bl;
        double bk3 = 2.0 * bk + h * bx4, bl3 = 2.0 * bl + h * by4;
        double bx3 = bk3 * a + (bl3 - bk3) * y3, by3 = (bl3 - bk3) * x3 - bl3;
        double bk2 = 2.0 * bk + half * bx3, bl2 = 2.0 * bl + half * by3;
        double bx2 = bk2 * a + (bl2 - bk2) * y2, by2 = (bl2 - bk2) * x2 - bl2;
        double bk1 = bk + half * bx2, bl1 = bl + half * by2;
        gx += bx4 + bx3 + bx2 + bk1 * a + (bl1 - bk1) * y;
        gy += by4 + by3 + by2 + (bl1 - bk1) * x - bl1;
    }
    *bar = gx;
    free(tape);
}

GRADIENT rosenbrock(input x, length n, array bar) {
    memset(bar, 0, (size_t)n * 8);
    for (length i = 0; i < n - 1; ++i) {
        double inner = 200.0 * (x[i + 1] - x[i] * x[i]);
        bar[i] += -2.0 * x[i] * inner - 2.0 * (1.0 - x[i]);
        bar[i + 1] = inner;
    }
}

GRADIENT chain(input x, length n, array bar) {
#pragma omp simd
    for (length i = 0; i < n; ++i) {
        double e = exp(-x[i] * x[i]), s = sin(x[i]), c = vector_cos(x[i]), d = 1.0 + x[i] * x[i];
        bar[i] = e * c / d - 2.0 * x[i] * e * s / d - 2.0 * x[i] * e * s / (d * d);
    }
}

GRADIENT black_scholes(input s, input k, input t, double r, double v, length n, array bs, array bk, array bt, array brv) {
    double br = 0.0, bv = 0.0;
#pragma omp simd reduction(+ : br, bv)
    for (length i = 0; i < n; ++i) {
        double root = sqrt(t[i]), sd = v * root;
        double d1 = (log(s[i] / k[i]) + (r + 0.5 * v * v) * t[i]) / sd, d2 = d1 - sd;
        double n1 = 0.5 * (1.0 + erf(d1 * 0.70710678118654752)), n2 = 0.5 * (1.0 + erf(d2 * 0.70710678118654752));
        double discount = k[i] * exp(-r * t[i]);
        double density = 0.39894228040143268 * exp(-0.5 * d1 * d1);
        bs[i] = n1;
        bk[i] = -discount / k[i] * n2;
        bt[i] = 0.5 * s[i] * density * v / root + r * discount * n2;
        br += t[i] * discount * n2;
        bv += s[i] * density * root;
    }
    brv[0] = br;
    brv[1] = bv;
}

/* u -> v at the inner places: the mean of the neighbours; and the adjoint of that, as one nest that gathers. */
static void jacobi_step(input u, array v, length n) {
    for (length i = 1; i < n - 1; ++i)
        for (length j = 1; j < n - 1; ++j)
            AT(v, i, j) = 0.25 * (AT(u, i - 1, j) + AT(u, i + 1, j) + AT(u, i, j - 1) + AT(u, i, j + 1));
}

#define INSIDE(i, j) ((i) > 0 && (i) < n - 1 && (j) > 0 && (j) < n - 1)
#define INNER(i, j) (INSIDE(i, j) ? AT(g, i, j) : 0.0)
static double gathered(const double *g, length n, length i, length j) {
    double near = INNER(i - 1, j) + INNER(i + 1, j) + INNER(i, j - 1) + INNER(i, j + 1);
    return 0.25 * near + (INSIDE(i, j) ? 0.0 : AT(g, i, j));
}

static void jacobi_back(input g, array out, length n) {
    for (length i = 2; i < n - 2; ++i)
        for (length j = 2; j < n - 2; ++j)
            AT(out, i, j) = 0.25 * (AT(g, i - 1, j) + AT(g, i + 1, j) + AT(g, i, j - 1) + AT(g, i, j + 1));
    for (length i = 0; i < n; ++i)
        for (length j = 0; j < n; j = i > 1 && i < n - 2 && j == 1 ? n - 2 : j + 1) AT(out, i, j) = gathered(g, n, i, j);
}

static double *swapped(double **a, double **b) {
    double *t = *a;
    *a = *b;
    return *b = t;
}

GRADIENT jacobi(input start, length n, length steps, array bar) {
    double *u = NEW(n * n), *v = NEW(n * n);
    memcpy(u, start, (size_t)(n * n) * 8);
    memcpy(v, start, (size_t)(n * n) * 8);
    for (length t = 0; t < steps; ++t) {
        jacobi_step(u, v, n);
        swapped(&u, &v);
    }
    for (length k = 0; k < n * n; ++k) u[k] *= 2.0;
    for (length t = 0; t < steps; ++t) {
        jacobi_back(u, v, n);
        swapped(&u, &v);
    }
    memcpy(bar, u, (size_t)(n * n) * 8);
    free(u);
    free(v);
}

/* v = u + c (sum of neighbours - 4 u) - d u^3, inside */
GRADIENT reaction(input start, length n, length steps, double c, double d, array bar) {
    double *tape = NEW((steps + 1) * n * n), *v = NEW(n * n), *g = NEW(n * n);
    memcpy(tape, start, (size_t)(n * n) * 8);
    for (length t = 0; t < steps; ++t) {
        const double *restrict u = tape + t * n * n;
        double *restrict next = tape + (t + 1) * n * n;
        for (length j = 0; j < n; ++j) AT(next, 0, j) = AT(u, 0, j), AT(next, n - 1, j) = AT(u, n - 1, j);
        for (length i = 1; i < n - 1; ++i) {
            AT(next, i, 0) = AT(u, i, 0);
            for (length j = 1; j < n - 1; ++j) {
                double x = AT(u, i, j);
                AT(next, i, j) = x + c * (AT(u, i - 1, j) + AT(u, i + 1, j) + AT(u, i, j - 1) + AT(u, i, j + 1) - 4.0 * x) - d * x * x * x;
            }
            AT(next, i, n - 1) = AT(u, i, n - 1);
        }
    }
    for (length k = 0; k < n * n; ++k) g[k] = 2.0 * tape[steps * n * n + k];
    for (length t = steps - 1; t >= 0; --t) {
        const double *restrict u = tape + t * n * n;
        for (length i = 0; i < n; ++i)
            for (length j = 0; j < n; j = i > 1 && i < n - 2 && j == 1 ? n - 2 : j + 1) {
                int inside = i > 0 && i < n - 1 && j > 0 && j < n - 1;
                double x = AT(u, i, j), own = AT(g, i, j);
                double near = INNER(i - 1, j) + INNER(i + 1, j) + INNER(i, j - 1) + INNER(i, j + 1);
                AT(v, i, j) = own + c * near - (inside ? own * (4.0 * c + 3.0 * d * x * x) : 0.0);
            }
        const double *restrict from = g;
        double *restrict to = v;
        for (length i = 2; i < n - 2; ++i)
            for (length j = 2; j < n - 2; ++j) {
                double x = AT(u, i, j), own = AT(from, i, j);
                double near = AT(from, i - 1, j) + AT(from, i + 1, j) + AT(from, i, j - 1) + AT(from, i, j + 1);
                AT(to, i, j) = own + c * near - own * (4.0 * c + 3.0 * d * x * x);
            }
        swapped(&g, &v);
    }
    memcpy(bar, g, (size_t)(n * n) * 8);
    free(tape);
    free(v);
    free(g);
}

/* x of A x = b by sweeps; the gradient of sum(x^2) with respect to A and b. */
GRADIENT gauss_seidel(input a, input b, length n, length sweeps, array ba, array bb) {
    double *x = ZEROS(n), *tape = NEW(sweeps * n), *g = NEW(n);
    for (length t = 0; t < sweeps; ++t)
        for (length i = 0; i < n; ++i) {
            double s = b[i];
            for (length j = 0; j < i; ++j) s -= AT(a, i, j) * x[j];
            for (length j = i + 1; j < n; ++j) s -= AT(a, i, j) * x[j];
            tape[t * n + i] = x[i];
            x[i] = s / AT(a, i, i);
        }
    for (length i = 0; i < n; ++i) g[i] = 2.0 * x[i];
    memset(ba, 0, (size_t)(n * n) * 8);
    memset(bb, 0, (size_t)n * 8);
    for (length t = sweeps - 1; t >= 0; --t)
        for (length i = n - 1; i >= 0; --i) {
            double gs = g[i] / AT(a, i, i);
            AT(ba, i, i) -= gs * x[i];
            x[i] = tape[t * n + i];
            g[i] = 0.0;
            for (length j = 0; j < i; ++j) {
                AT(ba, i, j) -= gs * x[j];
                g[j] -= gs * AT(a, i, j);
            }
            for (length j = i + 1; j < n; ++j) {
                AT(ba, i, j) -= gs * x[j];
                g[j] -= gs * AT(a, i, j);
            }
            bb[i] += gs;
        }
    free(x);
    free(tape);
    free(g);
}

GRADIENT bodies(input x, input y, input m, length n, array bx) {
    memset(bx, 0, (size_t)n * 8);
    for (length i = 0; i < n; ++i) {
        double mine = 0.0;
#pragma omp simd reduction(+ : mine)
        for (length j = 0; j < i; ++j) {
            double dx = x[i] - x[j], dy = y[i] - y[j], q = dx * dx + dy * dy + 1e-3;
            double g = -m[i] * m[j] * dx / (q * sqrt(q));
            mine += g;
            bx[j] -= g;
        }
        bx[i] += mine;
    }
}

GRADIENT cholesky(input a, length n, array ba) {
    double *low = ZEROS(n * n), *g = NEW(n * n);
    for (length i = 0; i < n; ++i)
        for (length j = 0; j <= i; ++j) {
            double s = AT(a, i, j);
            for (length k = 0; k < j; ++k) s -= AT(low, i, k) * AT(low, j, k);
            AT(low, i, j) = i == j ? sqrt(s) : s / AT(low, j, j);
        }
    for (length k = 0; k < n * n; ++k) g[k] = 1.0;
    memset(ba, 0, (size_t)(n * n) * 8);
    for (length i = n - 1; i >= 0; --i)
        for (length j = i; j >= 0; --j) {
            double gs;
            if (i == j) gs = 0.5 * AT(g, i, i) / AT(low, i, i);
            else {
                gs = AT(g, i, j) / AT(low, j, j);
                AT(g, j, j) -= gs * AT(low, i, j);
            }
            if (i == j)
                for (length k = 0; k < j; ++k) AT(g, i, k) -= 2.0 * gs * AT(low, i, k);
            else
                for (length k = 0; k < j; ++k) {
                    AT(g, i, k) -= gs * AT(low, j, k);
                    AT(g, j, k) -= gs * AT(low, i, k);
                }
            AT(ba, i, j) = gs;
        }
    free(low);
    free(g);
}

/* In place, without pivots; the gradient of the sum of all elements of L and U. */
GRADIENT lu(input a, length n, array ba) {
    double *u = NEW(n * n), *tape = NEW(n * n);
    memcpy(u, a, (size_t)(n * n) * 8);
    for (length i = 0; i < n; ++i) {
        for (length j = 0; j < i; ++j) {
            double s = AT(u, i, j);
            for (length k = 0; k < j; ++k) s -= AT(u, i, k) * AT(u, k, j);
            AT(u, i, j) = s / AT(u, j, j);
        }
        for (length k = 0; k < i; ++k)
            for (length j = i; j < n; ++j) AT(u, i, j) -= AT(u, i, k) * AT(u, k, j);
    }
    for (length k = 0; k < n * n; ++k) ba[k] = 1.0;
    for (length i = n - 1; i >= 0; --i) {
        for (length k = i - 1; k >= 0; --k) {
            double g = 0.0;
#pragma omp simd reduction(+ : g)
            for (length j = i; j < n; ++j) {
                g += AT(ba, i, j) * AT(u, k, j);
                AT(ba, k, j) -= AT(ba, i, j) * AT(u, i, k);
            }
            AT(ba, i, k) -= g;
        }
        for (length j = i - 1; j >= 0; --j) {
            double g = AT(ba, i, j) / AT(u, j, j);
            AT(ba, j, j) -= g * AT(u, i, j);
            for (length k = 0; k < j; ++k) {
                AT(ba, i, k) -= g * AT(u, k, j);
                AT(ba, k, j) -= g * AT(u, i, k);
            }
            AT(ba, i, j) = g;
        }
    }
    free(u);
    free(tape);
}

GRADIENT triangular_solve(input low, input b, length n, array bl, array bb) {
    double *x = NEW(n), *g = NEW(n);
    for (length i = 0; i < n; ++i) {
        double s = b[i];
        for (length j = 0; j < i; ++j) s -= AT(low, i, j) * x[j];
        x[i] = s / AT(low, i, i);
    }
    for (length i = 0; i < n; ++i) g[i] = 2.0 * x[i];
    memset(bl, 0, (size_t)(n * n) * 8);
    for (length i = n - 1; i >= 0; --i) {
        double gs = g[i] / AT(low, i, i);
        AT(bl, i, i) = -gs * x[i];
        for (length j = 0; j < i; ++j) {
            AT(bl, i, j) = -gs * x[j];
            g[j] -= gs * AT(low, i, j);
        }
        bb[i] = gs;
    }
    free(x);
    free(g);
}

GRADIENT durbin(input r, length n, array br) {
    double *ys = ZEROS(n * n), *alphas = NEW(n), *betas = NEW(n), *sums = NEW(n), *g = NEW(n), *next = NEW(n);
    double alpha = -r[0], beta = 1.0;
    ys[0] = -r[0];
    for (length k = 1; k < n; ++k) {
        const double *y = ys + (k - 1) * n;
        double *z = ys + k * n, s = 0.0;
        alphas[k] = alpha;
        betas[k] = beta;
        beta *= 1.0 - alpha * alpha;
        for (length j = 0; j < k; ++j) s += r[k - j - 1] * y[j];
        sums[k] = s;
        alpha = -(r[k] + s) / beta;
        for (length j = 0; j < k; ++j) z[j] = y[j] + alpha * y[k - j - 1];
        z[k] = alpha;
    }
    memset(br, 0, (size_t)n * 8);
    double ga = 0.0, gb = 0.0;
    for (length j = 0; j < n; ++j) g[j] = 2.0 * AT(ys, n - 1, j);
    for (length k = n - 1; k > 0; --k) {
        const double *y = ys + (k - 1) * n;
        double after = AT(ys, k, k), s = 0.0;
        ga += g[k];
        for (length j = 0; j < k; ++j) {
            next[j] = g[j] + after * g[k - j - 1];
            s += g[j] * y[k - j - 1];
        }
        ga += s;
        double beta_now = betas[k] * (1.0 - alphas[k] * alphas[k]), gs = -ga / beta_now;
        gb -= ga * after / beta_now;
        br[k] += gs;
        for (length j = 0; j < k; ++j) {
            br[k - j - 1] += gs * y[j];
            next[j] += gs * r[k - j - 1];
        }
        ga = -2.0 * gb * betas[k] * alphas[k];
        gb *= 1.0 - alphas[k] * alphas[k];
        double *t = g;
        g = next;
        next = t;
    }
    br[0] += -g[0] - ga;
    free(ys);
    free(alphas);
    free(betas);
    free(sums);
    free(g);
    free(next);
}

GRADIENT seidel_2d(input start, length n, length steps, array g) {
    double *u = NEW(n * n);
    memcpy(u, start, (size_t)(n * n) * 8);
    for (length t = 0; t < steps; ++t)
        for (length i = 1; i < n - 1; ++i)
            for (length j = 1; j < n - 1; ++j)
                AT(u, i, j) = (AT(u, i - 1, j - 1) + AT(u, i - 1, j) + AT(u, i - 1, j + 1) + AT(u, i, j - 1) + AT(u, i, j) + AT(u, i, j + 1) + AT(u, i + 1, j - 1) + AT(u, i + 1, j) + AT(u, i + 1, j + 1)) / 9.0;
    for (length k = 0; k < n * n; ++k) g[k] = 2.0 * u[k];
    for (length t = 0; t < steps; ++t)
        for (length i = n - 2; i > 0; --i)
            for (length j = n - 2; j > 0; --j) {
                double x = AT(g, i, j) / 9.0;
                AT(g, i, j) = x;
                AT(g, i - 1, j - 1) += x, AT(g, i - 1, j) += x, AT(g, i - 1, j + 1) += x, AT(g, i, j - 1) += x;
                AT(g, i, j + 1) += x, AT(g, i + 1, j - 1) += x, AT(g, i + 1, j) += x, AT(g, i + 1, j + 1) += x;
            }
    free(u);
}

GRADIENT fdtd_2d(input ex0, input ey0, input hz0, input fict, length m, length n, length steps, array bx, array by, array bh) {
    length size = m * n;
    double *restrict ex = NEW(size), *restrict ey = NEW(size), *restrict hz = NEW(size);
    memcpy(ex, ex0, (size_t)size * 8);
    memcpy(ey, ey0, (size_t)size * 8);
    memcpy(hz, hz0, (size_t)size * 8);
    for (length t = 0; t < steps; ++t) {
        for (length j = 0; j < n; ++j) ey[j] = fict[t];
        for (length i = 1; i < m; ++i)
            for (length j = 0; j < n; ++j) AT(ey, i, j) -= 0.5 * (AT(hz, i, j) - AT(hz, i - 1, j));
        for (length i = 0; i < m; ++i)
            for (length j = 1; j < n; ++j) AT(ex, i, j) -= 0.5 * (AT(hz, i, j) - AT(hz, i, j - 1));
        for (length i = 0; i < m - 1; ++i)
            for (length j = 0; j < n - 1; ++j)
                AT(hz, i, j) -= 0.7 * (AT(ex, i, j + 1) - AT(ex, i, j) + AT(ey, i + 1, j) - AT(ey, i, j));
    }
    memset(bx, 0, (size_t)size * 8);
    memset(by, 0, (size_t)size * 8);
    for (length k = 0; k < size; ++k) bh[k] = 2.0 * hz[k];
    for (length t = steps - 1; t >= 0; --t) {
        for (length i = 0; i < m - 1; ++i) { /* of hz: gathered, row by row */
            AT(bx, i, 0) += 0.7 * AT(bh, i, 0);
            for (length j = 1; j < n - 1; ++j) AT(bx, i, j) += 0.7 * (AT(bh, i, j) - AT(bh, i, j - 1));
            AT(bx, i, n - 1) -= 0.7 * AT(bh, i, n - 2);
        }
        for (length j = 0; j < n - 1; ++j) AT(by, 0, j) += 0.7 * AT(bh, 0, j);
        for (length i = 1; i < m - 1; ++i)
            for (length j = 0; j < n - 1; ++j) AT(by, i, j) += 0.7 * (AT(bh, i, j) - AT(bh, i - 1, j));
        for (length j = 0; j < n - 1; ++j) AT(by, m - 1, j) -= 0.7 * AT(bh, m - 2, j);
        for (length i = 0; i < m; ++i) { /* of ex */
            AT(bh, i, 0) += 0.5 * AT(bx, i, 1);
            for (length j = 1; j < n - 1; ++j) AT(bh, i, j) += 0.5 * (AT(bx, i, j + 1) - AT(bx, i, j));
            AT(bh, i, n - 1) -= 0.5 * AT(bx, i, n - 1);
        }
        for (length j = 0; j < n; ++j) AT(bh, 0, j) += 0.5 * AT(by, 1, j);
        for (length i = 1; i < m - 1; ++i) /* of ey */
            for (length j = 0; j < n; ++j) AT(bh, i, j) += 0.5 * (AT(by, i + 1, j) - AT(by, i, j));
        for (length j = 0; j < n; ++j) AT(bh, m - 1, j) -= 0.5 * AT(by, m - 1, j);
        memset(by, 0, (size_t)n * 8);
    }
    free(ex);
    free(ey);
    free(hz);
}

/* One half of a step of ADI: from u the rows of v (or the other way round, transposed); p depends on nothing. */
static void half_step(input u, array v, array q, input p, length n, double a, double b, double d, double f, int turned) {
    for (length i = 1; i < n - 1; ++i) {
        double *restrict row = q + i * n;
        row[0] = 1.0;
        for (length j = 1; j < n - 1; ++j) {
            double near = turned ? -d * AT(u, i - 1, j) + (1.0 + 2.0 * d) * AT(u, i, j) - f * AT(u, i + 1, j)
                                 : -d * AT(u, j, i - 1) + (1.0 + 2.0 * d) * AT(u, j, i) - f * AT(u, j, i + 1);
            row[j] = (near - a * row[j - 1]) / (a * p[j - 1] + b);
        }
        double x = 1.0;
        if (turned) AT(v, i, n - 1) = 1.0; else AT(v, n - 1, i) = 1.0;
        for (length j = n - 2; j > 0; --j) {
            x = p[j] * x + row[j];
            if (turned) AT(v, i, j) = x; else AT(v, j, i) = x;
        }
    }
}

static void half_back(array gu, array gv, array gq, input p, length n, double a, double b, double d, double f, int turned) {
    for (length i = 1; i < n - 1; ++i) {
        double x = 0.0;
        for (length j = 1; j < n - 1; ++j) {
            double *own = turned ? &AT(gv, i, j) : &AT(gv, j, i);
            x = *own + x;
            gq[j] = x;
            *own = 0.0;
            x *= p[j];
        }
        double carried = 0.0;
        for (length j = n - 2; j > 0; --j) {
            double g = (gq[j] + carried) / (a * p[j - 1] + b);
            carried = -a * g;
            if (turned) AT(gu, i - 1, j) -= d * g, AT(gu, i, j) += (1.0 + 2.0 * d) * g, AT(gu, i + 1, j) -= f * g;
            else AT(gu, j, i - 1) -= d * g, AT(gu, j, i) += (1.0 + 2.0 * d) * g, AT(gu, j, i + 1) -= f * g;
        }
    }
}

GRADIENT adi(input start, length n, length steps, array bar) {
    double dx = 1.0 / n, dt = 1.0 / steps, mul1 = 2.0 * dt / (dx * dx), mul2 = dt / (dx * dx);
    double a = -mul1 / 2.0, b = 1.0 + mul1, c = a, d = -mul2 / 2.0, e = 1.0 + mul2, f = d;
    double *u = NEW(n * n), *v = ZEROS(n * n), *q = ZEROS(n * n), *p = ZEROS(n), *p2 = ZEROS(n), *gv = ZEROS(n * n), *gq = NEW(n);
    memcpy(u, start, (size_t)(n * n) * 8);
    for (length j = 1; j < n - 1; ++j) {
        p[j] = -c / (a * p[j - 1] + b);
        p2[j] = -f / (d * p2[j - 1] + e);
    }
    for (length j = 1; j < n - 1; ++j) AT(v, 0, j) = 1.0;
    for (length t = 0; t < steps; ++t) {
        half_step(u, v, q, p, n, a, b, d, f, 0);
        for (length i = 1; i < n - 1; ++i) AT(u, i, 0) = 1.0;
        half_step(v, u, q, p2, n, d, e, a, c, 1);
    }
    for (length k = 0; k < n * n; ++k) bar[k] = 2.0 * u[k];
    for (length t = 0; t < steps; ++t) {
        for (length i = 1; i < n - 1; ++i) AT(bar, i, n - 1) = 0.0;
        half_back(gv, bar, gq, p2, n, d, e, a, c, 1);
        for (length i = 1; i < n - 1; ++i) AT(bar, i, 0) = 0.0;
        for (length j = 1; j < n - 1; ++j) AT(gv, n - 1, j) = 0.0;
        half_back(bar, gv, gq, p, n, a, b, d, f, 0);
        for (length j = 1; j < n - 1; ++j) AT(gv, 0, j) = 0.0;
    }
    free(u);
    free(v);
    free(q);
    free(p);
    free(p2);
    free(gv);
    free(gq);
}

/* Ties go half to each side, as np.minimum's do. */
GRADIENT floyd_warshall(input start, length n, array g) {
    double *tape = NEW((n + 1) * n * n), *row = NEW(n), *column = NEW(n);
    memcpy(tape, start, (size_t)(n * n) * 8);
    for (length k = 0; k < n; ++k) {
        const double *restrict u = tape + k * n * n;
        double *restrict v = tape + (k + 1) * n * n;
        for (length i = 0; i < n; ++i)
            for (length j = 0; j < n; ++j) {
                double way = AT(u, i, k) + AT(u, k, j);
                AT(v, i, j) = way < AT(u, i, j) ? way : AT(u, i, j);
            }
    }
    for (length k = 0; k < n * n; ++k) g[k] = 1.0;
    for (length k = n - 1; k >= 0; --k) {
        const double *restrict u = tape + k * n * n;
        memset(row, 0, (size_t)n * 8);
        for (length i = 0; i < n; ++i) {
            double total = 0.0;
#pragma omp simd reduction(+ : total)
            for (length j = 0; j < n; ++j) {
                double way = AT(u, i, k) + AT(u, k, j), old = AT(u, i, j), own = AT(g, i, j);
                double moved = way < old ? own : way == old ? 0.5 * own : 0.0;
                AT(g, i, j) = own - moved;
                total += moved;
                row[j] += moved;
            }
            column[i] = total;
        }
        for (length i = 0; i < n; ++i) AT(g, i, k) += column[i];
        for (length j = 0; j < n; ++j) AT(g, k, j) += row[j];
    }
    free(tape);
    free(row);
    free(column);
}

#define IN(i, j, k) ((i) * (n + 4) * depth + (j) * depth + (k))
static double laplacian(input x, length n, length depth, length i, length j, length k) {
    return 4.0 * x[IN(i, j, k)] - (x[IN(i + 1, j, k)] + x[IN(i - 1, j, k)] + x[IN(i, j + 1, k)] + x[IN(i, j - 1, k)]);
}

GRADIENT hdiff(input x, input coeff, length n, length depth, array bx, array bc) {
    length wide = n + 4;
    double *lap = NEW(wide * wide * depth), *gl = ZEROS(wide * wide * depth);
    memset(bx, 0, (size_t)(wide * wide * depth) * 8);
    for (length i = 1; i < wide - 1; ++i)
        for (length j = 1; j < wide - 1; ++j)
            for (length k = 0; k < depth; ++k) lap[IN(i, j, k)] = laplacian(x, n, depth, i, j, k);
    for (length i = 2; i < n + 2; ++i)
        for (length j = 2; j < n + 2; ++j) {
            length here = IN(i, j, 0), up = IN(i + 1, j, 0), down = IN(i - 1, j, 0), left = IN(i, j - 1, 0), right = IN(i, j + 1, 0);
            length place = ((i - 2) * n + j - 2) * depth;
#pragma omp simd
            for (length k = 0; k < depth; ++k) {
                double f1 = lap[up + k] - lap[here + k], f0 = lap[here + k] - lap[down + k];
                double y1 = lap[right + k] - lap[here + k], y0 = lap[here + k] - lap[left + k];
                double m1 = f1 * (x[up + k] - x[here + k]) > 0.0 ? 0.0 : 1.0, m0 = f0 * (x[here + k] - x[down + k]) > 0.0 ? 0.0 : 1.0;
                double w1 = y1 * (x[right + k] - x[here + k]) > 0.0 ? 0.0 : 1.0, w0 = y0 * (x[here + k] - x[left + k]) > 0.0 ? 0.0 : 1.0;
                double change = m1 * f1 - m0 * f0 + w1 * y1 - w0 * y0, c = coeff[place + k];
                double out = 2.0 * (x[here + k] - c * change), g = -out * c;
                bc[place + k] = -out * change;
                bx[here + k] += out;
                gl[up + k] += m1 * g;
                gl[down + k] += m0 * g;
                gl[right + k] += w1 * g;
                gl[left + k] += w0 * g;
                gl[here + k] -= (m1 + m0 + w1 + w0) * g;
            }
        }
    for (length i = 1; i < wide - 1; ++i)
        for (length j = 1; j < wide - 1; ++j)
            for (length k = 0; k < depth; ++k) {
                double g = gl[IN(i, j, k)];
                bx[IN(i, j, k)] += 4.0 * g;
                bx[IN(i + 1, j, k)] -= g;
                bx[IN(i - 1, j, k)] -= g;
                bx[IN(i, j + 1, k)] -= g;
                bx[IN(i, j - 1, k)] -= g;
            }
    free(lap);
    free(gl);
}

/* Columns are solved one after the other: i and j outside. */
GRADIENT vadv(input w, input u, length n, length m, length depth, array bw, array bu) {
    double *c = NEW(depth), *d = NEW(depth), *x = NEW(depth), *inverse = NEW(depth), *gc = NEW(depth), *gd = NEW(depth);
    double bs = 0.4, bet = 0.6, dtr = 3.0 / 20.0;
    memset(bw, 0, (size_t)((n + 1) * m * (depth + 1)) * 8);
    memset(bu, 0, (size_t)(n * m * depth) * 8);
    for (length i = 0; i < n; ++i)
        for (length j = 0; j < m; ++j) {
            const double *w0 = w + (i * m + j) * (depth + 1), *w1 = w0 + m * (depth + 1), *own = u + (i * m + j) * depth;
            double *g0 = bw + (i * m + j) * (depth + 1), *g1 = g0 + m * (depth + 1), *gu = bu + (i * m + j) * depth;
            for (length k = 0; k < depth; ++k) {
                double ga = k > 0 ? -0.25 * (w1[k] + w0[k]) : 0.0, gcv = k < depth - 1 ? 0.25 * (w1[k + 1] + w0[k + 1]) : 0.0;
                double right = dtr * own[k] - (k > 0 ? ga * bs * (own[k - 1] - own[k]) : 0.0) - (k < depth - 1 ? gcv * bs * (own[k + 1] - own[k]) : 0.0);
                double a = ga * bet, b = dtr - a - gcv * bet;
                inverse[k] = 1.0 / (b - (k > 0 ? c[k - 1] * a : 0.0));
                c[k] = gcv * bet * inverse[k];
                d[k] = (right - (k > 0 ? d[k - 1] * a : 0.0)) * inverse[k];
            }
            x[depth - 1] = d[depth - 1];
            for (length k = depth - 2; k >= 0; --k) x[k] = d[k] - c[k] * x[k + 1];
            double carried = 0.0;
            for (length k = 0; k < depth; ++k) {
                double g = 2.0 * x[k] + carried;
                gd[k] = g;
                gc[k] = k < depth - 1 ? -g * x[k + 1] : 0.0;
                carried = -c[k] * g;
            }
            for (length k = depth - 1; k >= 0; --k) {
                double ga = k > 0 ? -0.25 * (w1[k] + w0[k]) : 0.0, gcv = k < depth - 1 ? 0.25 * (w1[k + 1] + w0[k + 1]) : 0.0;
                double a = ga * bet, right = gd[k] * inverse[k];
                double ginv = gd[k] * d[k] / inverse[k] + gc[k] * gcv * bet, gden = -ginv * inverse[k] * inverse[k];
                double gb = gden, gaa = -gb, gcc = gc[k] * inverse[k] - gb;
                if (k > 0) {
                    gc[k - 1] += -gden * a;
                    gaa += -gden * c[k - 1] - right * d[k - 1];
                    gd[k - 1] += -right * a;
                }
                gu[k] += right * dtr;
                double gga = gaa * bet, ggc = gcc * bet;
                if (k > 0) {
                    gga -= right * bs * (own[k - 1] - own[k]);
                    gu[k - 1] -= right * ga * bs;
                    gu[k] += right * ga * bs;
                    g1[k] -= 0.25 * gga;
                    g0[k] -= 0.25 * gga;
                }
                if (k < depth - 1) {
                    ggc -= right * bs * (own[k + 1] - own[k]);
                    gu[k + 1] -= right * gcv * bs;
                    gu[k] += right * gcv * bs;
                    g1[k + 1] += 0.25 * ggc;
                    g0[k + 1] += 0.25 * ggc;
                }
            }
        }
    free(c);
    free(d);
    free(x);
    free(inverse);
    free(gc);
    free(gd);
}

GRADIENT conv2d(input x, input weights, length batch, length n, length in, length out, length width, array bx, array bw) {
    length left = n - width + 1;
    double *y = NEW(out);
    memset(bx, 0, (size_t)(batch * n * n * in) * 8);
    memset(bw, 0, (size_t)(width * width * in * out) * 8);
    for (length s = 0; s < batch; ++s)
        for (length i = 0; i < left; ++i)
            for (length j = 0; j < left; ++j) {
                memset(y, 0, (size_t)out * 8);
                for (length p = 0; p < width; ++p)
                    for (length q = 0; q < width; ++q)
                        for (length c = 0; c < in; ++c) {
                            double here = x[((s * n + i + p) * n + j + q) * in + c];
                            const double *restrict w = weights + ((p * width + q) * in + c) * out;
                            for (length o = 0; o < out; ++o) y[o] += here * w[o];
                        }
                for (length o = 0; o < out; ++o) y[o] *= 2.0;
                for (length p = 0; p < width; ++p)
                    for (length q = 0; q < width; ++q)
                        for (length c = 0; c < in; ++c) {
                            length place = ((s * n + i + p) * n + j + q) * in + c, first = ((p * width + q) * in + c) * out;
                            double here = x[place], g = 0.0;
#pragma omp simd reduction(+ : g)
                            for (length o = 0; o < out; ++o) {
                                g += y[o] * weights[first + o];
                                bw[first + o] += y[o] * here;
                            }
                            bx[place] += g;
                        }
            }
    free(y);
}
