def fixed_point_grad(a):
    x_tape = []
    x = 0.5
    change = 1.0
    # while change > 1e-12:
    v1 = 0
    while change > 1e-12:
        x_tape.append(x)
        new = math.cos(a * x)
        change = abs(new - x)
        # while change > 1e-12:
        x = new
        v1 += 1
    x_bar = 1.0
    a_bar = 0.0
    # adjoint of: while change > 1e-12:
    for _ in range(v1):
        x = x_tape.pop()
        # adjoint of: new = math.cos(a * x)
        v3 = -(x_bar * math.sin(a * x))
        x_bar = v3 * a
        a_bar += v3 * x
    return a_bar,
