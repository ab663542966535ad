package io.weir.local.prove.lanes;

/// What a figure is to be.
///
/// @param measured as text, with its spread
/// @param verdict whether it is so
record Bar(String what, String asked, String measured, Verdict verdict) {

    enum Verdict {
        MET("yes"),
        MISSED("no"),
        /// What it is compared with was not there.
        NOT_JUDGED("not judged");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static Bar below(String what, String unit, Spread figure, double scale, double limit) {
        return new Bar(
                what,
                "less than " + plain(limit) + " " + unit,
                figure.text("%.2f", scale) + " " + unit,
                verdict(figure, figure.median() / scale < limit));
    }

    static Bar atLeast(String what, String unit, Spread figure, double limit) {
        return new Bar(
                what,
                "at least " + plain(limit) + " " + unit,
                figure.text("%.1f", 1) + " " + unit,
                verdict(figure, figure.median() >= limit));
    }

    private static Verdict verdict(Spread figure, boolean isMet) {
        return Double.isNaN(figure.median()) ? Verdict.NOT_JUDGED : isMet ? Verdict.MET : Verdict.MISSED;
    }

    private static String plain(double limit) {
        return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
    }
}
