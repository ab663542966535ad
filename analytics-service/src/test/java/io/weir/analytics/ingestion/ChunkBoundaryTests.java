package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkBoundaryTests {

    @Test
    void whatIsWrittenIsRead() {
        assertThat(ChunkBoundary.read(ChunkBoundary.write(42))).isEqualTo(new ChunkBoundary.Until(42));
        assertThat(ChunkBoundary.read(ChunkBoundary.IDLE)).isEqualTo(new ChunkBoundary.Idle());
    }

    @Test
    void whatAnybodyElseWroteIsUnknown() {
        for (String foreign :
                new String[] {"", "weir/1 until -1", "weir/1 until 99999999999999999999", "weir/2 idle"}) {
            assertThat(ChunkBoundary.read(foreign)).as(foreign).isEqualTo(new ChunkBoundary.Unknown());
        }
    }
}
