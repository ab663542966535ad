package io.weir.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file of the journal: records of a length, a checksum (CRC-32C over the content, four bytes each)
/// and the content. For one thread at a time.
final class JournalFile {

    static final int HEAD = 8;
    private static final int LONGEST = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);

    private final Path path;
    private final FileChannel channel;
    // INVARIANT: forwarded <= durable; both are at the start of a record or at the end.
    private long durable;
    private long forwarded;

    private JournalFile(Path path, FileChannel channel, long durable) {
        this.path = path;
        this.channel = channel;
        this.durable = durable;
    }

    static JournalFile create(Path path) throws IOException {
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel directory = FileChannel.open(path.resolveSibling(""), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return new JournalFile(path, channel, 0);
    }

    /// Opens what a process left behind. A record that was being written when it died is cut off; nobody
    /// was told that it was kept.
    static JournalFile recover(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        JournalFile file = new JournalFile(path, channel, channel.size());
        long whole = file.endOfWholeRecords();
        if (whole < file.durable) {
            file.setAside(whole);
            channel.truncate(whole);
            channel.force(true);
            file.durable = whole;
        }
        return file;
    }

    private long endOfWholeRecords() throws IOException {
        long end = 0;
        byte @Nullable [] record = read(end);
        while (record != null) {
            end += HEAD + record.length;
            record = read(end);
        }
        return end;
    }

    // Seldom more than a torn record; should it be a damaged disk, somebody may want to read the rest.
    private void setAside(long from) throws IOException {
        LOG.warn("{} ends in {} bytes that are no whole record; they are set aside", path, durable - from);
        Path damaged = path.resolveSibling(path.getFileName() + ".damaged");
        Files.copy(path, damaged, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Writes all and forces it to the disk once.
    void append(List<byte[]> records) throws IOException {
        int size = records.stream().mapToInt(record -> HEAD + record.length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (byte[] record : records) {
            buffer.putInt(record.length).putInt(checksum(record)).put(record);
        }
        buffer.flip();
        long position = durable;
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
        channel.force(false);
        durable = position;
    }

    /// Records that are not forwarded yet, in order, up to `most`.
    List<byte[]> next(int most) throws IOException {
        List<byte[]> records = new ArrayList<>();
        long position = forwarded;
        while (records.size() < most && position < durable) {
            byte @Nullable [] record = read(position);
            if (record == null) {
                throw new IOException(path + " is damaged at byte " + position);
            }
            records.add(record);
            position += HEAD + record.length;
        }
        return records;
    }

    void forwarded(List<byte[]> records) {
        forwarded += records.stream()
                .mapToLong(record -> HEAD + (long) record.length)
                .sum();
    }

    boolean isForwarded() {
        return forwarded == durable;
    }

    long size() {
        return durable;
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    void close() throws IOException {
        channel.close();
    }

    /// Null where no whole record begins.
    private byte @Nullable [] read(long position) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        if (!fill(head, position)) {
            return null;
        }
        int length = head.getInt(0);
        if (length < 0 || length > LONGEST || position + HEAD + length > durable) {
            return null;
        }
        ByteBuffer record = ByteBuffer.allocate(length);
        return fill(record, position + HEAD) && checksum(record.array()) == head.getInt(4) ? record.array() : null;
    }

    private boolean fill(ByteBuffer buffer, long position) throws IOException {
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position + buffer.position());
            if (read < 0) {
                return false;
            }
        }
        return true;
    }

    private static int checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record, 0, record.length);
        return (int) crc.getValue();
    }
}
