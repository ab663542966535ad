package io.weir.local.backup;

import java.time.Instant;
import java.util.List;

/// What a backup holds: `manifest.json` beside the files.
///
/// @param format of this file and of how the files lie; others are refused
/// @param takenAt the instant that all files are of
/// @param running whether the platform ran; else nothing had to stand still
/// @param stillMillis for how long it stood still
/// @param directories all of them, by path: not every way of moving files keeps those that are empty
/// @param files all of them, by path
record Manifest(
        int format, Instant takenAt, boolean running, long stillMillis, List<String> directories, List<Entry> files) {

    static final int FORMAT = 1;
    static final String NAME = "manifest.json";

    Manifest {
        directories = List.copyOf(directories);
        files = List.copyOf(files);
    }

    /// One file.
    ///
    /// @param path below the backup's directory, with `/`
    /// @param sha256 of its bytes, in hexadecimal
    record Entry(String path, long size, String sha256) {}

    long bytes() {
        return files.stream().mapToLong(Entry::size).sum();
    }
}
