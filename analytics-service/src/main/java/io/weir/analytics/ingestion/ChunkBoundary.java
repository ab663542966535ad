package io.weir.analytics.ingestion;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the metadata of a committed offset says about the chunk that begins there.
sealed interface ChunkBoundary {

    /// A chunk up to here was about to be inserted; nobody knows how far that went.
    record Until(long to) implements ChunkBoundary {}

    /// All before the offset is inserted, nothing after it.
    record Idle() implements ChunkBoundary {}

    /// Nobody said anything: the group's offsets expired, or another program committed.
    record Unknown() implements ChunkBoundary {}

    Pattern UNTIL = Pattern.compile("weir/1 until (\\d{1,18})");
    String IDLE = "weir/1 idle";

    static String write(long to) {
        return "weir/1 until " + to;
    }

    static ChunkBoundary read(String metadata) {
        Matcher until = UNTIL.matcher(metadata);
        if (until.matches()) {
            return new Until(Long.parseLong(until.group(1)));
        }
        return metadata.equals(IDLE) ? new Idle() : new Unknown();
    }
}
