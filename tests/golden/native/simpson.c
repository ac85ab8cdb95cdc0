static int simpson_forward_code(call *call, double a, double b, block **out_0);
static int simpson_pullback_code(call *call, block *recorded, double out_bar, double *out_0, double *out_1);
static int simpson_forward_code(call *call, double a, double b, block **out_0) {
    ENTER();
    /* middle = 0.5 * (a + b) */
    const double v = a + b;
    const double middle_0 = 0.5 * v;
    /* if b - a < 0.1: */
    const double v_1 = b - a;
    const bool v_2 = v_1 < 0.1;
    double v_3 = 0.0;
    double v_4 = 0.0;
    NO_BLOCK(recorded);
    NO_BLOCK(recorded_1);
    if (v_2) {
        /* return (b - a) * np.sin(middle**2) */
        const double v_5 = middle_0 * middle_0;
        if (UNLIKELY((isnan(v_5) && (!isnan(middle_0))) || (isinf(v_5) && isfinite(middle_0)))) return MATH;
        const double v_6 = sin(v_5);
        v_3 = v_5;
        v_4 = v_6;
        REPLACE(recorded, NULL);
        REPLACE(recorded_1, NULL);
    } else {
        /* return simpson(a, middle) + simpson(middle, b) */
        NO_BLOCK(recorded_2);
        CALLED(simpson_forward_code, a, middle_0, &recorded_2);
        NO_BLOCK(recorded_3);
        CALLED(simpson_forward_code, middle_0, b, &recorded_3);
        RETAIN(recorded_2);
        RETAIN(recorded_3);
        v_3 = 0.0;
        v_4 = 0.0;
        REPLACE(recorded, recorded_2);
        REPLACE(recorded_1, recorded_3);
        RELEASE(recorded_2);
        RELEASE(recorded_3);
    }
    RETAIN(recorded_1);
    RETAIN(recorded);
    RECORD(recorded_4, 2, 56);
    RECORD_NUMBER(recorded_4, 16, bool, v_2);
    RECORD_NUMBER(recorded_4, 24, double, v_4);
    RECORD_NUMBER(recorded_4, 32, double, v_1);
    RECORD_NUMBER(recorded_4, 40, double, v_3);
    RECORD_NUMBER(recorded_4, 48, double, middle_0);
    RECORD_BLOCK(recorded_4, 0, recorded_1);
    RECORD_BLOCK(recorded_4, 1, recorded);
    RELEASE(recorded_1);
    RELEASE(recorded);
    RETAIN(recorded_4);
    RETURN(out_0, recorded_4);
    RELEASE(recorded_4);
    LEAVE();
    return DONE;
}
static int simpson_pullback_code(call *call, block *recorded, double out_bar, double *out_0, double *out_1) {
    ENTER();
    MUST_BE(recorded);
    const bool v = *(bool *)(DATA_OF(recorded) + 16);
    const double v_1 = *(double *)(DATA_OF(recorded) + 24);
    const double v_2 = *(double *)(DATA_OF(recorded) + 32);
    const double v_3 = *(double *)(DATA_OF(recorded) + 40);
    const double middle_0 = *(double *)(DATA_OF(recorded) + 48);
    RECORD_ITEM(recorded_1, recorded, 0);
    RETAIN(recorded_1);
    RECORD_ITEM(recorded_2, recorded, 1);
    RETAIN(recorded_2);
    /* adjoint of: if b - a < 0.1: */
    double middle_bar = 0.0;
    double v_4 = 0.0;
    double v_5 = 0.0;
    double v_6 = 0.0;
    if (v) {
        /* adjoint of: return (b - a) * np.sin(middle**2) */
        const double v_7 = out_bar * v_1;
        const double v_8 = out_bar * v_2;
        const double v_9 = cos(v_3);
        if (UNLIKELY((isnan(v_9) && (!isnan(v_3))) || (isinf(v_9) && isfinite(v_3)))) return MATH;
        const double v_10 = v_8 * v_9;
        const double v_11 = 2.0 * v_10;
        const double v_12 = v_11 * middle_0;
        middle_bar = v_12;
        v_4 = v_7;
        v_5 = 0.0;
        v_6 = 0.0;
    } else {
        /* adjoint of: return simpson(a, middle) + simpson(middle, b) */
        DECLARED(double, v_13);
        DECLARED(double, v_14);
        CALLED(simpson_pullback_code, recorded_1, out_bar, &v_13, &v_14);
        DECLARED(double, v_15);
        DECLARED(double, v_16);
        CALLED(simpson_pullback_code, recorded_2, out_bar, &v_15, &v_16);
        const double v_17 = v_13 + v_16;
        middle_bar = v_17;
        v_4 = 0.0;
        v_5 = v_15;
        v_6 = v_14;
    }
    RELEASE(recorded_1);
    RELEASE(recorded_2);
    const double v_18 = -v_4;
    const double v_19 = v_6 + v_4;
    const double v_20 = v_5 + v_18;
    /* adjoint of: middle = 0.5 * (a + b) */
    const double v_21 = 0.5 * middle_bar;
    const double a_bar = v_20 + v_21;
    const double b_bar = v_19 + v_21;
    RETURN(out_0, a_bar);
    RETURN(out_1, b_bar);
    LEAVE();
    return DONE;
}
EXPORTED int simpson_grad_kernel(call *call, const value *in, value *out) {
    TAKE_SCALAR(a, 0, d, double);
    TAKE_SCALAR(b, 1, d, double);
    NO_BLOCK(recorded);
    CALLED(simpson_forward_code, a, b, &recorded);
    DECLARED(double, a_bar);
    DECLARED(double, v);
    CALLED(simpson_pullback_code, recorded, 1.0, &a_bar, &v);
    RELEASE(recorded);
    GIVE_SCALAR(0, d, a_bar);
    return DONE;
}
