EXPORTED int rows_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(A, 0, double);
    TAKE_LENGTH(n, 0, 0);
    TAKE_LENGTH(n_1, 0, 1);
    TAKE_ARRAY(x, 1, double);
    TAKE_LENGTH(n_2, 1, 0);
    /* return np.sum(np.tanh(A @ x)) + np.max(np.sum(A, axis=1)) */
    NEW(v_block, n, double);
    DATA(v, v_block, double);
    for (int64_t i = 0; i < n; ++i) {
        double total = 0.0;
        #pragma omp simd reduction(+:total)
        for (int64_t j = 0; j < n_1; ++j) {
            total = total + (A[(i * n_1) + j] * x[j]);
        }
        v[i] = total;
    }
    NEW(v_block_1, n, double);
    DATA(v_3, v_block_1, double);
    #pragma omp simd
    for (int64_t i_1 = 0; i_1 < n; ++i_1) {
        const double v_1 = v[i_1];
        const double v_2 = tanh(v_1);
        v_3[i_1] = v_2;
    }
    RELEASE(v_block);
    NEW(v_block_2, n, double);
    DATA(v_4, v_block_2, double);
    for (int64_t i_2 = 0; i_2 < n; ++i_2) {
        double total_1 = 0.0;
        #pragma omp simd reduction(+:total_1)
        for (int64_t i_3 = 0; i_3 < n_1; ++i_3) {
            const double A_1 = A[(i_2 * n_1) + i_3];
            total_1 = total_1 + A_1;
        }
        v_4[i_2] = total_1;
    }
    if (UNLIKELY(n == 0)) return VALUE;
    double v_6 = -INFINITY;
    for (int64_t i_4 = 0; i_4 < n; ++i_4) {
        const double v_5 = v_4[i_4];
        v_6 = maximum_d(v_6, v_5);
    }
    NEW(v_block_3, n, bool);
    DATA(v_10, v_block_3, bool);
    int64_t v_9 = 0;
    #pragma omp simd reduction(+:v_9)
    for (int64_t i_5 = 0; i_5 < n; ++i_5) {
        const double v_7 = v_4[i_5];
        const bool v_8 = v_7 == v_6;
        v_9 = v_9 + (int64_t)v_8;
        v_10[i_5] = v_8;
    }
    RELEASE(v_block_2);
    const double v_11 = 1.0 / (double)v_9;
    /* adjoint of: return np.sum(np.tanh(A @ x)) + np.max(np.sum(A, axis=1)) */
    NEW(v_block_4, n, double);
    DATA(v_14, v_block_4, double);
    NEW(v_block_5, n, double);
    DATA(v_18, v_block_5, double);
    #pragma omp simd
    for (int64_t i_6 = 0; i_6 < n; ++i_6) {
        const bool v_12 = v_10[i_6];
        const double v_13 = v_12 ? v_11 : 0.0;
        v_14[i_6] = v_13;
        const double v_15 = v_3[i_6];
        const double v_16 = v_15 * v_15;
        const double v_17 = 1.0 - v_16;
        v_18[i_6] = v_17;
    }
    RELEASE(v_block_3);
    RELEASE(v_block_1);
    const int64_t size_0 = n * n_1;
    NEW(A_bar_block, size_0, double);
    DATA(A_bar_2, A_bar_block, double);
    for (int64_t i_8 = 0; i_8 < n; ++i_8) {
        #pragma omp simd
        for (int64_t i_9 = 0; i_9 < n_1; ++i_9) {
            const double v_19 = v_18[i_8];
            const double x_1 = x[i_9];
            const double v_20 = v_19 * x_1;
            const double A_bar = v_14[i_8];
            const double A_bar_1 = v_20 + A_bar;
            A_bar_2[(i_8 * n_1) + i_9] = A_bar_1;
        }
    }
    RELEASE(v_block_5);
    RELEASE(v_block_4);
    RETAIN(A_bar_block);
    GIVE_ARRAY(0, A_bar_block, 2, n, n_1);
    RELEASE(A_bar_block);
    return DONE;
}
