package io.weir.audit.outbox;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.isolation.Finding;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Records in the platform's own log what the hourly verification finds wrong with how databases keep tenants apart:
/// each finding once, and once more where it was mended and is back. What cannot be recorded now is at the next look.
public final class IsolationAudit implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationAudit.class);
    private static final String REASON = "record findings of the isolation's verification";
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Supplier<List<Finding>> findings;
    private final PlatformTransaction platform;
    private final Audit audit;
    // Of one look at a time.
    private final Set<Finding> recorded = new HashSet<>();
    private volatile Disposable looks = Disposables.disposed();

    /// @param findings what is known to be wrong now
    public IsolationAudit(Supplier<List<Finding>> findings, PlatformTransaction platform, Audit audit) {
        this.findings = findings;
        this.platform = platform;
        this.audit = audit;
    }

    @Override
    public void start() {
        looks = Flux.interval(LOOK)
                .onBackpressureDrop()
                .concatMap(round -> look(), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        looks.dispose();
    }

    @Override
    public boolean isRunning() {
        return !looks.isDisposed();
    }

    /// Never fails.
    Mono<Void> look() {
        return Mono.defer(() -> {
                    List<Finding> now = findings.get();
                    recorded.retainAll(now);
                    List<Finding> fresh =
                            now.stream().filter(one -> !recorded.contains(one)).toList();
                    return fresh.isEmpty() ? Mono.empty() : record(fresh);
                })
                .onErrorResume(failed -> {
                    LOG.warn("What the isolation's verification found is recorded later: {}", failed.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> record(List<Finding> fresh) {
        return platform.in(
                        REASON,
                        client -> Flux.fromIterable(fresh)
                                .concatMap(one -> audit.record(
                                        client,
                                        TenantId.PLATFORM,
                                        AuditEntry.failed("isolation.verified", "rule:" + one.rule(), one.what())))
                                .then())
                .doOnSuccess(done -> recorded.addAll(fresh));
    }
}
