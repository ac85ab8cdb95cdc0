def huber_jvp(r, delta, r_dot, delta_dot):
    # if abs(r) <= delta:
    v1 = abs(r)
    v2 = r_dot * (1.0 if r > 0.0 else -1.0 if r < 0.0 else 0.0)
    if v1 <= delta:
        # value = 0.5 * r * r
        v3 = 0.5 * r
        value = v3 * r
        value_dot = 0.5 * r_dot * r + r_dot * v3
    else:
        # value = delta * (abs(r) - 0.5 * delta)
        v4 = v1 - 0.5 * delta
        value = delta * v4
        value_dot = delta_dot * v4 + (v2 - 0.5 * delta_dot) * delta
    return value, value_dot
