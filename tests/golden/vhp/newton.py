def newton_vhp(a, n, a_dot):
    x_tape = []
    x_dot_tape = []
    x = 1.0
    x_dot = 0.0
    for i in range(n):
        x_tape.append(x)
        x_dot_tape.append(x_dot)
        # x = 0.5 * (x + a / x)
        v1 = a / x
        v2 = x_dot + (a_dot - x_dot * v1) / x
        x = 0.5 * (x + v1)
        x_dot = 0.5 * v2
    x_bar = 0.0
    x_dot_bar = 1.0
    a_bar = 0.0
    # adjoint of: for i in range(n):
    for i in reversed(range(n)):
        x = x_tape.pop()
        x_dot = x_dot_tape.pop()
        # adjoint of: x = 0.5 * (x + a / x)
        v3 = a / x
        x_dot_bar = 0.5 * x_dot_bar
        v4 = 0.5 * x_bar
        v5 = x_dot_bar / x
        x_dot_bar -= v5 * v3
        v6 = (v4 - v5 * x_dot) / x
        a_bar += v6
        x_bar = v4 - v5 * ((a_dot - x_dot * v3) / x) - v6 * v3
    return (a_bar,)
