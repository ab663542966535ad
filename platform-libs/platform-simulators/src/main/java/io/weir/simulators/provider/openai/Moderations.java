package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.http.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/moderations`: each category's score is high where the text has one of its words, else next to none and
/// made
/// from the text alone. Pictures are never flagged. Free of charge, so that no tokens are counted.
final class Moderations {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DEFAULT_MODEL = "omni-moderation-latest";
    private static final double FLAGGED_FROM = 0.5;

    private static final List<Category> CATEGORIES = List.of(
            new Category("harassment", false, List.of("idiot", "loser")),
            new Category("harassment/threatening", false, List.of("i will find you")),
            new Category("hate", false, List.of("subhuman")),
            new Category("hate/threatening", false, List.of("exterminate them")),
            new Category("illicit", false, List.of("pick a lock", "shoplift")),
            new Category("illicit/violent", false, List.of("build a bomb")),
            new Category("self-harm", true, List.of("hurt myself")),
            new Category("self-harm/intent", true, List.of("want to hurt myself")),
            new Category("self-harm/instructions", true, List.of("how to hurt myself")),
            new Category("sexual", true, List.of("erotic")),
            new Category("sexual/minors", false, List.of()),
            new Category("violence", true, List.of("kill", "murder")),
            new Category("violence/graphic", true, List.of("dismember")));

    /// @param pictures whether it is looked for in pictures too
    private record Category(String name, boolean pictures, List<String> words) {

        double score(String text) {
            boolean found = words.stream().anyMatch(text::contains);
            int hash = (name + text).hashCode() & 0xFFFF;
            return found ? 0.9 + hash / 1e6 : hash / 1e9;
        }
    }

    private record Input(String text, boolean hasText, boolean hasPicture) {}

    private Moderations() {}

    /// Throws [OpenAiException] for what OpenAI refuses.
    static Reply answer(JsonNode body) {
        RequestFields fields = new RequestFields(body);
        OpenAiModel model = model(fields);
        ObjectNode answer = JSON.createObjectNode()
                .put("id", "modr-" + UUID.randomUUID().toString().replace("-", ""))
                .put("model", model.servedAs());
        ArrayNode results = answer.putArray("results");
        inputs(fields.any("input")).forEach(input -> write(input, results.addObject()));
        return Reply.uncounted(200, Map.of(), answer.toString());
    }

    private static OpenAiModel model(RequestFields fields) {
        JsonNode named = fields.any("model");
        if (!named.isMissingNode() && !named.isString()) {
            throw RequestFields.wrongType("model", "a string", named);
        }
        OpenAiModel model = OpenAiModels.named(named.asString(DEFAULT_MODEL));
        if (!model.moderates()) {
            throw OpenAiException.invalid(
                    "model", null, "Invalid value for 'model': " + model.id() + " is not a moderation model.");
        }
        return model;
    }

    private static List<Input> inputs(JsonNode input) {
        if (input.isMissingNode() || input.isNull()) {
            throw OpenAiException.invalid(
                    "input", "missing_required_parameter", "Missing required parameter: 'input'.");
        }
        if (input.isString()) {
            return List.of(text(input));
        }
        if (!input.isArray() || input.isEmpty()) {
            throw unreadable(input);
        }
        if (input.path(0).isObject()) {
            return List.of(together(input));
        }
        List<Input> inputs = new ArrayList<>();
        input.values().forEach(one -> inputs.add(text(one)));
        return inputs;
    }

    private static Input text(JsonNode text) {
        if (!text.isString()) {
            throw unreadable(text);
        }
        return new Input(text.stringValue().toLowerCase(Locale.ROOT), true, false);
    }

    private static Input together(JsonNode parts) {
        StringBuilder text = new StringBuilder();
        boolean hasText = false;
        boolean hasPicture = false;
        for (JsonNode part : parts.values()) {
            switch (part.path("type").asString("")) {
                case "text" -> {
                    text.append(text(part.path("text")).text()).append('\n');
                    hasText = true;
                }
                case "image_url" -> {
                    if (!part.at("/image_url/url").isString()) {
                        throw unreadable(part);
                    }
                    hasPicture = true;
                }
                default -> throw unreadable(part);
            }
        }
        return new Input(text.toString(), hasText, hasPicture);
    }

    private static OpenAiException unreadable(JsonNode input) {
        return RequestFields.wrongType("input", "a string, an array of strings or an array of parts", input);
    }

    private static void write(Input input, ObjectNode result) {
        result.put("flagged", CATEGORIES.stream().anyMatch(category -> category.score(input.text()) >= FLAGGED_FROM));
        ObjectNode categories = result.putObject("categories");
        ObjectNode scores = result.putObject("category_scores");
        ObjectNode types = result.putObject("category_applied_input_types");
        for (Category category : CATEGORIES) {
            double score = category.score(input.text());
            categories.put(category.name(), score >= FLAGGED_FROM);
            scores.put(category.name(), score);
            ArrayNode applied = types.putArray(category.name());
            if (input.hasText()) {
                applied.add("text");
            }
            if (input.hasPicture() && category.pictures()) {
                applied.add("image");
            }
        }
    }
}
