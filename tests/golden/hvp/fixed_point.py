def fixed_point_hvp(a, a_dot):
    x_tape = []
    # while change > 1e-12:
    x_tape_dot = []
    x = 0.5
    change = 1.0
    x_dot = 0.0
    trips = 0
    while change > 1e-12:
        x_tape.append(x)
        x_tape_dot.append(x_dot)
        # new = math.cos(a * x)
        v1 = a * x
        new = math.cos(v1)
        new_dot = -((a_dot * x + x_dot * a) * math.sin(v1))
        change = abs(new - x)
        x = new
        x_dot = new_dot
        trips += 1
    x_bar = 1.0
    x_bar_dot = 0.0
    a_bar_dot = 0.0
    # adjoint of: while change > 1e-12:
    for _ in range(trips):
        x = x_tape.pop()
        x_dot = x_tape_dot.pop()
        # adjoint of: new = math.cos(a * x)
        v2 = a * x
        v3 = math.sin(v2)
        v4 = x_bar * v3
        v5 = x_bar_dot * v3 + (a_dot * x + x_dot * a) * math.cos(v2) * x_bar
        x_bar = -(v4 * a)
        x_bar_dot = -(v5 * a + a_dot * v4)
        a_bar_dot -= v5 * x + x_dot * v4
    return (a_bar_dot,)
