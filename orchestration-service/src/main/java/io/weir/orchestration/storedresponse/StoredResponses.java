package io.weir.orchestration.storedresponse;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.responses.Memories;
import io.weir.orchestration.surface.responses.Memory;
import io.weir.orchestration.surface.responses.Memory.Keeper;
import io.weir.orchestration.surface.responses.Memory.Kept;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Keeps responses for as long as their tenant allows, and finds them again. Safe for use by many threads.
///
/// Fails open: an answer that cannot be kept reaches its client all the same, and is not found later
/// (`weir.responses.kept` with `result=failed`). Without a keyset nothing is kept.
final class StoredResponses implements Memories {

    private static final Logger LOG = LoggerFactory.getLogger(StoredResponses.class);
    private static final Duration LONGEST_KEEPING = Duration.ofSeconds(3);
    private static final int LONGEST_ID = 128;

    private final ResponseTable table;
    private final @Nullable SealedForm form;
    private final Duration retention;
    private final Scheduler threads;
    private final MeterRegistry registry;

    /// @param form null: there is no key that seals
    StoredResponses(
            ResponseTable table,
            @Nullable SealedForm form,
            Duration retention,
            Scheduler threads,
            MeterRegistry registry) {
        this.table = table;
        this.form = form;
        this.retention = retention;
        this.threads = threads;
        this.registry = registry;
    }

    @Override
    public Mono<Memory> memory(TenantSnapshot tenant, Optional<String> previous) {
        Keeper keeper = keeper(tenant);
        if (previous.isEmpty()) {
            return Mono.just(new Memory(WireJson.array(), keeper));
        }
        return find(tenant.context(), previous.get())
                .map(found -> new Memory(found.conversation(), keeper))
                .switchIfEmpty(Mono.error(() -> PlatformException.invalid(
                        "previous_response_id",
                        "Previous response with id '" + shortened(previous.get())
                                + "' not found: 'previous_response_id' names a response that was stored, and has"
                                + " neither expired nor been deleted. Send the conversation in 'input'.")));
    }

    static String shortened(String id) {
        return id.length() > 64 ? id.substring(0, 64) + "..." : id;
    }

    private @Nullable Keeper keeper(TenantSnapshot tenant) {
        SealedForm known = form;
        Duration lasting = lasting(tenant);
        return known == null || lasting.isZero() ? null : kept -> keep(known, tenant.context(), lasting, kept);
    }

    private Duration lasting(TenantSnapshot tenant) {
        Integer days = tenant.settings().retentionDays();
        Duration own = days == null ? retention : Duration.ofDays(days);
        return own.compareTo(retention) < 0 ? own : retention;
    }

    private Mono<Void> keep(SealedForm sealing, TenantContext owner, Duration lasting, Kept kept) {
        return Mono.fromCallable(() -> sealing.seal(owner.id(), kept.id(), kept.response(), kept.input()))
                .subscribeOn(threads)
                .flatMap(found -> found.isEmpty()
                        ? Mono.just("too_large")
                        : table.insert(owner, kept.id(), lasting, found.get()).thenReturn("kept"))
                .timeout(LONGEST_KEEPING)
                .onErrorResume(failure -> {
                    LOG.warn("Response {} could not be kept", kept.id(), failure);
                    return Mono.just("failed");
                })
                .doOnNext(result -> registry.counter("weir.responses.kept", "result", result)
                        .increment())
                .then();
    }

    /// Empty where the tenant has none of that id.
    Mono<StoredResponse> find(TenantContext owner, String id) {
        SealedForm known = form;
        if (known == null || id.length() > LONGEST_ID || id.indexOf(0) >= 0) {
            return Mono.empty();
        }
        return table.find(owner, id).publishOn(threads).map(body -> known.open(owner.id(), id, body));
    }

    /// Whether there was one.
    Mono<Boolean> delete(TenantContext owner, String id) {
        return id.length() > LONGEST_ID || id.indexOf(0) >= 0 ? Mono.just(false) : table.delete(owner, id);
    }
}
