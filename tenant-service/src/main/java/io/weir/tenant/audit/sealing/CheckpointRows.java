package io.weir.tenant.audit.sealing;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The rows of checkpoints. Everything here runs in a transaction on the tenant's placed rows.
@Component
final class CheckpointRows {

    private static final String COLUMNS =
            "tenant_id, number, from_seq, to_seq, root, previous, sealed_at, kid, signature";

    Mono<Void> add(DatabaseClient client, Checkpoint checkpoint) {
        return client.sql("INSERT INTO audit_checkpoint (" + COLUMNS
                        + ") VALUES (:tenant, :number, :from, :to, :root, :previous, :at, :kid, :signature)")
                .bind("tenant", checkpoint.tenant().value())
                .bind("number", checkpoint.number())
                .bind("from", checkpoint.from())
                .bind("to", checkpoint.to())
                .bind("root", checkpoint.root())
                .bind("previous", checkpoint.previous())
                .bind("at", checkpoint.sealedAt())
                .bind("kid", checkpoint.kid())
                .bind("signature", checkpoint.signature())
                .then();
    }

    /// Empty where there is none.
    Mono<Checkpoint> last(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT " + COLUMNS
                        + " FROM audit_checkpoint WHERE tenant_id = :tenant ORDER BY number DESC LIMIT 1")
                .bind("tenant", tenant.value())
                .map(row -> checkpoint(row))
                .one();
    }

    /// Behind `number`, in order.
    Flux<Checkpoint> after(DatabaseClient client, TenantId tenant, long number, int most) {
        return client.sql(
                        "SELECT " + COLUMNS
                                + " FROM audit_checkpoint WHERE tenant_id = :tenant AND number > :number ORDER BY number LIMIT :most")
                .bind("tenant", tenant.value())
                .bind("number", number)
                .bind("most", most)
                .map(row -> checkpoint(row))
                .all();
    }

    private static Checkpoint checkpoint(Readable row) {
        return new Checkpoint(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "number", Long.class),
                Column.of(row, "from_seq", Long.class),
                Column.of(row, "to_seq", Long.class),
                Column.of(row, "root", String.class),
                Column.of(row, "previous", String.class),
                Column.of(row, "sealed_at", Instant.class),
                Column.of(row, "kid", String.class),
                Column.of(row, "signature", String.class));
    }
}
