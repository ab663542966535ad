package io.weir.simulators.stripe.books;

import java.security.SecureRandom;

/// Makes ids in Stripe's form: a prefix and letters and digits that say nothing.
public final class Ids {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 24;
    private static final int SECRET_LENGTH = 32;
    private static final int PREFIX_LENGTH = 8;

    private final SecureRandom random = new SecureRandom();

    /// As `in_1Xk...`.
    public String next(String prefix) {
        return prefix + "_" + letters(LENGTH, ALPHABET.length());
    }

    /// A webhook secret, as `whsec_...`.
    public String secret() {
        return "whsec_" + letters(SECRET_LENGTH, ALPHABET.length());
    }

    /// What the numbers of a customer's invoices begin with: eight digits and capitals.
    String invoicePrefix() {
        return letters(PREFIX_LENGTH, 36);
    }

    private String letters(int length, int choice) {
        StringBuilder letters = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            letters.append(ALPHABET.charAt(random.nextInt(choice)));
        }
        return letters.toString();
    }
}
