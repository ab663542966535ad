package io.weir.local.prove.fuzz;

import java.util.Arrays;
import java.util.function.Predicate;

/// Makes a body smaller as long as the same is wrong: leaves out halves, quarters, eighths, and so on.
final class Shrinking {

    private static final int TRIES = 60;

    private Shrinking() {}

    /// @param stillWrong whether such a body shows the same fault
    static byte[] smallest(byte[] body, Predicate<byte[]> stillWrong) {
        byte[] best = body;
        int tries = 0;
        for (int piece = Math.max(1, best.length / 2); piece >= 1; piece /= 2) {
            for (int at = 0; at < best.length && tries < TRIES; ) {
                byte[] candidate = without(best, at, Math.min(best.length, at + piece));
                tries++;
                if (stillWrong.test(candidate)) {
                    best = candidate;
                } else {
                    at += piece;
                }
            }
        }
        return best;
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] rest = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, rest, from, bytes.length - to);
        return rest;
    }
}
