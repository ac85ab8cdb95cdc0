def first_large_jvp(x, threshold, x_dot, threshold_dot):
    v2 = False
    # for v in x:
    for k in range(len(x)):
        v = x[k]
        v_dot = x_dot[k]
        # if v > threshold:
        v1 = v > threshold
        v2 = bool(v1)
        if v1:
            # return v * v
            v3 = v * v
            v4 = 2.0 * v_dot * v
        # for v in x:
        if v2:
            break
    if not v2:
        # return threshold * np.sum(x)
        v5 = np.sum(x)
        v3 = threshold * v5
        v4 = threshold_dot * v5 + np.sum(x_dot) * threshold
    return v3, v4
