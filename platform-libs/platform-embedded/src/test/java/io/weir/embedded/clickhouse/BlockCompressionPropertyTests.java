package io.weir.embedded.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BlockCompressionPropertyTests {

    @Property(tries = 200)
    void whatIsCompressedComesBack(@ForAll @Size(max = 5000) byte[] plain) throws IOException {
        assertThat(decompressed(BlockCompression.compress(plain))).isEqualTo(plain);
    }

    @Property(tries = 3)
    void severalBlocksFollowOneAnother(@ForAll @IntRange(min = 1, max = 3) int megabytes) throws IOException {
        byte[] plain = new byte[(megabytes << 20) + 17];
        Arrays.fill(plain, (byte) 'x');
        plain[plain.length - 1] = 'y';

        assertThat(decompressed(BlockCompression.compress(plain))).isEqualTo(plain);
    }

    @Property(tries = 200)
    void aChangedByteIsNoticed(
            @ForAll @Size(min = 30, max = 300) byte[] plain,
            @ForAll @IntRange(min = 0, max = 7) int bit,
            @ForAll @IntRange(min = 0, max = 1_000_000) int somewhere) {
        byte[] compressed = BlockCompression.compress(plain);
        int place = somewhere % compressed.length;
        compressed[place] ^= (byte) (1 << bit);

        assertThatThrownBy(() -> decompressed(compressed)).isInstanceOf(IOException.class);
    }

    private static byte[] decompressed(byte[] compressed) throws IOException {
        return BlockCompression.decompress(new ByteArrayInputStream(compressed)).readAllBytes();
    }
}
