package io.weir.tenant.audit;

import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Reads the log of the tenant in scope.
@Component
public final class AuditLog {

    private static final int PAGE = 500;

    private final TenantTransaction transaction;
    private final AuditRecords records;

    AuditLog(TenantTransaction transaction, AuditRecords records) {
        this.transaction = transaction;
        this.records = records;
    }

    /// What fits the question, in order, and one more where there is more.
    public Mono<List<AuditRow>> page(TenantId tenant, AuditQuestion question) {
        return transaction
                .placedRead(client -> records.matching(client, tenant, question.atMost(question.limit() + 1)))
                .collectList();
    }

    /// All that fits, in order, in small transactions: a reader that is slow holds no connection.
    public Flux<AuditRow> all(TenantId tenant, AuditQuestion question) {
        return next(tenant, question)
                .expand(page -> page.size() < PAGE
                        ? Mono.empty()
                        : next(tenant, question.after(page.getLast().seq())))
                .concatMapIterable(page -> page, 1);
    }

    private Mono<List<AuditRow>> next(TenantId tenant, AuditQuestion question) {
        return transaction
                .placedRead(client -> records.matching(client, tenant, question.atMost(PAGE)))
                .collectList();
    }
}
