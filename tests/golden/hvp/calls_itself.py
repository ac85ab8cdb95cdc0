def calls_itself_hvp(spot, strike, spot_dot, strike_dot):
    # d = math.log(spot / strike)
    v1 = spot / strike
    v2 = (spot_dot - strike_dot * v1) / strike
    d = math.log(v1)
    d_dot = v2 / v1
    # return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)
    recorded, spot_bar_dot, recorded_dot = normal_cdf_forward_tangent(d, d_dot)
    v3 = d - 0.3
    recorded_2, v4, recorded_dot_2 = normal_cdf_forward_tangent(v3, d_dot)
    # adjoint of: return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)
    d_bar, d_bar_dot = normal_cdf_pullback_tangent(v3, recorded_2, -strike, d_dot, recorded_dot_2,
        -strike_dot)
    v5, v6 = normal_cdf_pullback_tangent(d, recorded, spot, d_dot, recorded_dot, spot_dot)
    d_bar += v5
    d_bar_dot += v6
    # adjoint of: d = math.log(spot / strike)
    v7 = d_bar / v1
    v8 = v7 / strike
    v9 = ((d_bar_dot - v2 * v7) / v1 - strike_dot * v8) / strike
    spot_bar_dot += v9
    strike_bar_dot = -v4 - (v9 * v1 + v2 * v8)
    return spot_bar_dot, strike_bar_dot


def normal_cdf_forward_tangent(x, x_dot):
    # if x < 0:
    v1 = x < 0
    if v1:
        # return 1.0 - normal_cdf(-x)
        v2 = -x
        v3 = -x_dot
        recorded, v4, recorded_dot = normal_cdf_forward_tangent(v2, v3)
        v18 = -v4
        v6 = None
        k = None
        v8 = None
        v10 = None
        v12 = None
        v15 = None
        v17 = None
        v5 = None
        k_dot = None
        v9 = None
        v11 = None
        v13 = None
        v14 = None
        v16 = None
    else:
        # k = 1.0 / (1.0 + 0.2316419 * x)
        v5 = 0.2316419 * x_dot
        v6 = 1.0 + 0.2316419 * x
        k = 1.0 / v6
        v7 = v5 / v6 * k
        k_dot = -v7
        # return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.78147 ...
        v8 = -x
        v9 = -x_dot
        v10 = math.exp(v8 * x / 2)
        v11 = (v9 * x - x_dot * x) / 2.0 * v10
        v12 = v10 * k
        v13 = v11 * k - v7 * v10
        v14 = 1.781477937 * k_dot
        v15 = -0.356563782 + k * 1.781477937
        v16 = v14 * k - v7 * v15
        v17 = 0.31938153 + k * v15
        v18 = -(v13 * v17 + v16 * v12)
        v2 = None
        recorded = None
        v3 = None
        recorded_dot = None
    return ((v1, v2, recorded, v17, v12, v15, k, v10, v8, v6), v18,
        (None, v3, recorded_dot, v16, v13, v14, k_dot, v11, v9, v5))


def normal_cdf_pullback_tangent(x, recorded, out_bar, x_dot, recorded_dot, out_bar_dot):
    v1, v2, recorded, v3, v4, v5, k, v6, v7, v8 = recorded
    _, v10, recorded_dot, v11, v12, v13, k_dot, v14, v15, v16 = recorded_dot
    # adjoint of: if x < 0:
    if v1:
        # adjoint of: return 1.0 - normal_cdf(-x)
        v17, v18 = normal_cdf_pullback_tangent(v2, recorded, -out_bar, v10, recorded_dot,
            -out_bar_dot)
        x_bar = -v17
        x_bar_dot = -v18
    else:
        # adjoint of: return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + ...
        v19 = -out_bar
        v20 = -out_bar_dot
        v21 = v19 * v3
        v22 = v20 * v3 - v11 * out_bar
        v23 = v19 * v4
        v24 = v20 * v4 - v12 * out_bar
        v25 = v21 * k
        v26 = v22 * v6 + v14 * v21
        k_bar = v23 * v5 + 1.781477937 * (v23 * k) + v21 * v6
        k_bar_dot = v24 * v5 + v13 * v23 + 1.781477937 * (v24 * k + k_dot * v23) + v26
        v27 = v25 * v6 / 2.0
        v28 = ((v22 * k + k_dot * v21) * v6 + v14 * v25) / 2.0
        # adjoint of: k = 1.0 / (1.0 + 0.2316419 * x)
        v29 = k_bar / v8
        v30 = -0.2316419 * ((k_bar_dot - v16 * v29) / v8 * k + k_dot * v29)
        x_bar = v27 * v7 - v27 * x - 0.2316419 * (v29 * k)
        x_bar_dot = v28 * v7 + v15 * v27 - (v28 * x + x_dot * v27) + v30
    return x_bar, x_bar_dot
