package io.weir.local.prove.lanes.upstream;

/// The time of a frame's sending, within its text: `@123456789@`. Of [System#nanoTime], which all processes of one
/// Linux machine share.
public final class Stamp {

    /// Before and after the digits; there is no other in what is sent.
    public static final char MARK = '@';

    private Stamp() {}

    public static String of(long nanos) {
        return MARK + Long.toString(nanos) + MARK;
    }
}
