package io.weir.audit.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a process left in a journal, read from copies, so that nothing is changed but what recovery
/// changes.
final class JournalReading {

    private JournalReading() {}

    static List<String> all(Path directory) throws IOException {
        // As the next process does.
        JournalDirectory.open(directory, 1).close();
        Path copy = Files.createTempDirectory(directory, "copy");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".wal")).toList()) {
                Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
            }
        }
        List<String> seen = new ArrayList<>();
        try (JournalDirectory journal = JournalDirectory.open(copy, 1)) {
            for (List<byte[]> some = journal.next(100); !some.isEmpty(); some = journal.next(100)) {
                some.forEach(record -> seen.add(new String(record, StandardCharsets.UTF_8)));
                journal.forwarded(some);
            }
        }
        return seen;
    }
}
