"""Image processing and graphics by loops and slices."""

import math

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def convolve_replicate(image, kernel):
    """Indices clamped at the border."""
    h, w = image.shape
    k = kernel.shape[0] // 2
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            acc = 0.0
            for dy in range(-k, k + 1):
                for dx in range(-k, k + 1):
                    yy = min(max(y + dy, 0), h - 1)
                    xx = min(max(x + dx, 0), w - 1)
                    acc += image[yy, xx] * kernel[dy + k, dx + k]
            out[y, x] = acc
    return out


program(convolve_replicate, normal(3, 4), normal(3, 3), argnums=(0, 1))


def gaussian_blur_separable(image, sigma, radius):
    """The kernel is computed, normalised in place, and applied along both axes of a padded image."""
    t = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (t / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(image, radius, mode="edge")
    rows = sum(kernel[i] * padded[i : i + image.shape[0], :] for i in range(2 * radius + 1))
    return sum(kernel[i] * rows[:, i : i + image.shape[1]] for i in range(2 * radius + 1))


program(gaussian_blur_separable, normal(4, 4), 0.8, 1, argnums=(0, 1))


def bilateral(image, sigma_s, sigma_r):
    h, w = image.shape
    out = np.empty((h, w))
    for i in range(h):
        for j in range(w):
            i0, i1 = max(i - 1, 0), min(i + 2, h)
            j0, j1 = max(j - 1, 0), min(j + 2, w)
            window = image[i0:i1, j0:j1]
            yy, xx = np.mgrid[i0:i1, j0:j1]
            weights = np.exp(
                -((yy - i) ** 2 + (xx - j) ** 2) / (2 * sigma_s**2) - (window - image[i, j]) ** 2 / (2 * sigma_r**2)
            )
            out[i, j] = np.sum(weights * window) / np.sum(weights)
    return np.sum(out**2)


program(bilateral, normal(3, 3), 1.1, 0.7, argnums=(0, 1, 2))


def sobel_energy(image):
    gx = image[:-2, 2:] + 2 * image[1:-1, 2:] + image[2:, 2:] - image[:-2, :-2] - 2 * image[1:-1, :-2] - image[2:, :-2]
    gy = image[2:, :-2] + 2 * image[2:, 1:-1] + image[2:, 2:] - image[:-2, :-2] - 2 * image[:-2, 1:-1] - image[:-2, 2:]
    magnitude = np.hypot(gx, gy)
    return magnitude.sum() + magnitude.max()


program(sobel_energy, normal(5, 5))


def total_variation_descent(noisy, weight, step, iterations):
    """Gradient descent on smoothed total variation, differences written into zero-bordered arrays."""
    u = noisy.copy()
    for _ in range(iterations):
        dx = np.zeros_like(u)
        dy = np.zeros_like(u)
        dx[:, :-1] = u[:, 1:] - u[:, :-1]
        dy[:-1, :] = u[1:, :] - u[:-1, :]
        norm = np.sqrt(dx**2 + dy**2 + 1e-2)
        px, py = dx / norm, dy / norm
        divergence = px + py
        divergence[:, 1:] -= px[:, :-1]
        divergence[1:, :] -= py[:-1, :]
        u -= step * (u - noisy - weight * divergence)
    return np.sum((u - noisy) ** 2) + u.max()


program(total_variation_descent, normal(4, 4), 0.3, 0.2, 3, argnums=(0, 1, 2), step=1e-3)


def bilinear_warp(image, angle, shift):
    """Rotation and translation by bilinear sampling; samples outside are skipped."""
    h, w = image.shape
    c, s = math.cos(angle), math.sin(angle)
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            y = c * (i - h / 2) - s * (j - w / 2) + h / 2 + shift[0]
            x = s * (i - h / 2) + c * (j - w / 2) + w / 2 + shift[1]
            y0, x0 = math.floor(y), math.floor(x)
            if y0 < 0 or x0 < 0 or y0 + 1 >= h or x0 + 1 >= w:
                continue
            fy, fx = y - y0, x - x0
            top = (1 - fx) * image[y0, x0] + fx * image[y0, x0 + 1]
            bottom = (1 - fx) * image[y0 + 1, x0] + fx * image[y0 + 1, x0 + 1]
            out[i, j] = (1 - fy) * top + fy * bottom
    return np.sum(out * out)


program(bilinear_warp, normal(4, 4), 0.31, (0.23, -0.17), argnums=(0, 1, 2), step=1e-4)


def soft_histogram(values, centres, width):
    """Weights shared between two bins with np.add.at."""
    counts = np.zeros(len(centres))
    position = (values - centres[0]) / width
    lower = np.floor(position).astype(int)
    fraction = position - lower
    np.add.at(counts, lower, 1 - fraction)
    np.add.at(counts, lower + 1, fraction)
    p = counts / counts.sum()
    return -np.sum(p * np.log(p + 1e-9))


program(soft_histogram, uniform(8, high=3.4), np.arange(5.0), 1.0, argnums=(0, 2), step=1e-4)


def lucas_kanade(first, second, iterations):
    """Optical flow of one window: gradients, normal equations, resampling by integer shift and mix."""
    gy, gx = np.gradient(first)
    A = np.array([[np.sum(gx * gx), np.sum(gx * gy)], [np.sum(gx * gy), np.sum(gy * gy)]])
    flow = np.zeros(2)
    for _ in range(iterations):
        moved = (1 - flow[0]) * second + flow[0] * np.roll(second, -1, axis=1)
        moved = (1 - flow[1]) * moved + flow[1] * np.roll(moved, -1, axis=0)
        difference = first - moved
        b = np.array([np.sum(gx * difference), np.sum(gy * difference)])
        flow = flow + np.linalg.solve(A, b)
    return flow


program(lucas_kanade, normal(4, 4), normal(4, 4, seed=1), 2, argnums=(0, 1), step=1e-3)


def phong(normals, light, view, material):
    """Shading by the usual dictionary of coefficients; negative lobes clipped."""
    l = light / np.linalg.norm(light)
    v = view / np.linalg.norm(view)
    total = np.zeros(3)
    for n in normals:
        n = n / np.linalg.norm(n)
        diffuse = max(0.0, n @ l)
        colour = material["ambient"] + material["diffuse"] * diffuse
        if diffuse > 0:
            r = 2 * (n @ l) * n - l
            colour = colour + material["specular"] * max(0.0, r @ v) ** material["shininess"]
        total += np.clip(colour, 0.0, 1.0)
    return total @ np.array([0.299, 0.587, 0.114])


program(
    phong,
    normal(4, 3, scale=0.3) + np.array([0.2, 0.1, 1.0]),
    np.array([0.3, 0.5, 1.0]),
    np.array([0.1, -0.2, 1.0]),
    {"ambient": 0.1, "diffuse": np.array([0.5, 0.4, 0.3]), "specular": 0.3, "shininess": 5},
    argnums=(0, 1, 2, 3),
    step=1e-4,
)


def rasterise_soft(triangle, size, sharpness):
    """Soft coverage of a triangle by the product of three edge functions."""
    ys, xs = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size), indexing="ij")
    cover = np.ones((size, size))
    for k in range(3):
        (x0, y0), (x1, y1) = triangle[k], triangle[(k + 1) % 3]
        edge = (xs - x0) * (y1 - y0) - (ys - y0) * (x1 - x0)
        cover *= 1 / (1 + np.exp(sharpness * edge))
    return cover.sum() + cover[size // 2, size // 2]


program(rasterise_soft, np.array([[0.1, 0.2], [0.9, 0.3], [0.4, 0.95]]), 4, 6.0, argnums=(0, 2), step=1e-3)


def floyd_steinberg_soft(image, levels):
    """Error diffusion with a smooth quantiser: every pixel changes those after it."""
    im = image.copy()
    h, w = im.shape
    for y in range(h):
        for x in range(w):
            old = im[y, x]
            new = old - np.sin(2 * np.pi * levels * old) / (2 * np.pi * levels)
            im[y, x] = new
            err = old - new
            if x + 1 < w:
                im[y, x + 1] += err * 7 / 16
            if y + 1 < h:
                if x > 0:
                    im[y + 1, x - 1] += err * 3 / 16
                im[y + 1, x] += err * 5 / 16
                if x + 1 < w:
                    im[y + 1, x + 1] += err * 1 / 16
    return np.sum(im**2)


program(floyd_steinberg_soft, uniform(3, 4), 2.0, argnums=(0, 1), step=1e-3)


def harris_response(image, k):
    """Structure tensor smoothed by a box through cumulative sums."""
    dy, dx = image[2:, 1:-1] - image[:-2, 1:-1], image[1:-1, 2:] - image[1:-1, :-2]

    def box(a):
        c = np.cumsum(np.cumsum(a, axis=0), axis=1)
        padded = np.zeros((c.shape[0] + 1, c.shape[1] + 1))
        padded[1:, 1:] = c
        return padded[2:, 2:] - padded[:-2, 2:] - padded[2:, :-2] + padded[:-2, :-2]

    xx, yy, xy = box(dx * dx), box(dy * dy), box(dx * dy)
    response = xx * yy - xy**2 - k * (xx + yy) ** 2
    return response.sum() + response.max()


program(harris_response, normal(5, 5), 0.05, argnums=(0, 1), step=1e-4)


def mandelbrot_distance(cx, cy, limit):
    """Complex arithmetic written out in reals; escape ends the loop."""
    x = y = 0.0
    dx = dy = 0.0
    for n in range(limit):
        dx, dy = 2 * (x * dx - y * dy) + 1, 2 * (x * dy + y * dx)
        x, y = x * x - y * y + cx, 2 * x * y + cy
        r2 = x * x + y * y
        if r2 > 1e4:
            break
    else:
        return 0.0 * cx
    r = math.sqrt(r2)
    return r * math.log(r) / math.hypot(dx, dy)


program(mandelbrot_distance, 0.4, 0.5, 50, argnums=(0, 1), step=1e-4, also=((-0.1, 0.2, 20),))
