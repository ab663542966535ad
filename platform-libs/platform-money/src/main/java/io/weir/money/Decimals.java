package io.weir.money;

import java.math.BigDecimal;

/// The bounds that amounts and rates share.
final class Decimals {

    private static final int LONGEST_TEXT = 64;
    private static final int LARGEST_EXPONENT = 60;

    private Decimals() {}

    static BigDecimal parse(String what, String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    what + ": a text of " + text.length() + " characters (expected: at most " + LONGEST_TEXT + ")");
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(what + ": '" + text + "' (expected: a decimal number)", notANumber);
        }
    }

    static BigDecimal normalised(String what, BigDecimal value, int decimals, int wholeDigits) {
        // Before anything is expanded: 1e999999999 would otherwise become a billion digits.
        if (Math.abs((long) value.scale()) > LARGEST_EXPONENT) {
            throw new IllegalArgumentException(what + ": exponent " + -value.scale() + " (expected: a smaller one)");
        }
        BigDecimal stripped = value.stripTrailingZeros();
        BigDecimal plain = stripped.scale() < 0 ? stripped.setScale(0) : stripped;
        if (plain.scale() > decimals || plain.precision() - plain.scale() > wholeDigits) {
            throw new IllegalArgumentException(what + ": " + plain.toPlainString() + " (expected: at most "
                    + wholeDigits + " digits before and " + decimals + " after the point)");
        }
        return plain;
    }
}
