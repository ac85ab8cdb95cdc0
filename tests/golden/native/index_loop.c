EXPORTED int index_loop_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    /* for i in range(len(x) - 1): */
    const int64_t v = n - 1;
    NEW_LIST_SCALAR(tape, double);
    const int64_t count_0 = turns(0, v, 1);
    NO_BLOCK(tape_1);
    RETAIN(tape);
    REPLACE(tape_1, tape);
    for (int64_t turn = 0; turn < count_0; ++turn) {
        TICK();
        /* total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_1 = turn + 1;
        const int64_t k = from_front(v_1, n);
        if (UNLIKELY((uint64_t)k >= (uint64_t)n)) return INDEX;
        double *const x_1 = x + k;
        const double v_2 = x_1[0];
        const int64_t k_1 = from_front(turn, n);
        if (UNLIKELY((uint64_t)k_1 >= (uint64_t)n)) return INDEX;
        double *const x_2 = x + k_1;
        const double v_3 = x_2[0];
        const double v_4 = v_3 * v_3;
        const double v_5 = v_2 - v_4;
        PUSH_SCALAR(tape_1, double, v_5);
    }
    RELEASE(tape);
    /* adjoint of: for i in range(len(x) - 1): */
    NEW(v_block, n, double);
    DATA(v_6, v_block, double);
    ZERO(v_6, n, double);
    const int64_t count_1 = turns(0, v, 1);
    NO_BLOCK(x_bar_block);
    int64_t n_1 = 0;
    NO_DATA(x_bar, double);
    NO_BLOCK(tape_2);
    RETAIN(v_block);
    RETAIN(tape_1);
    REPLACE(x_bar_block, v_block);
    n_1 = n;
    REPOINT(x_bar, x_bar_block, double);
    REPLACE(tape_2, tape_1);
    for (int64_t turn_1 = 0; turn_1 < count_1; ++turn_1) {
        TICK();
        const int64_t i = (count_1 - 1) - turn_1;
        if (UNLIKELY(tape_2->length == 0)) return INDEX;
        POP(tape_2);
        const double v_7 = ((double *)DATA_OF(ITEMS(tape_2)))[tape_2->length];
        /* adjoint of: total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_8 = i + 1;
        const int64_t k_2 = from_front(i, n);
        if (UNLIKELY((uint64_t)k_2 >= (uint64_t)n)) return INDEX;
        double *const x_3 = x + k_2;
        const double v_9 = x_3[0];
        const double v_10 = 1.0 - v_9;
        const double v_11 = (-2.0) * v_10;
        const double v_12 = 200.0 * v_7;
        const double v_13 = (-400.0) * v_7;
        const double v_14 = v_13 * v_9;
        const double v_15 = v_14 + v_11;
        const int64_t k_3 = from_front(i, n_1);
        if (UNLIKELY((uint64_t)k_3 >= (uint64_t)n_1)) return INDEX;
        double *const x_bar_1 = x_bar + k_3;
        x_bar_1[0] += v_15;
        const int64_t k_4 = from_front(v_8, n_1);
        if (UNLIKELY((uint64_t)k_4 >= (uint64_t)n_1)) return INDEX;
        double *const x_bar_2 = x_bar + k_4;
        x_bar_2[0] += v_12;
    }
    RELEASE(v_block);
    RELEASE(tape_1);
    RELEASE(tape_2);
    RETAIN(x_bar_block);
    GIVE_ARRAY(0, x_bar_block, 1, n_1);
    RELEASE(x_bar_block);
    return DONE;
}
