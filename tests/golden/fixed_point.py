def fixed_point_grad(a):
    x_tape = []
    x = 0.5
    change = 1.0
    trips = 0
    while change > 1e-12:
        x_tape.append(x)
        new = math.cos(a * x)
        change = abs(new - x)
        x = new
        trips += 1
    x_bar = 1.0
    a_bar = 0.0
    # adjoint of: while change > 1e-12:
    for _ in range(trips):
        x = x_tape.pop()
        # adjoint of: new = math.cos(a * x)
        v1 = x_bar * math.sin(a * x)
        x_bar = -(v1 * a)
        a_bar -= v1 * x
    return (a_bar,)
