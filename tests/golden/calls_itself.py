def calls_itself_grad(spot, strike):
    # d = math.log(spot / strike)
    v1 = spot / strike
    d = math.log(v1)
    # return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)
    spot_bar, recorded = normal_cdf_forward(d)
    v2 = d - 0.3
    v3, recorded_2 = normal_cdf_forward(v2)
    # adjoint of: return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)
    d_bar = normal_cdf_pullback(v2, recorded_2, -strike) + normal_cdf_pullback(d, recorded, spot)
    # adjoint of: d = math.log(spot / strike)
    v4 = d_bar / v1 / strike
    spot_bar += v4
    strike_bar = -v3 - v4 * v1
    return spot_bar, strike_bar


def normal_cdf_forward(x):
    # if x < 0:
    v1 = x < 0
    if v1:
        # return 1.0 - normal_cdf(-x)
        v2 = -x
        v3, recorded = normal_cdf_forward(v2)
        v10 = 1.0 - v3
        v4 = None
        k = None
        v5 = None
        v6 = None
        v7 = None
        v8 = None
        v9 = None
    else:
        # k = 1.0 / (1.0 + 0.2316419 * x)
        v4 = 1.0 + 0.2316419 * x
        k = 1.0 / v4
        # return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.78147 ...
        v5 = -x
        v6 = math.exp(v5 * x / 2)
        v7 = v6 * k
        v8 = -0.356563782 + k * 1.781477937
        v9 = 0.31938153 + k * v8
        v10 = 1.0 - v7 * v9
        v2 = None
        recorded = None
    return v10, (v1, v2, recorded, v9, v7, v8, k, v6, v5, v4)


def normal_cdf_pullback(x, recorded, out_bar):
    v1, v2, recorded, v3, v4, v5, k, v6, v7, v8 = recorded
    # adjoint of: if x < 0:
    if v1:
        # adjoint of: return 1.0 - normal_cdf(-x)
        x_bar = -normal_cdf_pullback(v2, recorded, -out_bar)
    else:
        # adjoint of: return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + ...
        v9 = -out_bar
        v10 = v9 * v3
        v11 = v9 * v4
        k_bar = v11 * v5 + 1.781477937 * (v11 * k) + v10 * v6
        v12 = v10 * k * v6 / 2.0
        # adjoint of: k = 1.0 / (1.0 + 0.2316419 * x)
        x_bar = v12 * v7 - v12 * x - 0.2316419 * (k_bar / v8 * k)
    return x_bar
