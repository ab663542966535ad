package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.route.Market.Offer;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class OwnCandidatesPropertyTests {

    private static final List<Offer> OFFERS = List.of(
            new Offer("openai", "small", "1", "2", 128_000),
            new Offer("azure", "small", "1", "2", 128_000),
            new Offer("anthropic", "medium", "3", "6", 200_000),
            new Offer("openai", "large", "5", "10", 128_000),
            new Offer("azure", "large", "5", "9", 128_000));
    private static final List<String> REQUESTS = List.of(
            "\"model\":\"auto\",",
            "\"model\":\"small\",",
            "\"model\":\"large\",",
            "\"model\":\"house\",",
            "\"model\":\"medium\",",
            "\"models\":[\"large\",\"small\"],",
            "\"model\":\"small\",\"provider\":{\"order\":[\"azure\"]},",
            "\"model\":\"auto\",\"provider\":{\"ignore\":[\"openai\"]},");

    private static final List<List<String>> REGIONS = List.of(
            List.of(),
            List.of("eu"),
            List.of("us"),
            List.of("eu-central-1", "us"),
            List.of("eu-west-1"),
            List.of("ap"));

    // Also records that lie under a place that is not their own, as no owner would sign them.
    private static Map<String, ProviderKeySnapshot> keys(Random random, List<TenantId> tenants) {
        Map<String, ProviderKeySnapshot> keys = new HashMap<>();
        for (TenantId tenant : tenants) {
            for (String provider : Market.PROVIDERS) {
                boolean misplaced = random.nextInt(8) == 0;
                TenantId owner = misplaced ? tenants.get(random.nextInt(tenants.size())) : tenant;
                if (random.nextBoolean()) {
                    keys.put(
                            ProviderKeySnapshot.key(tenant, provider),
                            new ProviderKeySnapshot(
                                    owner,
                                    provider,
                                    UUID.randomUUID().toString(),
                                    "AAAA",
                                    random.nextBoolean() ? null : "https://own.example.com/v1",
                                    random.nextBoolean() ? Fallback.NONE : Fallback.PLATFORM,
                                    1));
                }
            }
        }
        return keys;
    }

    private static TenantSnapshot with(TenantId id) {
        return with(id, List.of());
    }

    private static TenantSnapshot with(TenantId id, List<String> regions) {
        TenantSnapshot some = Market.tenant(Routing.NONE.within(regions));
        return new TenantSnapshot(
                id,
                some.slug(),
                some.status(),
                some.plan(),
                some.placement(),
                some.region(),
                some.timeZone(),
                some.currency(),
                some.maxMonthlySpend(),
                some.settings(),
                some.version(),
                some.createdAt());
    }

    @Property(tries = 400)
    void noPlanEverLeavesTheRegionsThatTenantAndRequestAllow(@ForAll long seed) {
        Random random = new Random(seed);
        TenantId tenant = new TenantId(new UUID(1, random.nextLong()));
        Map<String, ProviderKeySnapshot> keys = keys(random, List.of(tenant));
        Market market = new Market(OFFERS, place -> Optional.ofNullable(keys.get(place)));
        List<String> ofTenant = REGIONS.get(random.nextInt(REGIONS.size()));
        List<String> ofRequest = REGIONS.get(random.nextInt(REGIONS.size()));
        String words = ofRequest.stream().map(one -> '"' + one + '"').collect(Collectors.joining(",", "[", "]"));
        String request = REQUESTS.get(random.nextInt(5))
                + (ofRequest.isEmpty() ? "" : "\"provider\":{\"region\":" + words + "},");
        try {
            Plan plan = market.plan(request, with(tenant, ofTenant));
            assertThat(plan.candidates()).isNotEmpty();
            for (Plan each : List.of(plan, plan.ofBatch())) {
                for (Candidate candidate : each.candidates()) {
                    Provider provider = candidate.route().provider();
                    boolean elsewhere = !provider.baseUrl().startsWith("http://");
                    String region = elsewhere ? "" : Market.REGIONS.getOrDefault(provider.name(), "");
                    for (List<String> limit : List.of(ofTenant, ofRequest)) {
                        assertThat(limit.isEmpty()
                                        || limit.stream()
                                                .anyMatch(one -> region.equals(one) || region.startsWith(one + "-")))
                                .as(region + " of " + provider + " in " + limit)
                                .isTrue();
                    }
                }
            }
        } catch (PlatformException refused) {
            boolean widened = !ofRequest.isEmpty();
            assertThat(refused.type().status()).isIn(400, 403);
            assertThat(refused.getMessage()).contains(widened ? "." : "routing.regions");
            assertThat(ofTenant.isEmpty() && ofRequest.isEmpty()).isFalse();
        }
    }

    @Property(tries = 300)
    void noPlanEverHasAnotherTenantsAccountNorThePlatformsWhereThatIsNotAllowed(@ForAll long seed) {
        Random random = new Random(seed);
        List<TenantId> tenants = List.of(
                new TenantId(new UUID(1, random.nextLong())),
                new TenantId(new UUID(2, random.nextLong())),
                new TenantId(new UUID(3, random.nextLong())));
        Map<String, ProviderKeySnapshot> keys = keys(random, tenants);
        Market market = new Market(OFFERS, place -> Optional.ofNullable(keys.get(place)));
        Market without = new Market(OFFERS);
        String request = REQUESTS.get(random.nextInt(REQUESTS.size()));
        for (TenantId tenant : tenants) {
            Plan plan = market.plan(request, with(tenant));
            for (Candidate candidate : plan.candidates()) {
                Provider provider = candidate.route().provider();
                Optional<ProviderKeySnapshot> own = Optional.ofNullable(
                                keys.get(ProviderKeySnapshot.key(tenant, provider.name())))
                        .filter(key -> key.tenantId().equals(tenant));
                if (provider.account().isTenants()) {
                    assertThat(own.map(ProviderKeySnapshot::keyId))
                            .contains(provider.account().id());
                    assertThat(provider.owner()).isEqualTo(tenant);
                    assertThat(candidate.ceiling().of(1_000).isZero()).isTrue();
                } else {
                    assertThat(own.map(ProviderKeySnapshot::fallback)).isNotEqualTo(Optional.of(Fallback.NONE));
                    assertThat(candidate.ceiling().of(1_000).isZero()).isFalse();
                }
            }
            // Whom the call goes to, and in which order, is as without any key.
            assertThat(Market.places(plan).stream().distinct().toList())
                    .isEqualTo(Market.places(without.plan(request, with(tenant))));
        }
    }
}
