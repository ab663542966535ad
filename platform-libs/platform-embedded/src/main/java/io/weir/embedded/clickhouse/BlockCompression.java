package io.weir.embedded.clickhouse;

import com.clickhouse.data.ClickHouseCityHash;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/// ClickHouse's own compressed blocks: a CityHash128, one byte of method, two sizes, the data.
@SuppressWarnings("deprecation") // the hash, which ClickHouse keeps for its own clients
final class BlockCompression {

    private static final int HASH = 16;
    private static final int HEADER = 25;
    private static final int METHOD_AND_SIZES = HEADER - HASH;
    private static final int BLOCK = 1 << 20;
    private static final int LARGEST = 1 << 26;
    private static final byte NONE = 0x02;
    private static final byte LZ4 = (byte) 0x82;
    private static final byte ZSTD = (byte) 0x90;

    private BlockCompression() {}

    static InputStream decompress(InputStream compressed) {
        return new Decompressed(new DataInputStream(compressed));
    }

    static byte[] compress(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + HEADER);
        LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
        for (int offset = 0; offset < plain.length; offset += BLOCK) {
            int length = Math.min(BLOCK, plain.length - offset);
            byte[] block = new byte[HEADER + compressor.maxCompressedLength(length)];
            int size = METHOD_AND_SIZES + compressor.compress(plain, offset, length, block, HEADER);
            ByteBuffer header = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
            header.put(HASH, LZ4).putInt(HASH + 1, size).putInt(HASH + 5, length);
            long[] hash = ClickHouseCityHash.cityHash128(block, HASH, size);
            header.putLong(0, hash[0]).putLong(8, hash[1]);
            out.write(block, 0, HASH + size);
        }
        return out.toByteArray();
    }

    private static final class Decompressed extends InputStream {

        private final DataInputStream in;
        private byte[] current = new byte[0];
        private int position;

        Decompressed(DataInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return ready() ? current[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ready()) {
                return -1;
            }
            int count = Math.min(length, current.length - position);
            System.arraycopy(current, position, target, offset, count);
            position += count;
            return count;
        }

        private boolean ready() throws IOException {
            while (position == current.length) {
                byte[] header = in.readNBytes(HEADER);
                if (header.length == 0) {
                    return false;
                }
                if (header.length < HEADER) {
                    throw new EOFException("a compressed block ends within its header");
                }
                current = block(header);
                position = 0;
            }
            return true;
        }

        private byte[] block(byte[] header) throws IOException {
            ByteBuffer sizes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
            int size = sizes.getInt(HASH + 1);
            int plainSize = sizes.getInt(HASH + 5);
            if (size < METHOD_AND_SIZES || size > LARGEST || plainSize < 0 || plainSize > LARGEST) {
                throw new IOException("a compressed block of " + size + " bytes for " + plainSize + " plain ones");
            }
            // Read before room is made for it: a damaged size must not cost memory.
            byte[] data = in.readNBytes(size - METHOD_AND_SIZES);
            if (data.length < size - METHOD_AND_SIZES) {
                throw new EOFException("a compressed block ends within its data");
            }
            byte[] hashed = new byte[size];
            System.arraycopy(header, HASH, hashed, 0, METHOD_AND_SIZES);
            System.arraycopy(data, 0, hashed, METHOD_AND_SIZES, data.length);
            long[] hash = ClickHouseCityHash.cityHash128(hashed, 0, size);
            if (hash[0] != sizes.getLong(0) || hash[1] != sizes.getLong(8)) {
                throw new IOException("the checksum of a compressed block does not match its data");
            }
            return decompress(hashed, plainSize);
        }

        private static byte[] decompress(byte[] hashed, int plainSize) throws IOException {
            byte[] plain = new byte[plainSize];
            int length = hashed.length - METHOD_AND_SIZES;
            switch (hashed[0]) {
                case LZ4 ->
                    LZ4Factory.fastestInstance()
                            .safeDecompressor()
                            .decompress(hashed, METHOD_AND_SIZES, length, plain, 0);
                case ZSTD -> Zstd.decompressByteArray(plain, 0, plainSize, hashed, METHOD_AND_SIZES, length);
                case NONE -> System.arraycopy(hashed, METHOD_AND_SIZES, plain, 0, plainSize);
                default -> throw new IOException("compression method " + (hashed[0] & 0xff) + " is not known here");
            }
            return plain;
        }
    }
}
