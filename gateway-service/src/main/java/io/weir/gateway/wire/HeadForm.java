package io.weir.gateway.wire;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.Locale;

/// Reads the head of an HTTP/1.1 request as RFC 9112 writes it, and refuses what lenient readers mend in
/// different ways: that is how a request is smuggled past one of them. Each method throws [MalformedHead]
/// saying what is wrong.
final class HeadForm {

    private static final int LONGEST_LENGTH = 15;

    private final HeadLimits limits;
    private int lines;
    private int hosts;
    private int lengths;
    private int encodings;

    private HeadForm(HeadLimits limits) {
        this.limits = limits;
    }

    /// @param head all lines, each with its CRLF, without the empty one at the end
    static void check(String head, HeadLimits limits) {
        new HeadForm(limits).check(head);
    }

    private void check(String head) {
        int end = head.indexOf("\r\n");
        boolean atLeastOneDotOne = requestLine(head.substring(0, end));
        for (int start = end + 2; start < head.length(); start = end + 2) {
            end = head.indexOf("\r\n", start);
            headerLine(head, start, end);
        }
        if (hosts > 1 || (hosts == 0 && atLeastOneDotOne)) {
            throw new MalformedHead("The request needs exactly one 'Host' header.");
        }
        if (encodings > 0 && (lengths > 0 || !atLeastOneDotOne)) {
            throw new MalformedHead("The request frames its body in two ways. Send 'Content-Length' or"
                    + " 'Transfer-Encoding: chunked', not both.");
        }
    }

    private static boolean requestLine(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !isToken(parts[0], 0, parts[0].length()) || parts[1].isEmpty()) {
            throw new MalformedHead("The request line must be a method, a target and a version, one space between.");
        }
        if (!parts[2].equals("HTTP/1.1") && !parts[2].equals("HTTP/1.0")) {
            throw new MalformedHead("The request's version must be HTTP/1.1.");
        }
        return parts[2].equals("HTTP/1.1");
    }

    private void headerLine(String head, int start, int end) {
        if (++lines > limits.lines()) {
            throw new TooLongHttpHeaderException("more than " + limits.lines() + " header lines");
        }
        char first = head.charAt(start);
        if (first == ' ' || first == '\t') {
            throw new MalformedHead("A header goes over several lines. Send each on one.");
        }
        int colon = head.indexOf(':', start);
        if (colon <= start || colon >= end || !isToken(head, start, colon)) {
            throw new MalformedHead("A header has no name, or one with characters that names do not have.");
        }
        String value = head.substring(colon + 1, end).strip();
        switch (head.substring(start, colon).toLowerCase(Locale.ROOT)) {
            case "host" -> hosts++;
            case "content-length" -> contentLength(value);
            case "transfer-encoding" -> transferEncoding(value);
            default -> {}
        }
    }

    private void contentLength(String value) {
        boolean digits = !value.isEmpty()
                && value.length() <= LONGEST_LENGTH
                && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (++lengths > 1 || !digits) {
            throw new MalformedHead("'Content-Length' must stand there once, as a number.");
        }
    }

    private void transferEncoding(String value) {
        if (++encodings > 1 || !value.equalsIgnoreCase("chunked")) {
            throw new MalformedHead("'Transfer-Encoding' must stand there once and be 'chunked'.");
        }
    }

    private static boolean isToken(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return to > from;
    }
}
