package io.weir.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weir.ledger.journal.WriteAheadFile.Entry;
import io.weir.ledger.journal.WriteAheadFile.Left;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteAheadFileTests {

    private static final long ROOMY = 1 << 20;

    @TempDir
    private Path directory;

    private static byte[] content(int i) {
        return ("record " + i).getBytes(StandardCharsets.UTF_8);
    }

    private static Entry append(WriteAheadFile file, byte[] content) throws InterruptedException {
        CountDownLatch durable = new CountDownLatch(1);
        Entry entry = Objects.requireNonNull(file.append(content, durable::countDown, () -> {}));
        assertThat(durable.await(10, TimeUnit.SECONDS)).isTrue();
        return entry;
    }

    private List<String> left() throws IOException {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            return file.takeLeft().stream()
                    .map(Left::content)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .toList();
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
    }

    @Test
    void whatIsNotDoneWithIsThereAgainInOrder() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            for (int i = 0; i < 10; i++) {
                append(file, content(i));
            }
        }
        assertThat(left()).isEqualTo(records(0, 10));
        assertThat(left()).isEqualTo(records(0, 10));
    }

    @Test
    void whenAllIsDoneNothingIsLeft() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                entries.add(append(file, content(i)));
            }
            entries.forEach(file::done);
            Eventually.passes(() -> assertThat(file.bytes()).isZero());
            append(file, content(10));
        }
        assertThat(left()).isEqualTo(records(10, 11));
    }

    @Test
    void whatIsInheritedIsGoneOnceItIsDone() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            append(file, content(0));
        }
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            file.takeLeft().forEach(left -> file.done(left.entry()));
            Eventually.passes(() -> assertThat(file.bytes()).isZero());
        }
        assertThat(left()).isEmpty();
        assertThat(segments()).isEmpty();
    }

    @Test
    void oneThatIsDoneBeforeItWasWrittenLeavesNothing() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            for (int i = 0; i < 1_000; i++) {
                file.done(Objects.requireNonNull(file.append(content(i), () -> {}, () -> {})));
            }
            Eventually.passes(() -> assertThat(file.bytes()).isZero());
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void fullItTakesNothingMoreAndSaysBeforeThatNoNewWorkShouldBegin() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, 100_000)) {
            byte[] large = new byte[1_000];
            List<Entry> taken = new ArrayList<>();
            int room = 0;
            Entry entry = file.append(large, () -> {}, () -> {});
            while (entry != null) {
                taken.add(entry);
                room += file.hasRoom() ? 1 : 0;
                entry = file.append(large, () -> {}, () -> {});
            }
            assertThat(taken).hasSize(99);
            assertThat(room).isBetween(70, 75);
            assertThat(file.bytes()).isLessThanOrEqualTo(100_000);
            Eventually.passes(() -> assertThat(sizeOnDisk()).isEqualTo(99 * 1_008L));
            taken.forEach(file::done);
            Eventually.passes(() -> assertThat(file.bytes()).isZero());
            assertThat(append(file, large)).isNotNull();
            Eventually.passes(() -> assertThat(sizeOnDisk()).isLessThan(20_000));
        }
    }

    @Test
    void whatASegmentTakesCountsUntilAllOfItIsDone() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, 100_000)) {
            byte[] large = new byte[10_000];
            Entry stuck = append(file, content(0));
            Entry entry = file.append(large, () -> {}, () -> {});
            int taken = 0;
            while (entry != null && taken < 50) {
                taken++;
                append(file, content(taken));
                file.done(entry);
                entry = file.append(large, () -> {}, () -> {});
            }
            assertThat(taken).isLessThan(50);
            assertThat(sizeOnDisk()).isLessThanOrEqualTo(100_000);
            file.done(stuck);
            Eventually.passes(() -> assertThat(file.bytes()).isLessThan(100_000));
        }
    }

    @Test
    void whatCannotBeDeletedGoesOnTakingItsRoom() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, 100_000)) {
            byte[] large = new byte[20_000];
            Entry first = append(file, large);
            Path undeletable = segments().getFirst();
            Entry second = append(file, large);
            Entry third = append(file, large);
            assertThat(segments()).hasSize(3);
            Files.delete(undeletable);
            Files.createDirectories(undeletable.resolve("not empty"));
            file.done(first);
            file.done(second);
            Eventually.passes(() -> assertThat(segments()).hasSize(2));
            file.done(third);
            append(file, content(0));
            assertThat(file.bytes()).isBetween(20_000L, 21_000L);
            Files.delete(undeletable.resolve("not empty"));
            Files.delete(undeletable);
        }
    }

    private long sizeOnDisk() throws IOException {
        long bytes = 0;
        for (Path segment : segments()) {
            bytes += Files.size(segment);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 12, 15})
    void aTornRecordIsFoundAndThoseBeforeItAreKept(int bytesMissing) throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            for (int i = 0; i < 5; i++) {
                append(file, content(i));
            }
        }
        Path segment = segments().getFirst();
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - bytesMissing));
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            assertThat(file.damagedBytes()).isEqualTo(16 - bytesMissing);
            assertThat(file.takeLeft()).hasSize(4);
        }
        assertThat(left()).isEqualTo(records(0, 4));
    }

    @Test
    void aFlippedBitIsFoundWhereverItIs() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            for (int i = 0; i < 3; i++) {
                append(file, content(i));
            }
        }
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int at = 16; at < 32; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(segment, damaged);
            assertThat(left()).as("byte " + at).isEqualTo(records(0, 1));
            assertThat(setAside())
                    .as("set aside")
                    .hasSize(at - 15)
                    .anySatisfy(file -> assertThat(file).hasBinaryContent(damaged));
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".damaged")).toList();
        }
    }

    // The process died while it was written, or the machine did.
    @Test
    void aTornFileOfWhatIsSetAsideIsMadeWhole() throws Exception {
        for (int length : new int[] {8, 3, 0}) {
            try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
                file.setAside(content(0));
            }
            Path only = setAside().getFirst();
            assertThat(only).hasBinaryContent(content(0));
            Files.write(only, java.util.Arrays.copyOf(content(0), length));
        }
        assertThat(setAside()).hasSize(1);
    }

    @Test
    void whatEachLifeSetsAsideStays() throws Exception {
        for (int life = 0; life < 3; life++) {
            try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
                file.setAside(content(life));
            }
        }
        assertThat(setAside()).hasSize(3);
    }

    // Their room on the disk is not free, nor can their directory be removed, for as long as somebody has them open.
    @Test
    void onceClosedItHasNoFileOpen() throws Exception {
        Path real = directory.toRealPath();
        for (int life = 0; life < 3; life++) {
            try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
                append(file, content(life));
                assertThat(openIn(real)).isNotEmpty();
            }
            assertThat(openIn(real)).as("life " + life).isEmpty();
        }
        assertThat(left()).isEqualTo(records(0, 3));
    }

    private static List<Path> openIn(Path directory) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeThat(descriptors).exists();
        List<Path> open = new ArrayList<>();
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                try {
                    open.add(Files.readSymbolicLink(descriptor));
                } catch (NoSuchFileException closedMeanwhile) {
                    // Another thread's, or that of the listing.
                }
            }
        }
        return open.stream().filter(file -> file.startsWith(directory)).toList();
    }

    @Test
    void aFileOfAnotherNameIsNoSegment() throws Exception {
        Files.write(directory.resolve("copy.wal"), content(0));
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            append(file, content(1));
        }
        assertThat(left()).isEqualTo(records(1, 2));
    }

    @Test
    void zeroesAtTheEndAreNoRecords() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            append(file, content(0));
        }
        Path segment = segments().getFirst();
        Files.write(segment, java.util.Arrays.copyOf(Files.readAllBytes(segment), 4_096));
        assertThat(left()).isEqualTo(records(0, 1));
    }

    @Test
    void aSecondOneIsRefused() throws Exception {
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            assertThat(file.isWorking()).isTrue();
            assertThatThrownBy(() -> WriteAheadFile.open(directory, ROOMY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void abandonedIsWhatSomebodyHadAndNobodyHas() throws Exception {
        assertThat(WriteAheadFile.isAbandoned(directory)).isFalse();
        try (WriteAheadFile file = WriteAheadFile.open(directory, ROOMY)) {
            assertThat(WriteAheadFile.isAbandoned(directory)).isFalse();
            assertThat(file.isWorking()).isTrue();
        }
        assertThat(WriteAheadFile.isAbandoned(directory)).isTrue();
        assertThat(WriteAheadFile.isAbandoned(directory))
                .as("asking takes nothing")
                .isTrue();
    }

    @Test
    void aBeatShowsThatSomebodyHasIt() throws Exception {
        try (DirectoryLock lock = Objects.requireNonNull(DirectoryLock.tryTake(directory))) {
            Files.setLastModifiedTime(directory.resolve("lock"), FileTime.fromMillis(0));
            lock.beat();
            assertThat(WriteAheadFile.lastBeat(directory)).isGreaterThan(FileTime.fromMillis(0));
        }
    }

    @Test
    void itsDirectoryIsRemovedWhereNothingIsLeftInItAndCanBeOpenedAnew() throws Exception {
        Path own = directory.resolve("own");
        WriteAheadFile first = WriteAheadFile.open(own, ROOMY);
        append(first, content(0));
        first.closeAndRemove();
        assertThat(own).as("a record is left").exists();

        WriteAheadFile second = WriteAheadFile.open(own, ROOMY);
        second.takeLeft().forEach(left -> second.done(left.entry()));
        second.closeAndRemove();
        assertThat(own).doesNotExist();

        WriteAheadFile third = WriteAheadFile.open(own, ROOMY);
        third.setAside(content(1));
        third.closeAndRemove();
        try (Stream<Path> files = Files.list(own)) {
            assertThat(files.filter(file -> file.toString().endsWith(".damaged")))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasBinaryContent(content(1)));
        }
        assertThat(WriteAheadFile.isAbandoned(own))
                .as("nothing to deliver is left")
                .isFalse();
    }

    @Test
    void aDiskThatFailsIsSaidAndNothingMoreIsTaken() throws Exception {
        Path own = directory.resolve("own");
        try (WriteAheadFile file = WriteAheadFile.open(own, ROOMY)) {
            Files.delete(own.resolve("lock"));
            Files.delete(own);
            CountDownLatch failed = new CountDownLatch(1);
            assertThat(file.append(content(0), () -> {}, failed::countDown)).isNotNull();
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(file.isWorking()).isFalse();
            assertThat(file.append(content(1), () -> {}, () -> {})).isNull();
        }
    }
}
