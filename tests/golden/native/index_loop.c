EXPORTED int index_loop_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    /* for i in range(len(x) - 1): */
    const int64_t v = n - 1;
    NEW_LIST_SCALAR(tape, double);
    const int64_t count_0 = turns(0, v, 1);
    RESERVE(tape_in_turn_0, tape, double, count_0);
    CHUNKS(turn_0, count_0) {
        /* total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_1 = turn_0 + 1;
        double *const x_1 = x + v_1;
        const double v_2 = x_1[0];
        double *const x_2 = x + turn_0;
        const double v_3 = x_2[0];
        const double v_4 = v_3 * v_3;
        const double v_5 = v_2 - v_4;
        tape_in_turn_0[turn_0] = v_5;
    }
    /* adjoint of: for i in range(len(x) - 1): */
    NEW(v_block, n, double);
    DATA(v_6, v_block, double);
    ZERO(v_6, n, double);
    WITHDRAW(tape_in_turn_1, tape, double, count_0);
    CHUNKS(turn_1, count_0) {
        const int64_t i = (count_0 - 1) - turn_1;
        const double v_7 = tape_in_turn_1[(count_0 - 1) - turn_1];
        /* adjoint of: total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_8 = i + 1;
        double *const x_3 = x + i;
        const double v_9 = x_3[0];
        const double v_10 = 1.0 - v_9;
        const double v_11 = (-2.0) * v_10;
        const double v_12 = 200.0 * v_7;
        const double v_13 = (-400.0) * v_7;
        const double v_14 = v_13 * v_9;
        const double v_15 = v_14 + v_11;
        double *const x_bar_1 = v_6 + i;
        x_bar_1[0] += v_15;
        double *const x_bar_2 = v_6 + v_8;
        x_bar_2[0] += v_12;
    }
    RELEASE(tape);
    RETAIN(v_block);
    GIVE_ARRAY(0, v_block, 1, n);
    RELEASE(v_block);
    return DONE;
}
