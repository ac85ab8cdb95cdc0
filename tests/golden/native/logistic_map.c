EXPORTED int logistic_map_grad_kernel(call *call, const value *in, value *out) {
    TAKE_SCALAR(x, 0, d, double);
    TAKE_SCALAR(r, 1, d, double);
    TAKE_SCALAR(n, 2, i, int64_t);
    NEW_LIST_SCALAR(x_tape, double);
    /* for _ in range(n): */
    const int64_t count_0 = turns(0, n, 1);
    double x_1 = 0.0;
    x_1 = x;
    RESERVE(x_tape_in_turn_0, x_tape, double, count_0);
    CHUNKS(turn_0, count_0) {
        x_tape_in_turn_0[turn_0] = x_1;
        /* x = r * x * (1 - x) */
        const double v = r * x_1;
        const double v_1 = 1.0 - x_1;
        const double x_2 = v * v_1;
        x_1 = x_2;
    }
    /* adjoint of: for _ in range(n): */
    double x_bar = 0.0;
    x_bar = 1.0;
    WITHDRAW(x_tape_in_turn_1, x_tape, double, count_0);
    CHUNKS(turn_1, count_0) {
        const int64_t v_ = (count_0 - 1) - turn_1;
        const double x_3 = x_tape_in_turn_1[(count_0 - 1) - turn_1];
        /* adjoint of: x = r * x * (1 - x) */
        const double v_2 = r * x_3;
        const double v_3 = 1.0 - x_3;
        const double v_4 = x_bar * v_3;
        const double v_5 = x_bar * v_2;
        const double v_6 = -v_5;
        const double v_7 = v_4 * r;
        const double x_bar_1 = v_7 + v_6;
        x_bar = x_bar_1;
    }
    RELEASE(x_tape);
    GIVE_SCALAR(0, d, x_bar);
    return DONE;
}
