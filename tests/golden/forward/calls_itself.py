def calls_itself_jvp(spot, strike, spot_dot, strike_dot):
    # d = math.log(spot / strike)
    v1 = spot / strike
    d = math.log(v1)
    d_dot = (spot_dot - strike_dot * v1) / strike / v1
    # return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)
    v2, v3 = normal_cdf_tangent(d, d_dot)
    v4, v5 = normal_cdf_tangent(d - 0.3, d_dot)
    return spot * v2 - strike * v4, spot_dot * v2 + v3 * spot - (strike_dot * v4 + v5 * strike)


def normal_cdf_tangent(x, x_dot):
    if x < 0:
        # return 1.0 - normal_cdf(-x)
        v1, v2 = normal_cdf_tangent(-x, -x_dot)
        v10 = 1.0 - v1
        v11 = -v2
    else:
        # k = 1.0 / (1.0 + 0.2316419 * x)
        v3 = 1.0 + 0.2316419 * x
        k = 1.0 / v3
        v4 = 0.2316419 * x_dot / v3 * k
        # return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.78147 ...
        v5 = math.exp(-x * x / 2)
        v6 = v5 * k
        v7 = -0.356563782 + k * 1.781477937
        v8 = 0.31938153 + k * v7
        v9 = (v4 * v7 + 1.781477937 * v4 * k) * v6
        v10 = 1.0 - v6 * v8
        v11 = -((-2.0 * (x_dot * x) / 2.0 * v5 * k - v4 * v5) * v8 - v9)
    return v10, v11
