package io.weir.local.prove.lanes.generator;

import io.netty.buffer.ByteBuf;
import io.weir.local.prove.lanes.upstream.Stamp;
import java.util.function.LongConsumer;

/// Finds the stamps in what arrives, however it is cut into pieces. Knows nothing of the dialect around them.
final class StampReader {

    private static final int LONGEST = 19;

    private boolean within;
    private int digits;
    private long value;

    /// @param found is given each stamp that ends in these bytes
    void read(ByteBuf bytes, LongConsumer found) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
            byte one = bytes.getByte(i);
            if (one == Stamp.MARK) {
                if (within && digits > 0) {
                    found.accept(value);
                    within = false;
                } else {
                    begin();
                }
            } else if (within) {
                take(one);
            }
        }
    }

    private void begin() {
        within = true;
        digits = 0;
        value = 0;
    }

    private void take(byte one) {
        if (one < '0' || one > '9' || digits == LONGEST) {
            within = false;
        } else {
            digits++;
            value = value * 10 + (one - '0');
        }
    }

    /// For the next answer.
    void reset() {
        within = false;
    }
}
