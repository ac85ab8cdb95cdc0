def f_laplacian(x1, x2):
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 = math.exp(x1 * x2)
    return x2 * (x2 * v1) + (x1 * (x1 * v1) + math.sin(x2))
