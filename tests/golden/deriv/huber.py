def huber_deriv(r, delta):
    # if abs(r) <= delta:
    v1 = abs(r)
    v2 = 1.0 if r > 0.0 else -1.0 if r < 0.0 else 0.0
    if v1 <= delta:
        value_dot = r
        value_dot_2 = 0.0
    else:
        # value = delta * (abs(r) - 0.5 * delta)
        value_dot = v2 * delta
        value_dot_2 = v1 - 0.5 * delta - 0.5 * delta
    return value_dot, value_dot_2
