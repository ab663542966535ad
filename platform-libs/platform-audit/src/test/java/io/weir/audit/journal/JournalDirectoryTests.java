package io.weir.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalDirectoryTests {

    private static final long SMALL = 64;

    @TempDir
    private Path directory;

    @Test
    void whatWasAppendedIsThereInOrderAfterAReopening() throws IOException {
        append("one", "two");
        append("three");
        assertThat(all()).containsExactly("one", "two", "three");
    }

    @Test
    void everyTornTailIsCutOffAndNothingBeforeItIsLost() throws IOException {
        append("one", "two");
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        int first = JournalFile.HEAD + "one".length();
        for (int length = first; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(all()).as("cut at byte %d", length).containsExactly("one");
            try (JournalDirectory journal = JournalDirectory.open(directory, SMALL)) {
                journal.append(List.of(bytes("next")));
            }
            assertThat(all()).containsExactly("one", "next");
            deleteAllBut(file);
        }
    }

    @Test
    void aTailOfGarbageIsNoRecord() throws IOException {
        append("one");
        Files.write(onlyFile(), new byte[] {0, 0, 0, 3, 1, 2, 3, 4, 'x', 'y', 'z'}, StandardOpenOption.APPEND);
        assertThat(all()).containsExactly("one");
    }

    @Test
    void filesAreDeletedOnceTheyAreForwarded() throws IOException {
        try (JournalDirectory journal = JournalDirectory.open(directory, SMALL)) {
            for (int i = 0; i < 20; i++) {
                journal.append(List.of(bytes("record " + i)));
            }
            assertThat(files()).hasSizeGreaterThan(2);
            List<String> seen = new ArrayList<>();
            for (List<byte[]> some = journal.next(3); !some.isEmpty(); some = journal.next(3)) {
                some.forEach(record -> seen.add(new String(record, StandardCharsets.UTF_8)));
                journal.forwarded(some);
            }
            assertThat(seen).hasSize(20).startsWith("record 0").endsWith("record 19");
            assertThat(files()).isEmpty();
            assertThat(journal.size()).isZero();
            journal.append(List.of(bytes("after")));
            assertThat(journal.next(5)).hasSize(1);
        }
    }

    @Test
    void whatWasNotForwardedIsOfferedAgain() throws IOException {
        append("one", "two");
        try (JournalDirectory journal = JournalDirectory.open(directory, SMALL)) {
            assertThat(journal.next(1)).hasSize(1);
            journal.forwarded(journal.next(1));
        }
        assertThat(all()).containsExactly("one", "two");
    }

    @Test
    void aSecondOwnerIsRefused() throws IOException {
        try (JournalDirectory journal = JournalDirectory.open(directory, SMALL)) {
            assertThat(journal.isEmpty()).isTrue();
            assertThatThrownBy(() -> JournalDirectory.open(directory, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process");
        }
    }

    private void append(String... records) throws IOException {
        try (JournalDirectory journal = JournalDirectory.open(directory, 1 << 20)) {
            journal.append(Stream.of(records).map(JournalDirectoryTests::bytes).toList());
        }
    }

    private List<String> all() throws IOException {
        return JournalReading.all(directory);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(path -> path.toString().endsWith(".wal")).toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().getFirst();
    }

    private void deleteAllBut(Path file) throws IOException {
        for (Path other : files()) {
            if (!other.equals(file)) {
                Files.delete(other);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
