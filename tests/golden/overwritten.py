def overwritten_grad(x, a):
    y = x * x
    # x[0] = a
    v1 = x.copy()
    v1[0] = a
    # adjoint of: x[0] = a
    a_bar = y[0]
    x_bar = y
    x_bar[0] = 0.0
    # adjoint of: y = x * x
    x_bar += 2.0 * v1 * x
    return x_bar, a_bar
