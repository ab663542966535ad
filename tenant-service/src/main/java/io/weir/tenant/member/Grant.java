package io.weir.tenant.member;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.security.Role;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.snapshots.catalog.MemberSnapshot.Status;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Publication;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a member may do.
///
/// @param issuer null: any that the gateway takes
/// @param subject null: known by its e-mail address
/// @param version rises with every change
record Grant(
        TenantId tenant,
        UUID memberId,
        @Nullable String issuer,
        @Nullable String subject,
        String emailHash,
        Role role,
        Status status,
        long version,
        Instant createdAt) {

    static final String COLUMNS =
            "tenant_id, member_id, issuer, subject, email_hash, role, status, version, created_at";

    static Grant of(Readable row) {
        return new Grant(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "member_id", UUID.class),
                row.get("issuer", String.class),
                row.get("subject", String.class),
                Column.of(row, "email_hash", String.class),
                Role.of(Column.of(row, "role", String.class)),
                Status.valueOf(Column.of(row, "status", String.class).toUpperCase(Locale.ROOT)),
                Column.of(row, "version", Long.class),
                Column.of(row, "created_at", Instant.class));
    }

    boolean isActive() {
        return status == Status.ACTIVE;
    }

    Publication publication() {
        MemberSnapshot snapshot = new MemberSnapshot(
                memberId.toString(),
                tenant,
                issuer,
                subject,
                subject == null ? emailHash : null,
                role,
                status,
                version);
        return Publication.of(tenant, SnapshotTopic.MEMBERS, memberId.toString(), version, snapshot);
    }
}
