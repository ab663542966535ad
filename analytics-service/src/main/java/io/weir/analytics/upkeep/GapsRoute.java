package io.weir.analytics.upkeep;

import io.weir.analytics.metering.AcceptedGaps;
import io.weir.analytics.metering.LedgerGaps;
import io.weir.analytics.metering.OpenGap;
import io.weir.audit.AuditEntry;
import io.weir.audit.journal.AuditJournal;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Producer;
import io.weir.problem.PlatformException;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `GET /api/analytics/gaps`: what is missing in the ledger. `POST /api/analytics/gaps/accept`: one of these is lost,
/// and nobody waits for it any longer.
public final class GapsRoute {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LedgerGaps gaps;
    private final AcceptedGaps accepted;
    private final AuditJournal audit;

    public GapsRoute(LedgerGaps gaps, AcceptedGaps accepted, AuditJournal audit) {
        this.gaps = gaps;
        this.accepted = accepted;
        this.audit = audit;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/gaps", RouteAccess.platform(), this::list)
                .POST("/api/analytics/gaps/accept", RouteAccess.platform(), this::accept)
                .build();
    }

    /// A gap as it is shown, and as it is accepted.
    ///
    /// @param log topic and topic id
    /// @param from first missing number of the producer in that partition
    /// @param since before it, none of the events can have happened
    record Shown(String log, int partition, String producerId, long producerEpoch, long from, long to, Instant since) {

        static Shown of(OpenGap open) {
            Gap gap = open.gap();
            return new Shown(
                    open.log(),
                    open.partition(),
                    gap.producer().id(),
                    gap.producer().epoch(),
                    gap.from(),
                    gap.to(),
                    open.since());
        }

        OpenGap gap() {
            return new OpenGap(log, partition, new Gap(new Producer(producerId, producerEpoch), from, to), since);
        }
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        List<Shown> open = gaps.all().stream().map(Shown::of).toList();
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(Map.of("gaps", open));
    }

    private Mono<ServerResponse> accept(ServerRequest request) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(GapsRoute::read)
                .delayUntil(shown -> audit.append(
                        TenantId.PLATFORM,
                        AuditEntry.done(
                                "ledger.gap.accepted", "gap:" + shown.gap().text())))
                .delayUntil(shown -> accepted.accept(shown.gap()))
                .flatMap(shown -> ServerResponse.accepted()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(shown));
    }

    private static Shown read(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            Shown shown = new Shown(
                    text(json, "log"),
                    Math.toIntExact(number(json, "partition")),
                    text(json, "producerId"),
                    number(json, "producerEpoch"),
                    number(json, "from"),
                    number(json, "to"),
                    Instant.parse(text(json, "since")));
            if (shown.to() < shown.from()) {
                throw PlatformException.invalid("to", "to must not be less than from.");
            }
            return shown;
        } catch (JacksonException malformed) {
            throw PlatformException.invalid(
                    "body", "The body is not JSON. Send a gap as GET /api/analytics/gaps shows it.");
        } catch (DateTimeException malformed) {
            throw PlatformException.invalid("since", "since must be an instant such as 2026-11-22T10:00:00Z.");
        } catch (ArithmeticException tooLarge) {
            throw PlatformException.invalid("partition", "partition must be a partition's number.");
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isString() || value.asString().isEmpty()) {
            throw PlatformException.invalid(field, "Send a gap as GET /api/analytics/gaps shows it.");
        }
        return value.asString();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw PlatformException.invalid(
                    field, field + " must be a whole number, as GET /api/analytics/gaps shows it.");
        }
        return value.asLong();
    }
}
