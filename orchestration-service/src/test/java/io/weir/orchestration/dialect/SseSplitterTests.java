package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseSplitterTests {

    private static final int MEGABYTE = 1024 * 1024;

    private static List<SseSplitter.Event> fed(SseSplitter splitter, byte[] bytes, int read) {
        List<SseSplitter.Event> events = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += read) {
            events.addAll(splitter.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + read))));
        }
        return events;
    }

    @Test
    void aLongLineInSmallReadsIsNotCopiedWithEachOfThem() {
        String line = "data: " + "x".repeat(6 * MEGABYTE) + "\n\ndata: after\n\n";
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        List<SseSplitter.Event> events = fed(new SseSplitter(), bytes, 1_400);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(120L * MEGABYTE);
        assertThat(events).hasSize(2);
        assertThat(events.getFirst().data()).hasSize(6 * MEGABYTE);
        assertThat(events.getLast().data()).isEqualTo("after".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linesMayEndAnywhereInAReadAndByEitherMark() {
        byte[] bytes =
                ": c\r\nevent: a\r\ndata: 1\r\ndata: 2\r\n\r\ndata:3\n\ndata: 4".getBytes(StandardCharsets.UTF_8);
        for (int read = 1; read <= bytes.length; read++) {
            assertThat(fed(new SseSplitter(), bytes, read))
                    .extracting(event -> event.name() + "=" + new String(event.data(), StandardCharsets.UTF_8))
                    .containsExactly("a=1\n2", "null=3");
        }
    }

    @Test
    void anEventThatNeverEndsIsGivenUp() {
        SseSplitter splitter = new SseSplitter();
        byte[] more = new byte[MEGABYTE];
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 9; i++) {
                        splitter.feed(more);
                    }
                })
                .isInstanceOf(IllegalStateException.class);
    }
}
