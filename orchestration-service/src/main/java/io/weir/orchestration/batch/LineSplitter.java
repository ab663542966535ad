package io.weir.orchestration.batch;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;

/// Splits what comes in pieces into lines. Holds one line at most, and of one that is too long nothing.
final class LineSplitter {

    private final int most;
    private int number;
    private long start;
    private long at;
    private boolean tooLong;
    private ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LineSplitter(int firstNumber, long start, int most) {
        this.number = firstNumber;
        this.start = start;
        this.at = start;
        this.most = most;
    }

    /// One line.
    ///
    /// @param number counts from 1
    /// @param start where it begins in the file
    /// @param end where the next one begins
    /// @param bytes without the line's end; empty where it is too long
    record Line(int number, long start, long end, byte[] bytes, boolean tooLong) {

        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return !tooLong;
        }
    }

    /// The lines that are not blank. Takes and releases the buffers.
    ///
    /// @param start where the content begins in the file
    /// @param most bytes of a line
    static Flux<Line> lines(Flux<DataBuffer> content, int firstNumber, long start, int most) {
        return Flux.defer(() -> {
            LineSplitter splitter = new LineSplitter(firstNumber, start, most);
            return content.concatMapIterable(splitter::take, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(splitter.rest())))
                    .filter(line -> !line.isBlank());
        });
    }

    private List<Line> take(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        List<Line> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                append(bytes, from, i);
                at += i + 1L - from;
                lines.add(end());
                from = i + 1;
            }
        }
        append(bytes, from, bytes.length);
        at += bytes.length - from;
        return lines;
    }

    private void append(byte[] bytes, int from, int to) {
        if (tooLong || line.size() + to - from > most) {
            tooLong = true;
            line = new ByteArrayOutputStream();
        } else {
            line.write(bytes, from, to - from);
        }
    }

    private Line end() {
        Line ended = new Line(number, start, at, line.toByteArray(), tooLong);
        number++;
        start = at;
        tooLong = false;
        line = new ByteArrayOutputStream();
        return ended;
    }

    private List<Line> rest() {
        return at > start ? List.of(end()) : List.of();
    }
}
