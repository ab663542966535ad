package io.weir.security;

import java.util.random.RandomGenerator;

/// Digits, upper-case and lower-case letters: safe in headers, URLs and double clicks.
final class Base62 {

    static final String PATTERN = "[0-9A-Za-z]";
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Base62() {}

    static String random(RandomGenerator random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /// The number in base 62, padded to six digits: enough for 32 bits.
    static String sixDigits(long number) {
        StringBuilder text = new StringBuilder(6);
        long rest = number;
        for (int i = 0; i < 6; i++) {
            text.append(ALPHABET.charAt((int) (rest % ALPHABET.length())));
            rest /= ALPHABET.length();
        }
        return text.reverse().toString();
    }
}
