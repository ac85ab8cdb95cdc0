def huber_value_and_grad(r, delta):
    # if abs(r) <= delta:
    v1 = abs(r)
    if v1 <= delta:
        value = 0.5 * r * r
        r_bar = r
        delta_bar = 0.0
        v2 = 0.0
    else:
        # value = delta * (abs(r) - 0.5 * delta)
        delta_bar = v1 - 0.5 * delta
        value = delta * delta_bar
        # adjoint of: value = delta * (abs(r) - 0.5 * delta)
        delta_bar -= 0.5 * delta
        r_bar = 0.0
        v2 = delta
    # adjoint of: if abs(r) <= delta:
    r_bar += v2 * (1.0 if r > 0.0 else -1.0 if r < 0.0 else 0.0)
    return value, (r_bar, delta_bar)
