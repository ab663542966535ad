package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.cache.AnswerCache.Lookup;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Cache;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CacheRetentionTests {

    private static final int WEEK_SECONDS = 7 * 24 * 3_600;
    private static final Cache FOR_A_WEEK = new Cache(true, true, true, WEEK_SECONDS, null);

    @Test
    void aTenantOfWhichNothingMayBeKeptHasNoCache() {
        assertThat(lookup(0)).isEmpty();
    }

    @Test
    void noAnswerIsKeptLongerThanItsTenantAllows() {
        assertThat(lookup(1)).map(Lookup::ttl).contains(Duration.ofDays(1));
        assertThat(lookup(30)).map(Lookup::ttl).contains(Duration.ofDays(7));
        assertThat(lookup(null)).map(Lookup::ttl).contains(Duration.ofDays(7));
    }

    private static Optional<Lookup> lookup(@Nullable Integer retentionDays) {
        TenantSettings settings = new TenantSettings(
                new Models(List.of(), null, null, null), null, List.of(), null, null, null, FOR_A_WEEK, retentionDays);
        TenantSnapshot tenant = AnswerKeyPropertyTests.tenant(new TenantId(UUID.randomUUID()), FOR_A_WEEK)
                .with(settings);
        byte[] chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}".getBytes(StandardCharsets.UTF_8);
        return AnswerKeyPropertyTests.inMemory().lookup(tenant, chat, null, List.of("model"));
    }
}
