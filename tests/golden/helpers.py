def helpers_grad(x, y):
    # return 0.5 * x
    v1 = 0.5 * x
    # u = halve(x) * y
    u = v1 * y
    # adjoint of: u = halve(x) * y
    y_bar = u * v1 + 0.5
    # adjoint of: return 0.5 * x
    x_bar = 0.5 * (u * y)
    return x_bar, y_bar
