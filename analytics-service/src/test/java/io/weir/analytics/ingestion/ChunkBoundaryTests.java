package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkBoundaryTests {

    @Test
    void whatIsWrittenIsRead() {
        assertThat(ChunkBoundary.read(ChunkBoundary.until(42, ""))).isEqualTo(new ChunkBoundary.Until(42, ""));
        assertThat(ChunkBoundary.read(ChunkBoundary.idle(""))).isEqualTo(new ChunkBoundary.Idle(""));
    }

    @Test
    void whatTheHandlerRemembersIsReadWithIt() {
        String memory = "b;writer+1,7,41,0,0";
        assertThat(ChunkBoundary.read(ChunkBoundary.until(42, memory))).isEqualTo(new ChunkBoundary.Until(42, memory));
        assertThat(ChunkBoundary.read(ChunkBoundary.idle(memory))).isEqualTo(new ChunkBoundary.Idle(memory));
    }

    @Test
    void whatAnybodyElseWroteIsUnknown() {
        for (String foreign :
                new String[] {"", "weir/1 until -1", "weir/1 until 99999999999999999999", "weir/2 idle"}) {
            assertThat(ChunkBoundary.read(foreign)).as(foreign).isEqualTo(new ChunkBoundary.Unknown());
        }
    }
}
