EXPORTED int diffusion_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(u, 0, double);
    TAKE_LENGTH(n, 0, 0);
    TAKE_SCALAR(c, 1, d, double);
    TAKE_SCALAR(steps, 2, i, int64_t);
    /* u = u.copy() */
    NEW(u_block, n, double);
    DATA(u_3, u_block, double);
    #pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
        const double u_1 = u[i];
        const double u_2 = u_1;
        u_3[i] = u_2;
    }
    const int64_t count_0 = turns(0, steps, 1);
    for (int64_t turn_0 = 0; turn_0 < count_0; ++turn_0) {
        TICK();
        /* u[1:-1] = u[1:-1] + c * (u[2:] - 2 * u[1:-1] + u[:-2]) */
        const int64_t first_0 = bound(1, n);
        const int64_t n_2 = count_of(bound(-1, n) - first_0, 1);
        double *const u_4_1 = u_3 + first_0;
        const int64_t first_1 = bound(2, n);
        const int64_t n_3 = count_of(n - first_1, 1);
        double *const u_4_2 = u_3 + first_1;
        const int64_t n_4 = n - 2;
        const int64_t n_5 = count_of(bound(-2, n), 1);
        NEW(v_block, n_4, double);
        DATA(v_7, v_block, double);
        #pragma omp simd
        for (int64_t i_1 = 0; i_1 < n_4; ++i_1) {
            const double v = u_4_1[i_1];
            const double v_1 = 2.0 * v;
            const double v_2 = u_4_2[i_1];
            const double v_3 = v_2 - v_1;
            const double v_4 = u_3[i_1];
            const double v_5 = v_3 + v_4;
            const double v_6 = c * v_5;
            v_7[i_1] = v_6;
        }
        #pragma omp simd
        for (int64_t i_2 = 0; i_2 < n_4; ++i_2) {
            const double v_8 = v_7[i_2];
            const double v_9 = u_4_1[i_2] + v_8;
            u_4_1[i_2] = v_9;
        }
        RELEASE(v_block);
    }
    /* adjoint of: return np.sum(u**2) */
    NEW(u_bar_block, n, double);
    DATA(u_bar_1, u_bar_block, double);
    #pragma omp simd
    for (int64_t i_3 = 0; i_3 < n; ++i_3) {
        const double u_5 = u_3[i_3];
        const double u_bar = 2.0 * u_5;
        u_bar_1[i_3] = u_bar;
    }
    RELEASE(u_block);
    for (int64_t turn_1 = 0; turn_1 < count_0; ++turn_1) {
        TICK();
        const int64_t v_ = (count_0 - 1) - turn_1;
        /* adjoint of: u[1:-1] = u[1:-1] + c * (u[2:] - 2 * u[1:-1] + u[:-2]) */
        const int64_t first_3 = bound(1, n);
        const int64_t n_9 = count_of(bound(-1, n) - first_3, 1);
        double *const u_bar_2_1 = u_bar_1 + first_3;
        const int64_t n_10 = n - 2;
        const int64_t n_11 = count_of(bound(-2, n), 1);
        NEW(v_block_1, n_10, double);
        DATA(v_12, v_block_1, double);
        #pragma omp simd
        for (int64_t i_4 = 0; i_4 < n_10; ++i_4) {
            const double v_10 = u_bar_2_1[i_4];
            const double v_11 = v_10 * c;
            v_12[i_4] = v_11;
        }
        const int64_t first_4 = bound(2, n);
        const int64_t n_13 = count_of(n - first_4, 1);
        double *const u_bar_2_2 = u_bar_1 + first_4;
        NEW(v_block_2, n_10, double);
        DATA(v_15, v_block_2, double);
        #pragma omp simd
        for (int64_t i_5 = 0; i_5 < n_10; ++i_5) {
            const double v_13 = v_12[i_5];
            const double u_bar_3 = u_bar_1[i_5] + v_13;
            u_bar_1[i_5] = u_bar_3;
            const double v_14 = (-2.0) * v_13;
            v_15[i_5] = v_14;
        }
        #pragma omp simd
        for (int64_t i_6 = 0; i_6 < n_10; ++i_6) {
            const double v_16 = v_12[i_6];
            const double u_bar_4 = u_bar_2_2[i_6] + v_16;
            u_bar_2_2[i_6] = u_bar_4;
        }
        RELEASE(v_block_1);
        #pragma omp simd
        for (int64_t i_7 = 0; i_7 < n_10; ++i_7) {
            const double v_17 = v_15[i_7];
            const double u_bar_5 = u_bar_2_1[i_7] + v_17;
            u_bar_2_1[i_7] = u_bar_5;
        }
        RELEASE(v_block_2);
    }
    RETAIN(u_bar_block);
    GIVE_ARRAY(0, u_bar_block, 1, n);
    RELEASE(u_bar_block);
    return DONE;
}
