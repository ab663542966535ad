package io.weir.local.prove.lanes.generator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.local.prove.lanes.upstream.Stamp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StampReaderTests {

    private final List<Long> found = new ArrayList<>();

    private void read(StampReader reader, String text) {
        reader.read(Unpooled.wrappedBuffer(text.getBytes(UTF_8)), found::add);
    }

    @Test
    void stampsAreFoundHoweverTheTextIsCut() {
        String text =
                "data: {\"content\":\"" + Stamp.of(12_345) + " \"}\n\ndata: " + Stamp.of(Long.MAX_VALUE) + Stamp.of(0);
        for (int cut = 0; cut <= text.length(); cut++) {
            found.clear();
            StampReader reader = new StampReader();

            read(reader, text.substring(0, cut));
            read(reader, text.substring(cut));

            assertThat(found).as("cut at %d", cut).containsExactly(12_345L, Long.MAX_VALUE, 0L);
        }
    }

    @Test
    void aMarkThatBeginsNoStampIsPassedOver() {
        read(new StampReader(), "a@b.example, @@" + Stamp.of(7) + " @12 3@4");

        assertThat(found).containsExactly(7L);
    }

    @Test
    void aStampThatAnAnswerLeftUnendedIsForgotten() {
        StampReader reader = new StampReader();
        read(reader, "@12");
        reader.reset();
        read(reader, "3@45@");

        assertThat(found).containsExactly(45L);
    }
}
