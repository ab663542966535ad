package io.weir.orchestration.dialect;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import io.weir.orchestration.dialect.gemini.GeminiUsage;
import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The vectors of `golden/usage/vectors.json`: what a provider says, its buckets, and their exact cost, with
/// how each was worked out by hand.
final class UsageVectors {

    static final Instant AT = Instant.parse("2026-11-01T00:00:00Z");

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final AnswerIdentity IDENTITY = new AnswerIdentity("id", "model", 7);
    private static final JsonNode FILE = file();
    private static final PriceBookSnapshot BOOK = book();

    private UsageVectors() {}

    /// One of them.
    record Vector(JsonNode json) {

        String model() {
            return json.path("model").asString("");
        }

        String text(String field) {
            return json.path(field).asString("");
        }

        JsonNode usage() {
            return json.path("usage");
        }

        Quantities buckets() {
            Map<Meter, Long> buckets = new EnumMap<>(Meter.class);
            json.path("buckets").forEachEntry((meter, count) -> buckets.put(Meter.of(meter), count.asLong()));
            return new Quantities(buckets);
        }

        Map<String, Long> unmapped() {
            Map<String, Long> unmapped = new TreeMap<>();
            json.path("unmapped").forEachEntry((name, count) -> unmapped.put(name, count.asLong()));
            return unmapped;
        }

        /// As the provider's dialect reads it out of a whole answer.
        ReportedUsage read() {
            Optional<ReportedUsage> read = switch (text("form")) {
                case "chat" -> answer(new OpenAiDialect(), chat());
                case "responses", "embeddings" -> OpenAiUsage.read(usage());
                case "messages" -> answer(new AnthropicDialect(), message());
                case "generateContent" -> answer(new GeminiDialect(), content());
                case "batchEmbedContents" -> GeminiUsage.read(usage(), true);
                default -> throw new IllegalArgumentException(text("form"));
            };
            ReportedUsage told = read.orElseThrow();
            Model model = prices().model(model()).orElseThrow();
            boolean texts = model.mode().equals("embedding");
            // An answer of a batch does not say so itself, but Anthropic's does.
            ReportedUsage served = text("tier").equals("batch") ? told.in("batch") : told;
            return texts ? served : served.within(10 * model.contextWindow());
        }

        private ObjectNode chat() {
            ObjectNode body = JSON.createObjectNode().put("id", "chatcmpl-1").put("object", "chat.completion");
            ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
            choice.putObject("message").put("role", "assistant").put("content", "Yes");
            choice.put("finish_reason", "stop");
            body.set("usage", usage());
            if (json.has("served")) {
                body.put("service_tier", text("served"));
            }
            return body;
        }

        private ObjectNode message() {
            ObjectNode body = JSON.createObjectNode().put("type", "message").put("id", "msg_1");
            body.putArray("content").addObject().put("type", "text").put("text", "Yes");
            body.put("stop_reason", "end_turn").set("usage", usage());
            return body;
        }

        private ObjectNode content() {
            ObjectNode body = JSON.createObjectNode();
            ObjectNode candidate = body.putArray("candidates").addObject();
            candidate.putObject("content").putArray("parts").addObject().put("text", "Yes");
            candidate.put("finishReason", "STOP");
            body.set("usageMetadata", usage());
            return body;
        }

        private static Optional<ReportedUsage> answer(ProviderDialect dialect, ObjectNode body) {
            return dialect.answer(JSON.writeValueAsBytes(body), IDENTITY)
                    .orElseThrow()
                    .usage();
        }

        @Override
        public String toString() {
            return text("name");
        }
    }

    static Stream<Vector> all() {
        return FILE.path("vectors").valueStream().map(Vector::new);
    }

    static PriceList prices() {
        return new PriceList(BOOK);
    }

    private static JsonNode file() {
        try (InputStream in =
                Objects.requireNonNull(UsageVectors.class.getResourceAsStream("/golden/usage/vectors.json"))) {
            return JSON.readTree(in.readAllBytes());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static PriceBookSnapshot book() {
        List<Model> models = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        FILE.path("prices").forEachEntry((name, entry) -> {
            String provider = entry.path("provider").asString();
            long window = entry.path("contextWindow").asLong();
            models.add(new Model(provider, name, entry.path("mode").asString(), window, Math.min(window, 65_536), 0));
            for (JsonNode row : entry.path("rows").values()) {
                rules.addAll(rules(provider, name, row, row.path("perMillion"), Rate::perMillion));
                rules.addAll(rules(provider, name, row, row.path("perUnit"), Rate::of));
            }
        });
        return new PriceBookSnapshot("list", "test", LocalDate.of(2026, 9, 12), models, rules, 1);
    }

    private static List<Rule> rules(
            String provider, String model, JsonNode row, JsonNode rates, Function<String, Rate> reading) {
        List<Rule> rules = new ArrayList<>();
        String tier = row.path("tier").asString();
        long over = row.path("over").asLong();
        rates.forEachEntry((meter, rate) -> rules.add(new Rule(
                model + "/" + meter + "/" + tier + "/" + over,
                provider,
                model,
                Meter.of(meter),
                reading.apply(rate.asString()),
                tier,
                over,
                Instant.EPOCH,
                null)));
        return rules;
    }
}
