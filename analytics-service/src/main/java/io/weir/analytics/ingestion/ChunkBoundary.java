package io.weir.analytics.ingestion;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the metadata of a committed offset says about the chunk that begins there, and what its topic's handler
/// wanted to remember of all before.
sealed interface ChunkBoundary {

    /// A chunk up to here was about to be inserted; nobody knows how far that went.
    record Until(long to, String memory) implements ChunkBoundary {}

    /// All before the offset is inserted, nothing after it.
    record Idle(String memory) implements ChunkBoundary {}

    /// Nobody said anything: the group's offsets expired, or another program committed.
    record Unknown() implements ChunkBoundary {
        @Override
        public String memory() {
            return "";
        }
    }

    /// What the handler wanted to remember; empty: nothing.
    String memory();

    Pattern UNTIL = Pattern.compile("weir/1 until (\\d{1,18})(?: (.*))?");
    Pattern IDLE = Pattern.compile("weir/1 idle(?: (.*))?");

    static String until(long to, String memory) {
        return with("weir/1 until " + to, memory);
    }

    static String idle(String memory) {
        return with("weir/1 idle", memory);
    }

    private static String with(String boundary, String memory) {
        return memory.isEmpty() ? boundary : boundary + " " + memory;
    }

    static ChunkBoundary read(String metadata) {
        Matcher until = UNTIL.matcher(metadata);
        if (until.matches()) {
            return new Until(Long.parseLong(until.group(1)), memory(until.group(2)));
        }
        Matcher idle = IDLE.matcher(metadata);
        return idle.matches() ? new Idle(memory(idle.group(1))) : new Unknown();
    }

    private static String memory(@Nullable String written) {
        return written == null ? "" : written;
    }
}
