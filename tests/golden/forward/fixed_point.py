def fixed_point_jvp(a, a_dot):
    x = 0.5
    change = 1.0
    x_dot = 0.0
    while change > 1e-12:
        # new = math.cos(a * x)
        v1 = a * x
        new = math.cos(v1)
        new_dot = -((a_dot * x + x_dot * a) * math.sin(v1))
        change = abs(new - x)
        x = new
        x_dot = new_dot
    return x, x_dot
