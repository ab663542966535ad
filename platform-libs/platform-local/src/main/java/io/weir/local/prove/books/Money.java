package io.weir.local.prove.books;

import java.math.BigDecimal;

/// US dollars with 12 decimals, as a whole number. Fails where that would round or overflow.
public final class Money {

    private static final int DECIMALS = 12;

    private Money() {}

    public static long of(String dollars) {
        return new BigDecimal(dollars).movePointRight(DECIMALS).longValueExact();
    }

    public static String text(long amount) {
        return BigDecimal.valueOf(amount, DECIMALS).stripTrailingZeros().toPlainString();
    }
}
