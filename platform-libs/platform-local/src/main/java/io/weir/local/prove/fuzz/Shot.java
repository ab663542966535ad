package io.weir.local.prove.fuzz;

import java.nio.charset.StandardCharsets;

/// One connection's worth of bytes, and how they are sent.
///
/// @param number in the run; with the seed it gives the shot
/// @param tenant index of the tenant whose key is in it
/// @param what was done to it, in words
/// @param head request line and headers, with the empty line, unless that was mutated away
/// @param sound its framing is whole: an answer is due
public record Shot(int number, int tenant, String what, byte[] head, byte[] body, Delivery delivery, boolean sound) {

    /// How bytes are put on the wire.
    public enum Delivery {
        WHOLE,
        /// In small pieces.
        SLICED,
        /// A part of it, and then the sending side is closed.
        HALF_CLOSED,
        /// A part of it, and then the connection is dropped.
        CUT
    }

    /// The same with another body, and its length told rightly.
    Shot withBody(byte[] other) {
        String lines = new String(head, StandardCharsets.ISO_8859_1)
                .replaceFirst("content-length: [0-9]+\r\n", "content-length: " + other.length + "\r\n");
        return new Shot(
                number, tenant, what, lines.getBytes(StandardCharsets.ISO_8859_1), other, Delivery.WHOLE, sound);
    }

    /// Whether an answer to it is a call that the ledger has.
    boolean isMetered() {
        String line = new String(head, StandardCharsets.ISO_8859_1).split("\r\n", 2)[0];
        return line.contains("/v1/") && !line.contains("count_tokens") && !line.contains("moderations");
    }

    /// What is sent.
    byte[] bytes() {
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
