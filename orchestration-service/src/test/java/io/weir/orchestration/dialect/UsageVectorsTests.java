package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.UsageVectors.Vector;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class UsageVectorsTests {

    // Counted beside the tokens, not among them.
    private static final Set<String> NO_TOKENS = Set.of("num_sources_used");

    static Stream<Vector> vectors() {
        return UsageVectors.all();
    }

    static Stream<Vector> credible() {
        return vectors().filter(vector -> !vector.json().has("doubt"));
    }

    static Stream<Vector> doubtful() {
        return vectors().filter(vector -> vector.json().has("doubt"));
    }

    @Test
    void eachKindOfAnswerHasItsVectors() {
        assertThat(vectors()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(vectors().map(vector -> vector.text("form")).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "chat", "responses", "embeddings", "messages", "generateContent", "batchEmbedContents");
        assertThat(vectors().map(Vector::toString)).doesNotHaveDuplicates();
        assertThat(vectors().map(vector -> vector.text("derivation")))
                .allSatisfy(text -> assertThat(text).hasSizeGreaterThan(10));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("credible")
    void whatAProviderSaysIsInBucketsThatCostExactlySoMuch(Vector vector) {
        ReportedUsage told = vector.read();
        assertThat(told.doubt()).isNull();
        assertThat(told.buckets()).as(vector.text("derivation")).isEqualTo(vector.buckets());
        assertThat(told.unmapped()).isEqualTo(vector.unmapped());
        assertThat(told.tier()).isEqualTo(vector.json().path("tier").asString(ReportedUsage.STANDARD));
        assertThat(told.raw()).isEqualTo(vector.usage());
        if (told.unmapped().isEmpty()) {
            costs(vector, told);
        } else {
            assertThat(vector.json().path("cost").isNull()).isTrue();
        }
    }

    private static void costs(Vector vector, ReportedUsage told) {
        PriceList prices = UsageVectors.prices();
        Priced priced =
                prices.price(prices.model(vector.model()).orElseThrow(), told.buckets(), told.tier(), UsageVectors.AT);
        switch (priced) {
            case Priced.Complete complete ->
                assertThat(complete.cost()).as(vector.text("derivation")).isEqualTo(Amount.of(vector.text("cost")));
            case Priced.Unpriced(Set<Meter> meters) ->
                assertThat(meters.stream().map(Meter::wireName))
                        .containsExactlyInAnyOrderElementsOf(vector.json()
                                .path("missing")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList());
        }
        assertThat(priced instanceof Priced.Complete)
                .isEqualTo(!vector.json().path("cost").isNull());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("credible")
    void bucketsAndWhatHasNoMeterAddUpToTheProvidersTotal(Vector vector) {
        JsonNode usage = vector.usage();
        JsonNode total = usage.has("total_tokens") ? usage.path("total_tokens") : usage.path("totalTokenCount");
        if (total.isMissingNode()) {
            return;
        }
        ReportedUsage told = vector.read();
        long unmapped = told.unmapped().entrySet().stream()
                .filter(entry -> !NO_TOKENS.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(told.buckets().input() + told.buckets().output() + unmapped).isEqualTo(total.asLong());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("doubtful")
    void whatCannotBeHasNoBucketsAndSaysWhy(Vector vector) {
        ReportedUsage told = vector.read();
        assertThat(told.isCredible()).isFalse();
        assertThat(told.doubt()).startsWith(vector.text("doubt"));
        assertThat(told.buckets()).isEqualTo(Quantities.NONE);
        assertThat(told.raw()).isEqualTo(vector.usage());
    }
}
