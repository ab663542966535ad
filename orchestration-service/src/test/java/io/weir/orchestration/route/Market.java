package io.weir.orchestration.route;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.forecast.AnswerLengths;
import io.weir.orchestration.ownkey.OwnKeys;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.Providers;
import io.weir.orchestration.provider.UpstreamProperties;
import io.weir.orchestration.task.Complexity;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// A router over offers of its own: of three providers, two of which sell the same models.
final class Market {

    static final List<String> PROVIDERS = List.of("openai", "azure", "anthropic");

    /// Where they process prompts; of anthropic nobody states it.
    static final Map<String, String> REGIONS = Map.of("openai", "us", "azure", "eu-central-1");

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
    private static final Tokenizer TOKENIZER = new Tokenizer();
    private static final Providers KNOWN = providers(Map.of(
            "weir.providers.openai.base-url", "http://openai/v1",
            "weir.providers.openai.region", "us",
            "weir.providers.azure.base-url", "http://azure/v1",
            "weir.providers.azure.region", "eu-central-1",
            "weir.providers.azure.dialect", "openai",
            "weir.providers.anthropic.base-url", "http://anthropic"));
    private static final UpstreamProperties UPSTREAM = new UpstreamProperties(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            ClientGone.CANCEL,
            Duration.ofSeconds(1),
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            1);
    private static final BaseUrlRules RULES = new BaseUrlRules(Set.of(443), true);
    private static final ProviderCalls CALLS = new ProviderCalls(UPSTREAM, RULES, new SimpleMeterRegistry());

    /// @param prompt in US dollars per million tokens
    record Offer(String provider, String model, String prompt, String completion, long window) {

        String place() {
            return provider + "/" + model;
        }
    }

    private final ModelCatalog catalog = new ModelCatalog(KNOWN, CLOCK);
    private final ObservedSpeeds speeds = new ObservedSpeeds();
    private final Router router;

    Market(List<Offer> offers) {
        this(offers, key -> Optional.empty());
    }

    /// @param keys that tenants brought
    Market(List<Offer> offers, Function<String, Optional<ProviderKeySnapshot>> keys) {
        OwnCandidates own = new OwnCandidates(new OwnKeys(keys, null, RULES, new SimpleMeterRegistry()));
        // Each in a book of its own, since a book knows a model once.
        for (int i = 0; i < offers.size(); i++) {
            String id = String.format("b%03d", i);
            catalog.follow(id, book(id, offers.get(i)));
        }
        Fitting fitting = new Fitting(plan -> Optional.empty(), CLOCK);
        RoutingProperties routing = new RoutingProperties(
                Map.of(Complexity.SIMPLE, List.of("small", "medium"), Complexity.STANDARD, List.of("medium", "large")),
                5,
                Duration.ofMinutes(5),
                Map.of("house", Map.of("small", 1, "medium", 1, "large", 0)));
        AutoRouting auto = new AutoRouting(fitting, CALLS, new AnswerLengths(), speeds, TOKENIZER, routing, own);
        this.router = new Router(catalog, fitting, auto, own, TOKENIZER, new Splits(routing.byName()));
    }

    private static Providers providers(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        return Providers.of(environment);
    }

    private static PriceBookSnapshot book(String id, Offer offer) {
        int longest = offer.window() > 100_000 ? 16_384 : 4_096;
        Model model = new Model(offer.provider(), offer.model(), "chat", offer.window(), longest, 0);
        return new PriceBookSnapshot(
                id,
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(model),
                List.of(
                        rule(offer, Meter.TEXT_IN, offer.prompt()),
                        rule(offer, Meter.CACHE_WRITE_5M, "9999"),
                        rule(offer, Meter.TEXT_OUT, offer.completion())),
                1);
    }

    private static Rule rule(Offer offer, Meter meter, String perMillion) {
        return new Rule(
                offer.place() + "/" + meter.wireName(),
                offer.provider(),
                offer.model(),
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }

    Router router() {
        return router;
    }

    ModelCatalog catalog() {
        return catalog;
    }

    ObservedSpeeds speeds() {
        return speeds;
    }

    static TenantSnapshot tenant(@Nullable Routing routing) {
        return new TenantSnapshot(
                new TenantId(UUID.fromString("0198f3a2-7c11-7a40-9b1e-5d2f8c6a1e01")),
                new TenantSlug("acme"),
                TenantStatus.ACTIVE,
                "starter",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                new TenantSettings(new Models(List.of(), null, null, null), routing),
                1,
                Instant.EPOCH);
    }

    /// @param fields of the request besides its message, for example `"model":"auto",`
    Plan plan(String fields, TenantSnapshot tenant) {
        return plan(fields, "Classify this.", tenant);
    }

    Plan plan(String fields, String prompt, TenantSnapshot tenant) {
        return plan(fields, prompt, tenant, "0199");
    }

    Plan plan(String fields, String prompt, TenantSnapshot tenant, String requestId) {
        String body = "{" + fields + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
        return router.plan(ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8)), tenant, false, requestId)
                .blockOptional(Duration.ofSeconds(60))
                .orElseThrow();
    }

    /// Of the candidates, for example `openai/small`.
    static List<String> places(Plan plan) {
        return plan.candidates().stream()
                .map(Candidate::route)
                .map(route -> route.provider().name() + "/" + route.model().model())
                .toList();
    }
}
