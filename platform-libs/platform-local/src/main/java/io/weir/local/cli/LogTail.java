package io.weir.local.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The end of a log file, and what is added to it.
final class LogTail {

    private static final int WINDOW = 1 << 18;

    private final Path file;
    private final String prefix;
    private long position;

    LogTail(Path file, String prefix) {
        this.file = file;
        this.prefix = prefix;
    }

    /// The last lines, at most `count`; none where there is no file.
    static List<String> last(Path file, int count) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, access.length() - WINDOW);
            byte[] end = new byte[(int) (access.length() - start)];
            access.seek(start);
            access.readFully(end);
            List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        }
    }

    /// Prints the last lines and remembers where the file ended.
    void printLast(PrintWriter out, int count) throws IOException {
        position = Files.exists(file) ? Files.size(file) : 0;
        for (String line : last(file, count)) {
            out.println(prefix + line);
        }
    }

    /// Prints whole lines that were added since. A file that got shorter is read from its beginning.
    void printNew(PrintWriter out) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            position = access.length() < position ? 0 : position;
            access.seek(position);
            byte[] added = new byte[(int) Math.min(WINDOW, access.length() - position)];
            access.readFully(added);
            int whole = added.length;
            while (whole > 0 && added[whole - 1] != '\n') {
                whole--;
            }
            position += whole;
            new String(added, 0, whole, StandardCharsets.UTF_8).lines().forEach(line -> out.println(prefix + line));
        }
    }
}
