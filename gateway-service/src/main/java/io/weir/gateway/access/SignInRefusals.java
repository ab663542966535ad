package io.weir.gateway.access;

import io.weir.audit.AuditEntry;
import io.weir.audit.journal.AuditJournal;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;

/// Callers who were refused for who they are, in the audit log: one event for each tenant, key and reason a
/// minute, with how often, so that an attacker fills no disk. Who was proven stands in the own tenant's
/// log, all others in the platform's. Fails open: what cannot be recorded is logged; the caller was
/// refused either way.
final class SignInRefusals implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SignInRefusals.class);
    private static final Set<String> REASONS =
            Set.of("invalid_api_key", "invalid_token", "tenant_suspended", "tenant_mismatch", "address_not_allowed");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    // Only who is proven has an entry of its own, so this is never reached by guessing.
    private static final int MOST = 10_000;

    private final AuditJournal journal;
    private final Duration every;
    private final Map<Refused, Integer> counts = new ConcurrentHashMap<>();
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;
    private volatile Thread thread = Thread.ofVirtual().unstarted(() -> {});

    SignInRefusals(AuditJournal journal, Duration every) {
        this.journal = journal;
        this.every = every;
    }

    private record Refused(TenantId tenant, String target, String reason) {}

    /// Never waits.
    void ended(Call call) {
        String reason = call.refusal();
        if (reason == null || !REASONS.contains(reason) || counts.size() >= MOST) {
            return;
        }
        Caller caller = call.caller();
        Refused refused = caller == null
                ? new Refused(TenantId.PLATFORM, "key:unknown", reason)
                : new Refused(
                        caller.tenant().tenantId(), "key:" + caller.credential().id(), reason);
        counts.merge(refused, 1, Integer::sum);
    }

    // Stops before the journal, after the web server.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 3000;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        thread = Thread.ofVirtual().name("sign-in-refusals").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        closing.countDown();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                record();
            }
            record();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void record() {
        try {
            Flux.fromIterable(Set.copyOf(counts.keySet()))
                    .flatMap(refused -> {
                        Integer times = counts.remove(refused);
                        return journal.append(refused.tenant(), entry(refused, times == null ? 0 : times));
                    })
                    .then()
                    .block(PATIENCE);
        } catch (RuntimeException lost) {
            LOG.error("Refused sign-ins could not be recorded: {}", String.valueOf(lost.getMessage()));
        }
    }

    private static AuditEntry entry(Refused refused, int times) {
        return AuditEntry.refused("sign-in.refused", refused.target(), refused.reason() + ", " + times + " times");
    }
}
