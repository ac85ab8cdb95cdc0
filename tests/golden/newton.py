def newton_grad(a, n):
    x_tape = []
    x = 1.0
    for i in range(n):
        x_tape.append(x)
        x = 0.5 * (x + a / x)
    x_bar = 1.0
    a_bar = 0.0
    # adjoint of: for i in range(n):
    for i in reversed(range(n)):
        x = x_tape.pop()
        # adjoint of: x = 0.5 * (x + a / x)
        x_bar = 0.5 * x_bar
        v1 = x_bar / x
        a_bar += v1
        x_bar -= v1 * (a / x)
    return (a_bar,)
