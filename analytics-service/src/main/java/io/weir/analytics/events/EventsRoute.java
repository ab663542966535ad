package io.weir.analytics.events;

import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.TenantContext;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `POST /api/events`. The answer comes when every in-sync replica of the broker has all events; until then nothing is
/// promised, and sending again is safe.
final class EventsRoute {

    private static final String SINGLE = "cloudevents+json";
    private static final String BATCH = "cloudevents-batch+json";
    private static final int AT_ONCE = 256;

    private final EventsProperties limits;
    private final String topic;
    private final RecordSender sender;
    private final InstantSource clock;

    /// @param topic full name
    EventsRoute(EventsProperties limits, String topic, RecordSender sender, InstantSource clock) {
        this.limits = limits;
        this.topic = topic;
        this.sender = sender;
        this.clock = clock;
    }

    /// @param late of them, came after their window
    private record Accepted(int accepted, long late) {}

    RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .POST("/api/events", RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN), this::take)
                .build();
    }

    private Mono<ServerResponse> take(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        KnownParameters.check(request, Set.of("tenantId"));
        boolean batch = isBatch(request);
        return body(request)
                .map(bytes -> {
                    Intake intake =
                            new Intake(limits, tenant.id(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
                    return batch ? intake.batch(bytes) : intake.single(bytes);
                })
                .delayUntil(this::send)
                .flatMap(events -> ServerResponse.accepted()
                        .bodyValue(new Accepted(
                                events.size(),
                                events.stream().filter(ExternalCost::late).count())));
    }

    private static boolean isBatch(ServerRequest request) {
        MediaType type = request.headers().contentType().orElse(MediaType.ALL);
        if (type.getType().equals("application") && type.getSubtype().equals(BATCH)) {
            return true;
        }
        if (type.getType().equals("application") && type.getSubtype().equals(SINGLE)) {
            return false;
        }
        throw PlatformException.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "content-type",
                "Send application/" + SINGLE + " for one event, or application/" + BATCH + " for an array of them.");
    }

    private Mono<byte[]> body(ServerRequest request) {
        int most = (int) limits.size().toBytes();
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), most)
                .map(EventsRoute::bytes)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(
                        DataBufferLimitException.class,
                        large -> PlatformException.of(
                                ProblemType.REQUEST_TOO_LARGE,
                                "body",
                                "The body may have " + most + " bytes at most. Send several smaller batches."));
    }

    private static byte[] bytes(DataBuffer joined) {
        byte[] bytes = new byte[joined.readableByteCount()];
        joined.read(bytes);
        DataBufferUtils.release(joined);
        return bytes;
    }

    private Mono<Void> send(List<ExternalCost> events) {
        return Flux.fromIterable(events)
                .flatMap(event -> sender.send(record(event)), AT_ONCE)
                .then()
                .onErrorMap(
                        failure -> !(failure instanceof PlatformException),
                        failure -> new PlatformException(
                                ProblemType.SERVICE_UNAVAILABLE,
                                "Not all events could be stored. Send the same ones again: what is stored already is"
                                        + " counted once.",
                                failure));
    }

    private ProducerRecord<String, byte[]> record(ExternalCost event) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, event.tenantid().toString(), SnapshotJson.write(event));
        TenantHeader.stamp(record.headers(), event.tenantid());
        return record;
    }
}
