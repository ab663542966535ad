package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.cache.AnswerCache.Hit;
import io.weir.orchestration.cache.AnswerCache.Lookup;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Cache;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

class AnswerKeyPropertyTests {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<String> HERE = List.of("model");

    static CacheProperties properties(String... settings) {
        Map<String, String> stated = new LinkedHashMap<>();
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            stated.put("weir.cache." + parts[0], parts[1]);
        }
        return new Binder(new MapConfigurationPropertySource(stated)).bindOrCreate("weir.cache", CacheProperties.class);
    }

    static AnswerCache inMemory() {
        CacheProperties properties = properties();
        return new AnswerCache(
                new MemoryAnswers(properties.near(), properties.candidates()),
                new Likeness(new LexicalEmbedder()),
                properties,
                new CacheMeters(new SimpleMeterRegistry()));
    }

    static TenantSnapshot tenant(TenantId id, Cache cache) {
        return new TenantSnapshot(
                id,
                new TenantSlug("acme"),
                TenantStatus.ACTIVE,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                TenantSettings.DEFAULTS.with(cache),
                1,
                Instant.EPOCH);
    }

    static Payer payer() {
        return new Payer(
                tenant(new TenantId(new UUID(1, 2)), new Cache(true, true, true, null, null)), "key", null, Tags.NONE);
    }

    static CachedAnswer answer(String text, Duration ttl) {
        Instant now = Instant.now();
        String body = "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                + "\"},\"finish_reason\":\"stop\"}]}";
        return new CachedAnswer(
                body.getBytes(StandardCharsets.UTF_8),
                "openai",
                "gpt-4o-mini",
                "explicit",
                Amount.of("0.01"),
                "gpt-4o",
                Amount.of("0.05"),
                now,
                now.plus(ttl));
    }

    private static Map<String, Object> request(Random random, String prompt) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", "m" + random.nextInt(3));
        fields.put("temperature", 0);
        if (random.nextBoolean()) {
            fields.put("seed", random.nextInt(5));
        }
        if (random.nextBoolean()) {
            fields.put("max_tokens", random.nextInt(1_000));
        }
        List<Map<String, String>> messages = new ArrayList<>();
        if (random.nextBoolean()) {
            messages.add(Map.of("role", "system", "content", "Be brief."));
        }
        messages.add(Map.of("role", "user", "content", prompt));
        fields.put("messages", messages);
        return fields;
    }

    private static byte[] shuffled(Map<String, Object> fields, Random random) {
        List<Map.Entry<String, Object>> entries = new ArrayList<>(fields.entrySet());
        Collections.shuffle(entries, random);
        Map<String, Object> mixed = new LinkedHashMap<>();
        entries.forEach(entry -> mixed.put(entry.getKey(), entry.getValue()));
        return JsonMapper.shared().writeValueAsBytes(mixed);
    }

    private static @Nullable Hit find(AnswerCache cache, Lookup lookup) {
        return cache.find(lookup, payer()).block(PATIENCE);
    }

    @Property(tries = 300)
    void tenantsNeverShareAnEntryWhateverTheyAsk(@ForAll long seed, @ForAll String prompt) {
        Random random = new Random(seed);
        AnswerCache cache = inMemory();
        Cache terms = new Cache(true, true, true, null, 0.0);
        TenantSnapshot one = tenant(new TenantId(new UUID(random.nextLong(), random.nextLong())), terms);
        TenantSnapshot other = tenant(new TenantId(new UUID(random.nextLong(), random.nextLong())), terms);
        byte[] body = shuffled(request(random, prompt), random);
        Lookup own = cache.lookup(one, body, null, HERE).orElseThrow();
        Lookup foreign = cache.lookup(other, body, null, HERE).orElseThrow();
        assertThat(own.key()).isNotEqualTo(foreign.key());
        assertThat(own.key().name())
                .contains("{" + one.tenantId() + "}")
                .isNotEqualTo(foreign.key().name());
        assertThat(own.frame()).isNotEqualTo(foreign.frame());
        cache.keep(own, answer("of one", Duration.ofHours(1)));
        assertThat(find(cache, own)).isNotNull();
        assertThat(find(cache, foreign)).isNull();
    }

    @Property(tries = 300)
    void theOrderOfFieldsAndWhoAsksDoNotCountAndAllElseDoes(@ForAll long seed) {
        Random random = new Random(seed);
        AnswerCache cache = inMemory();
        TenantSnapshot tenant = tenant(new TenantId(new UUID(1, 2)), new Cache(true, false, false, null, null));
        Map<String, Object> fields = request(random, "Name a river");
        Lookup first =
                cache.lookup(tenant, shuffled(fields, random), null, HERE).orElseThrow();
        Map<String, Object> asOther = new LinkedHashMap<>(fields);
        asOther.put("user", "u" + random.nextInt());
        asOther.put("stream", random.nextBoolean());
        asOther.put("metadata", Map.of("k", "v"));
        assertThat(cache.lookup(tenant, shuffled(asOther, random), null, HERE)
                        .orElseThrow()
                        .key())
                .isEqualTo(first.key());
        String changed =
                List.of("model", "stop", "tools", "response_format", "n").get(random.nextInt(5));
        Map<String, Object> different = new LinkedHashMap<>(fields);
        different.put(changed, "x");
        assertThat(cache.lookup(tenant, shuffled(different, random), null, HERE)
                        .orElseThrow()
                        .key())
                .isNotEqualTo(first.key());
        assertThat(cache.lookup(tenant, shuffled(fields, random), null, List.of("other"))
                        .orElseThrow()
                        .key())
                .isNotEqualTo(first.key());
    }
}
