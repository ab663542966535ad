package io.weir.orchestration.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts a byte stream into server-sent events, wherever the network cut it. Comments are dropped, `data` lines joined.
/// For one stream and one thread at a time.
public final class SseSplitter {

    private static final int LONGEST_EVENT = 8 * 1024 * 1024;
    private static final int LARGE = 64 * 1024;
    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event:".getBytes(StandardCharsets.US_ASCII);

    // Of a line that has no end yet, the first bytes.
    private byte[] rest = {};
    private int kept;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private boolean hasData;
    private @Nullable String name;

    /// One event.
    ///
    /// @param name the event's name; null: none
    public record Event(@Nullable String name, byte[] data) {

        /// OpenAI's end of a stream.
        public boolean isDone() {
            return data.length == 6 && new String(data, StandardCharsets.US_ASCII).equals("[DONE]");
        }
    }

    /// The events that these bytes complete. Throws [IllegalStateException] when an event grows beyond 8 MB.
    public List<Event> feed(byte[] bytes) {
        List<Event> events = new ArrayList<>();
        if (kept == 0) {
            keep(bytes, lines(bytes, 0, bytes.length, events), bytes.length);
        } else {
            int scanned = kept;
            append(bytes, 0, bytes.length);
            int from = lines(rest, scanned, kept, events);
            System.arraycopy(rest, from, rest, 0, kept - from);
            kept -= from;
        }
        if (kept + data.size() > LONGEST_EVENT) {
            throw new IllegalStateException("an event of more than " + LONGEST_EVENT + " bytes");
        }
        return events;
    }

    // Where the last whole line ends. No line ends before the first byte that is looked at.
    private int lines(byte[] all, int first, int end, List<Event> events) {
        int from = 0;
        for (int i = first; i < end; i++) {
            if (all[i] == '\n') {
                line(all, from, i > from && all[i - 1] == '\r' ? i - 1 : i, events);
                from = i + 1;
            }
        }
        return from;
    }

    private void keep(byte[] bytes, int from, int end) {
        if (rest.length > LARGE) {
            rest = new byte[0];
        }
        append(bytes, from, end);
    }

    // Grows by doubling, so that each byte of a long line is copied a few times at most.
    private void append(byte[] bytes, int from, int end) {
        int length = kept + end - from;
        if (length > rest.length) {
            rest = Arrays.copyOf(rest, Math.max(length, Math.min(2 * rest.length, 2 * LONGEST_EVENT)));
        }
        System.arraycopy(bytes, from, rest, kept, end - from);
        kept = length;
    }

    private void line(byte[] all, int from, int end, List<Event> events) {
        if (from == end) {
            finish(events);
        } else if (startsWith(all, from, end, DATA)) {
            if (hasData) {
                data.write('\n');
            }
            int start = afterSpace(all, from + DATA.length, end);
            data.write(all, start, end - start);
            hasData = true;
        } else if (startsWith(all, from, end, EVENT)) {
            int start = afterSpace(all, from + EVENT.length, end);
            name = new String(all, start, end - start, StandardCharsets.UTF_8);
        }
    }

    private void finish(List<Event> events) {
        if (hasData) {
            events.add(new Event(name, data.toByteArray()));
        }
        data.reset();
        hasData = false;
        name = null;
    }

    private static int afterSpace(byte[] all, int start, int end) {
        return start < end && all[start] == ' ' ? start + 1 : start;
    }

    private static boolean startsWith(byte[] all, int from, int end, byte[] prefix) {
        return end - from >= prefix.length && Arrays.equals(all, from, from + prefix.length, prefix, 0, prefix.length);
    }
}
