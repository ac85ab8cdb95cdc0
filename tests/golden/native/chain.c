EXPORTED int chain_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    /* return np.sum(np.exp(-x * x) * np.sin(x) / (1 + x**2)) */
    NEW(x_bar_block, n, double);
    DATA(x_bar_4, x_bar_block, double);
    #pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
        const double x_1 = x[i];
        const double v = -x_1;
        const double v_1 = v * x_1;
        const double v_2 = exp(v_1);
        const double v_3 = sin(x_1);
        const double v_4 = v_2 * v_3;
        const double v_5 = x_1 * x_1;
        const double v_6 = 1.0 + v_5;
        const double v_7 = v_4 / v_6;
        const double v_8 = 1.0 / v_6;
        const double v_9 = v_8 * v_7;
        const double v_10 = (-2.0) * v_9;
        const double x_bar = v_10 * x_1;
        const double v_11 = v_8 * v_3;
        const double v_12 = v_8 * v_2;
        const double v_13 = cos(x_1);
        const double v_14 = v_12 * v_13;
        const double x_bar_1 = x_bar + v_14;
        const double v_15 = v_11 * v_2;
        const double v_16 = v_15 * x_1;
        const double v_17 = -v_16;
        const double x_bar_2 = x_bar_1 + v_17;
        const double x_bar_3 = x_bar_2 + v_17;
        x_bar_4[i] = x_bar_3;
    }
    RETAIN(x_bar_block);
    GIVE_ARRAY(0, x_bar_block, 1, n);
    RELEASE(x_bar_block);
    return DONE;
}
