def f_jacobian(x1, x2):
    # adjoint of: return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 = math.exp(x1 * x2) + 1.0
    x1_bar = v1 * x2
    x2_bar = v1 * x1 - math.cos(x2)
    return x1_bar, x2_bar
