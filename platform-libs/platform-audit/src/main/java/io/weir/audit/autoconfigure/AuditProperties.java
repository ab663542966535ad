package io.weir.audit.autoconfigure;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How a service records.
///
/// @param journalDirectory of a service without a database: a directory of this process alone; null:
///     `audit` in the state directory
/// @param journalSize what the journal may hold while the broker is away; then privileged actions are
///     refused
@ConfigurationProperties("weir.audit")
record AuditProperties(
        @Nullable Path journalDirectory,
        @DefaultValue("64MB") DataSize journalSize) {

    AuditProperties {
        if (journalSize.toBytes() < DataSize.ofMegabytes(1).toBytes()) {
            throw new IllegalArgumentException("weir.audit.journal-size: " + journalSize + " (expected: >= 1MB)");
        }
    }
}
