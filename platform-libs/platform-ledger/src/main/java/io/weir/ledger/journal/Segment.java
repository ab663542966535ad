package io.weir.ledger.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file of records, each of a length, a CRC-32C over length and content (four bytes each), and the content. For one
/// thread at a time.
final class Segment {

    static final int HEAD = 8;

    /// Longest record that is read back.
    static final int LONGEST = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    private final Path path;
    private final FileChannel channel;
    private long size;
    private int open;

    private Segment(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static Segment create(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        forceDirectory(path);
        return new Segment(path, channel);
    }

    // Else the file itself may be gone after a power cut, whatever was forced into it.
    private static void forceDirectory(Path path) throws IOException {
        try (FileChannel directory = FileChannel.open(path.resolveSibling(""), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// What a segment of a process before this one holds.
    ///
    /// @param damaged bytes at its end that are no whole record
    record Recovered(Segment segment, List<byte[]> records, long damaged) {}

    /// Reads up to the first record that is not whole: the one that was being written when the process died. Nobody was
    /// told that it is kept. What follows the whole records is set aside, should it be a damaged disk.
    static Recovered recover(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Segment segment = new Segment(path, channel);
        long length = channel.size();
        List<byte[]> records = new ArrayList<>();
        byte[] record = segment.read(0, length);
        while (record.length > 0) {
            records.add(record);
            segment.size += HEAD + record.length;
            record = segment.read(segment.size, length);
        }
        segment.open = records.size();
        long damaged = length - segment.size;
        if (damaged > 0) {
            LOG.warn("{} ends in {} bytes that are no whole record; they are set aside", path, damaged);
            Files.copy(path, aside(path));
            channel.truncate(segment.size);
            channel.force(true);
        }
        return new Recovered(segment, records, damaged);
    }

    // What an earlier life set aside of it stays.
    private static Path aside(Path path) {
        Path aside = path.resolveSibling(path.getFileName() + ".damaged");
        for (int next = 2; Files.exists(aside); next++) {
            aside = path.resolveSibling(path.getFileName() + "." + next + ".damaged");
        }
        return aside;
    }

    // Empty where no whole record begins.
    private byte[] read(long position, long end) throws IOException {
        byte[] none = {};
        if (position + HEAD > end) {
            return none;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        fill(head, position);
        int length = head.getInt(0);
        if (length <= 0 || length > LONGEST || position + HEAD + length > end) {
            return none;
        }
        ByteBuffer content = ByteBuffer.allocate(length);
        fill(content, position + HEAD);
        return checksum(content.array()) == head.getInt(4) ? content.array() : none;
    }

    private void fill(ByteBuffer buffer, long position) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException(path + " became shorter while it was read");
            }
        }
    }

    /// Appends all and forces them to the disk once.
    void append(List<byte[]> records) throws IOException {
        int bytes = records.stream().mapToInt(record -> HEAD + record.length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        for (byte[] record : records) {
            buffer.putInt(record.length).putInt(checksum(record)).put(record);
        }
        buffer.flip();
        long position = size;
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
        channel.force(false);
        size = position;
        open += records.size();
    }

    private static int checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, record.length));
        crc.update(record, 0, record.length);
        return (int) crc.getValue();
    }

    long size() {
        return size;
    }

    /// One of its records is not needed any more. True: none is.
    boolean done() {
        open--;
        return open == 0;
    }

    boolean isEmpty() {
        return open == 0;
    }

    /// Forgets all records and keeps the file. Should that not outlive a power cut, they come back as duplicates.
    void clear() throws IOException {
        channel.truncate(0);
        size = 0;
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    void close() throws IOException {
        channel.close();
    }
}
