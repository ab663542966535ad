package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.route.Market.Offer;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/// Whatever is offered and wished, nobody serves whom the tenant or the request rules out.
class RouterPropertyTests {

    private static final List<String> MODELS = List.of("small", "medium", "large");
    private static final List<String> PLACES = Market.PROVIDERS.stream()
            .flatMap(provider -> MODELS.stream().map(model -> provider + "/" + model))
            .toList();

    /// Rules out whom it does not name, names, or finds too dear.
    ///
    /// @param prompt null: any price
    /// @param regions empty: anywhere
    record Wanted(
            List<String> only,
            List<String> ignore,
            @Nullable Integer prompt,
            @Nullable Integer completion,
            List<String> regions) {

        boolean allows(Offer offer) {
            return (only.isEmpty() || only.contains(offer.provider()) || only.contains(offer.place()))
                    && !ignore.contains(offer.provider())
                    && !ignore.contains(offer.place())
                    && (prompt == null || Integer.parseInt(offer.prompt()) <= prompt)
                    && (completion == null || Integer.parseInt(offer.completion()) <= completion)
                    && isWithin(offer.provider());
        }

        private boolean isWithin(String provider) {
            String region = Market.REGIONS.getOrDefault(provider, "nowhere");
            return regions.isEmpty()
                    || regions.stream().anyMatch(one -> region.equals(one) || region.startsWith(one + "-"));
        }

        /// One price is for both.
        Routing ofTenant() {
            BigDecimal most = prompt == null ? null : BigDecimal.valueOf(prompt);
            return new Routing(null, List.of(), only, ignore, null, most, regions);
        }

        String ofRequest(String rest) {
            return "\"provider\":{\"only\":" + json(only) + ",\"ignore\":" + json(ignore)
                    + ",\"max_price\":{\"prompt\":" + prompt + ",\"completion\":" + completion + "}"
                    + (regions.isEmpty() ? "" : ",\"region\":" + json(regions)) + rest + "},";
        }
    }

    private static String json(List<String> names) {
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"));
    }

    private static Arbitrary<List<String>> names(int most) {
        return Arbitraries.of(PLACES)
                .flatMap(place -> Arbitraries.of(place, place.substring(0, place.indexOf('/'))))
                .list()
                .ofMaxSize(most);
    }

    @Provide
    Arbitrary<Wanted> wanted() {
        return Combinators.combine(
                        names(4),
                        names(2),
                        Arbitraries.integers().between(0, 12).injectNull(0.5),
                        Arbitraries.integers().between(0, 12).injectNull(0.5),
                        Arbitraries.of("us", "eu", "eu-central-1", "eu-west-1", "e")
                                .list()
                                .ofMaxSize(2))
                .as(Wanted::new);
    }

    @Provide
    Arbitrary<List<Offer>> offers() {
        Arbitrary<Integer> prices = Arbitraries.integers().between(0, 12);
        return Combinators.combine(Arbitraries.of(PLACES), prices, prices)
                .as((place, prompt, completion) -> new Offer(
                        place.substring(0, place.indexOf('/')),
                        place.substring(place.indexOf('/') + 1),
                        Integer.toString(prompt),
                        Integer.toString(completion),
                        100_000))
                .list()
                .uniqueElements(Offer::place)
                .ofMinSize(1)
                .ofMaxSize(9);
    }

    @Provide
    Arbitrary<String> asked() {
        return Arbitraries.of(
                "\"model\":\"auto\",",
                "\"model\":\"small\",",
                "\"model\":\"medium\",\"models\":[\"small\",\"large\"],",
                "\"models\":[\"large\",\"small\"],",
                "\"model\":\"auto\",\"models\":[\"small\",\"medium\"],");
    }

    @Provide
    Arbitrary<String> preferred() {
        Arbitrary<String> sort = Arbitraries.of("null", "\"price\"", "\"latency\"", "\"throughput\"");
        return Combinators.combine(names(3), sort, Arbitraries.of("true", "false", "null"))
                .as((order, by, fallbacks) ->
                        ",\"order\":" + json(order) + ",\"sort\":" + by + ",\"allow_fallbacks\":" + fallbacks);
    }

    private static Optional<List<String>> served(List<Offer> offers, String fields, TenantSnapshot tenant) {
        try {
            return Optional.of(Market.places(new Market(offers).plan(fields, tenant)));
        } catch (PlatformException refused) {
            assertThat(refused.type().status()).isBetween(400, 499);
            assertThat(refused.param()).isNotNull();
            return Optional.empty();
        }
    }

    @Property(tries = 400)
    void nobodyServesWhomTheTenantOrTheRequestRulesOut(
            @ForAll("offers") List<Offer> offers,
            @ForAll("wanted") Wanted tenant,
            @ForAll("wanted") Wanted request,
            @ForAll("asked") String asked,
            @ForAll("preferred") String preferred) {
        Set<String> allowed = offers.stream()
                .filter(offer -> allows(tenant, offer) && request.allows(offer))
                .map(Offer::place)
                .collect(Collectors.toSet());
        String fields = asked + request.ofRequest(preferred);
        served(offers, fields, Market.tenant(tenant.ofTenant()))
                .ifPresent(places -> assertThat(places)
                        .isNotEmpty()
                        .doesNotHaveDuplicates()
                        .allSatisfy(place -> assertThat(allowed).contains(place)));
    }

    private static boolean allows(Wanted tenant, Offer offer) {
        return new Wanted(tenant.only, tenant.ignore, tenant.prompt, tenant.prompt, tenant.regions).allows(offer);
    }

    @Property(tries = 300)
    void aWishNarrowsAndNeverWidens(
            @ForAll("offers") List<Offer> offers,
            @ForAll("wanted") Wanted tenant,
            @ForAll("wanted") Wanted request,
            @ForAll("asked") String asked) {
        TenantSnapshot held = Market.tenant(tenant.ofTenant());
        Set<String> without = new HashSet<>(served(offers, asked, held).orElse(List.of()));
        List<String> with = served(offers, asked + request.ofRequest(""), held).orElse(List.of());
        assertThat(without).containsAll(with);
        if (request.equals(new Wanted(List.of(), List.of(), null, null, List.of()))) {
            assertThat(with).hasSameSizeAs(without);
        }
    }

    @Property(tries = 300)
    void theRequestsOrderIsKept(
            @ForAll("offers") List<Offer> offers,
            @ForAll("asked") String asked,
            @ForAll("preferred") String preferred) {
        List<String> order = names(preferred);
        served(offers, asked + "\"provider\":{\"require_parameters\":true" + preferred + "},", Market.tenant(null))
                .ifPresent(places -> {
                    List<Integer> ranks = places.stream()
                            .map(place -> rank(order, asked, place))
                            .toList();
                    assertThat(ranks).isSorted();
                });
    }

    private static List<String> names(String preferred) {
        String order = preferred.substring(preferred.indexOf('[') + 1, preferred.indexOf(']'));
        return List.of(order.replace("\"", "").split(","));
    }

    // The turn of a model that is named counts before the order of those who sell it.
    private static int rank(List<String> order, String asked, String place) {
        String provider = place.substring(0, place.indexOf('/'));
        int turn = asked.contains("auto") ? 0 : asked.indexOf('"' + place.substring(provider.length() + 1) + '"');
        int first = order.size();
        for (int i = order.size() - 1; i >= 0; i--) {
            first = order.get(i).equals(provider) || order.get(i).equals(place) ? i : first;
        }
        return turn * 100 + first;
    }
}
