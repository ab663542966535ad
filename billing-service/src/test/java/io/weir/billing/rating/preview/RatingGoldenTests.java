package io.weir.billing.rating.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rating.preview.RatePreview.Line;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Worked examples, each with the page that shows it or the word `derived`, and how it comes about.
class RatingGoldenTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    record Golden(String id, JsonNode node) {
        @Override
        public String toString() {
            return id + ": " + node.path("derivation").asString();
        }
    }

    static Stream<Golden> charges() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                RatingGoldenTests.class.getResourceAsStream("/golden/rating/charges.json"), "charges.json")) {
            return JSON.readTree(in)
                    .valueStream()
                    .map(node -> new Golden(node.path("id").asString(), node));
        }
    }

    @ParameterizedTest
    @MethodSource("charges")
    void aWorkedExampleComesOutAsItsSourceShows(Golden golden) {
        byte[] ask = golden.node().path("ask").toString().getBytes(StandardCharsets.UTF_8);
        RatePreview.Answer answer = RatePreview.read(JSON, ask).answer();
        assertThat(answer.amount()).isEqualTo(golden.node().path("amount").asString());
        JsonNode exact = golden.node().get("exact");
        if (exact != null) {
            assertThat(answer.exact()).isEqualTo(exact.asString());
        }
        assertThat(answer.lines().stream()
                        .map(Line::exact)
                        .map(BigDecimal::new)
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(answer.exact());
    }

    @Test
    void thereAreEightyExamplesAndMostHaveASource() throws IOException {
        List<Golden> all = charges().toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(80);
        assertThat(all).allSatisfy(golden -> {
            assertThat(golden.node().path("derivation").asString()).isNotBlank();
            assertThat(golden.node().path("source").asString()).matches("derived|https://.*");
        });
        assertThat(all)
                .filteredOn(golden -> golden.node().path("source").asString().startsWith("https"))
                .hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void aLineSaysWhichTierPricedIt() {
        String ask = """
            {"model": "volume", "currency": "USD", "quantity": "6", "tiers": [
              {"upTo": "5", "unitPrice": "7", "flatFee": "0", "rate": null},
              {"upTo": "10", "unitPrice": "6.50"}, {"upTo": null, "unitPrice": "6"}]}\
            """;
        RatePreview.Answer answer =
                RatePreview.read(JSON, ask.getBytes(StandardCharsets.UTF_8)).answer();
        assertThat(answer)
                .isEqualTo(new RatePreview.Answer("39.00", "39", "USD", List.of(new Line(2, "6", "39", "usage"))));
    }
}
