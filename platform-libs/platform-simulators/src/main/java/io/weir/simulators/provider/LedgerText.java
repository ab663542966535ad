package io.weir.simulators.provider;

import io.weir.simulators.provider.ledger.LedgerTotals;
import io.weir.simulators.provider.ledger.ServedRequest;
import io.weir.simulators.provider.ledger.ServedRequests;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The ledger as JSON, written piece by piece, since it may hold hundreds of thousands of entries.
final class LedgerText {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ENTRIES_PER_PIECE = 200;

    private LedgerText() {}

    static Flux<String> summary(ServedRequests.Snapshot books) {
        return Flux.just(head(books) + "}");
    }

    /// `by_request` holds the calls answered 2xx, `failed_by_request` the others.
    static Flux<String> whole(ServedRequests.Snapshot books) {
        return Flux.concat(
                Flux.just(head(books), ",\"by_request\":{"),
                entries(books.answered()),
                Flux.just("},\"failed_by_request\":{"),
                entries(books.refused()),
                Flux.just("}}"));
    }

    private static String head(ServedRequests.Snapshot books) {
        ObjectNode node = sums(books.totals());
        node.put("in_flight", books.inFlight()).put("evicted", books.totals().evicted());
        ObjectNode byProvider = node.putObject("by_provider");
        books.byProvider().forEach((provider, totals) -> byProvider.set(provider, sums(totals)));
        String head = node.toString();
        return head.substring(0, head.length() - 1);
    }

    private static ObjectNode sums(LedgerTotals totals) {
        return JSON.createObjectNode()
                .put("requests", totals.requests())
                .put("failed", totals.failed())
                .put("text_in", totals.textIn())
                .put("text_out", totals.textOut());
    }

    private static Flux<String> entries(List<ServedRequest> calls) {
        AtomicBoolean first = new AtomicBoolean(true);
        return Flux.fromIterable(calls).buffer(ENTRIES_PER_PIECE).map(piece -> {
            String joined = piece.stream().map(LedgerText::entry).collect(Collectors.joining(","));
            return first.getAndSet(false) ? joined : "," + joined;
        });
    }

    private static String entry(ServedRequest call) {
        ObjectNode node = JSON.createObjectNode()
                .put("provider", call.provider())
                .put("model", call.model())
                .put("status", call.status())
                .put("text_in", call.tokens().textIn())
                .put("text_in_cached", call.tokens().cachedIn())
                .put("cache_write", call.tokens().cacheWriteIn())
                .put("text_out", call.tokens().textOut())
                .put("reasoning_out", call.tokens().reasoningOut())
                .put("stream", call.stream())
                .put("cancelled", call.cancelled())
                .put("cut", call.cut())
                .put("completion_id", call.completionId())
                .put("client_request_id", call.clientRequestId())
                .put("at", call.at().toString())
                .put("took_ms", call.took().toMillis());
        return JSON.writeValueAsString(call.id()) + ":" + node;
    }
}
