def newton_hvp(a, n, a_dot):
    x_tape = []
    # for i in range(n):
    x_tape_dot = []
    x = 1.0
    x_dot = 0.0
    for i in range(n):
        x_tape.append(x)
        x_tape_dot.append(x_dot)
        # x = 0.5 * (x + a / x)
        v1 = a / x
        v2 = x_dot + (a_dot - x_dot * v1) / x
        x = 0.5 * (x + v1)
        x_dot = 0.5 * v2
    x_bar = 1.0
    x_bar_dot = 0.0
    a_bar_dot = 0.0
    # adjoint of: for i in range(n):
    for i in reversed(range(n)):
        x = x_tape.pop()
        x_dot = x_tape_dot.pop()
        # adjoint of: x = 0.5 * (x + a / x)
        v3 = a / x
        x_bar = 0.5 * x_bar
        x_bar_dot = 0.5 * x_bar_dot
        v4 = x_bar / x
        v5 = (x_bar_dot - x_dot * v4) / x
        a_bar_dot += v5
        x_bar -= v4 * v3
        x_bar_dot -= v5 * v3 + (a_dot - x_dot * v3) / x * v4
    return (a_bar_dot,)
