def newton_vhp(a, n, a_dot):
    x_tape = []
    tape = []
    x = 1.0
    x_dot = 0.0
    for i in range(n):
        x_tape.append(x)
        # x = 0.5 * (x + a / x)
        v1 = a / x
        v2 = x_dot / x
        tape.append(v2)
        v3 = x_dot + (a_dot / x - v2 * v1)
        x = 0.5 * (x + v1)
        x_dot = 0.5 * v3
    x_bar = 0.0
    x_dot_bar = 1.0
    a_bar = 0.0
    # adjoint of: for i in range(n):
    for i in reversed(range(n)):
        x = x_tape.pop()
        v4 = tape.pop()
        # adjoint of: x = 0.5 * (x + a / x)
        v5 = a / x
        v6 = 0.5 * x_dot_bar
        v7 = 0.5 * x_bar
        v8 = -v6
        v9 = v8 * v5 / x
        x_dot_bar = v6 + v9
        v10 = (v7 + v8 * v4) / x
        a_bar += v10
        x_bar = v7 - v9 * v4 - v6 / x * (a_dot / x) - v10 * v5
    return (a_bar,)
