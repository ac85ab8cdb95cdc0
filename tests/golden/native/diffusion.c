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
        const int64_t low_g1 = first_4 + bound_below(first_3 - first_4);
        const int64_t high_g2 = n_10 + bound_below((first_4 + n_10) - n_10);
        const int64_t high_g3 = high_g2 + bound_below((first_3 + n_10) - high_g2);
        const int64_t high_g4 = low_g1 + bound_below(smaller(smaller(n_10, first_4 + n_10), first_3 + n_10) - low_g1);
        for (int64_t side_g15 = 0; side_g15 < 2; ++side_g15) {
            const int64_t end_g21 = (side_g15 == 0) ? 0 : high_g4;
            const int64_t end_g22 = (side_g15 == 0) ? low_g1 : high_g3;
            for (int64_t i_7_g14 = end_g21; i_7_g14 < end_g22; ++i_7_g14) {
                FEW();
                if (i_7_g14 < n_10) {
                    const double v_13_g16 = v_12[i_7_g14];
                    u_bar_1[i_7_g14] = u_bar_1[i_7_g14] + v_13_g16;
                }
                if ((first_4 <= i_7_g14) && (i_7_g14 < (first_4 + n_10))) {
                    const double v_16_g17 = v_12[i_7_g14 - first_4];
                    u_bar_1[i_7_g14] = u_bar_1[i_7_g14] + v_16_g17;
                }
                if ((first_3 <= i_7_g14) && (i_7_g14 < (first_3 + n_10))) {
                    const double v_13_g5_g18 = v_12[i_7_g14 - first_3];
                    const double v_14_g6_g19 = (-2.0) * v_13_g5_g18;
                    const double v_17_g20 = v_14_g6_g19;
                    u_bar_1[i_7_g14] = u_bar_1[i_7_g14] + v_17_g20;
                }
            }
        }
        #pragma omp simd
        for (int64_t i_7_g5 = low_g1; i_7_g5 < high_g4; ++i_7_g5) {
            const double v_13_g6 = v_12[i_7_g5];
            const double sum_g7 = u_bar_1[i_7_g5] + v_13_g6;
            const double v_16_g8 = v_12[i_7_g5 - first_4];
            const double sum_g9 = sum_g7 + v_16_g8;
            const double v_13_g5_g10 = v_12[i_7_g5 - first_3];
            const double v_14_g6_g11 = (-2.0) * v_13_g5_g10;
            const double v_17_g12 = v_14_g6_g11;
            const double sum_g13 = sum_g9 + v_17_g12;
            u_bar_1[i_7_g5] = sum_g13;
        }
        RELEASE(v_block_1);
    }
    RETAIN(u_bar_block);
    GIVE_ARRAY(0, u_bar_block, 1, n);
    RELEASE(u_bar_block);
    return DONE;
}
