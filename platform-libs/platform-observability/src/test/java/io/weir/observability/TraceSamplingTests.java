package io.weir.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

class TraceSamplingTests {

    private static final String SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private final TraceSampling edge = new TraceSampling(new TracingProperties(0.5, true, false), () -> 0.4);
    private final TraceSampling unluckyEdge = new TraceSampling(new TracingProperties(0.5, true, false), () -> 0.5);
    private final TraceSampling inside = new TraceSampling(new TracingProperties(1, false, false), () -> 0);

    @Test
    void theEdgeBeginsTracesForItsShareOfRequests() {
        assertThat(edge.test("http", request(null))).isTrue();
        assertThat(unluckyEdge.test("http", request(null))).isFalse();
    }

    @Test
    void aServiceInsideFollowsItsCallerAndNeverBeginsATrace() {
        assertThat(inside.test("http", request(SAMPLED))).isTrue();
        assertThat(inside.test("http", request(UNSAMPLED))).isFalse();
        assertThat(inside.test("http", request("nonsense"))).isFalse();
        assertThat(inside.test("http", request(null))).isFalse();
    }

    @Test
    void whatHappensInsideARequestFollowsTheRequest() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        Observation.Context child = new Observation.Context();
        assertThat(edge.test("child", child)).isFalse();

        child.setParentObservation(Observation.NOOP);
        assertThat(edge.test("child", child)).isFalse();

        child.setParentObservation(Observation.start("parent", registry));
        assertThat(edge.test("child", child)).isTrue();
    }

    @Test
    void healthPathsAreNeverTraced() {
        MockServerHttpRequest ready = MockServerHttpRequest.get("/ready")
                .header("traceparent", SAMPLED)
                .build();
        assertThat(edge.test("http", context(ready))).isFalse();
    }

    @Test
    void aShareOutsideZeroToOneIsRefusedWithItsName() {
        assertThatThrownBy(() -> new TracingProperties(1.5, true, false))
                .hasMessageContaining("weir.tracing.sampling: 1.5");
        assertThatThrownBy(() -> new TracingProperties(Double.NaN, true, false))
                .hasMessageContaining("weir.tracing.sampling");
    }

    private static ServerRequestObservationContext request(@Nullable String traceparent) {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/v1/models");
        return context((traceparent == null ? request : request.header("traceparent", traceparent)).build());
    }

    private static ServerRequestObservationContext context(MockServerHttpRequest request) {
        return new ServerRequestObservationContext(request, new MockServerHttpResponse(), new HashMap<>());
    }
}
