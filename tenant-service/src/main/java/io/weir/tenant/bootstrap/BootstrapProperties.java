package io.weir.tenant.bootstrap;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param adminKeyFile file with a whole API key that becomes a platform admin's; null: none is imported
@ConfigurationProperties("weir.bootstrap")
record BootstrapProperties(@Nullable Path adminKeyFile) {}
