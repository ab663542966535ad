package io.weir.tenant.lifecycle;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param directory where archives of tenants are kept, shared by all processes of this service; null: `exports` in the
///     state directory
@ConfigurationProperties("weir.exports")
record ArchiveProperties(@Nullable Path directory) {}
