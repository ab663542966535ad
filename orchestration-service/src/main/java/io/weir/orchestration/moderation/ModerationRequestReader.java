package io.weir.orchestration.moderation;

import io.weir.orchestration.dialect.RoutingReader;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Field;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a request. Unknown fields are ignored; what is wrong is a 400 naming the field.
final class ModerationRequestReader {

    private static final int MOST_INPUTS = 2_048;
    private static final String FORMS = "a string, an array of strings, or an array of text and image_url parts";

    private ModerationRequestReader() {}

    /// Throws a 400 [PlatformException] saying what is wrong and where.
    static ModerationRequest read(byte[] body) {
        Field root = new Field("", parsed(body));
        Field models = root.at("models");
        if (models.isPresent()) {
            throw models.invalid("it is not for moderations, whose scores differ by model. Name one 'model'");
        }
        Field input = root.at("input").required();
        int results = input.value().isString() ? one(input) : several(input);
        return new ModerationRequest(model(root.at("model")), input.value(), results, wishes(root), body.length);
    }

    private static JsonNode parsed(byte[] body) {
        try {
            JsonNode root = WireJson.readRequest(body);
            if (root.isObject()) {
                return root;
            }
            throw malformed("it is not a JSON object");
        } catch (JacksonException broken) {
            throw malformed(broken.getOriginalMessage());
        }
    }

    private static PlatformException malformed(@Nullable String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }

    private static @Nullable String model(Field model) {
        String name = model.textOrNull();
        if (name != null && name.isBlank()) {
            throw model.invalid("it is empty. Name a model of GET /v1/models, or leave it out");
        }
        return name;
    }

    private static int several(Field input) {
        if (!input.value().isArray()) {
            throw input.wrongType(FORMS);
        }
        List<Field> items = input.elements();
        if (items.isEmpty()) {
            throw empty(input);
        }
        if (items.size() > MOST_INPUTS) {
            throw input.invalid("it has more than " + MOST_INPUTS + " items. Send them in several requests");
        }
        boolean parts = items.getFirst().value().isObject();
        items.forEach(parts ? ModerationRequestReader::part : ModerationRequestReader::one);
        return parts ? 1 : items.size();
    }

    private static int one(Field text) {
        if (text.text().isEmpty()) {
            throw empty(text);
        }
        return 1;
    }

    private static void part(Field part) {
        if (!part.value().isObject()) {
            throw part.wrongType("a text or image_url part, as those before it");
        }
        Field type = part.at("type").required();
        switch (type.text()) {
            case "text" -> one(part.at("text").required());
            case "image_url" ->
                picture(part.at("image_url").required().object().at("url").required());
            default -> throw type.invalid("expected 'text' or 'image_url'");
        }
    }

    private static void picture(Field url) {
        String address = url.text();
        if (!address.startsWith("https://") && !address.startsWith("http://") && !address.startsWith("data:image/")) {
            throw url.invalid("expected an http(s) address, or a picture as data:image/...;base64,");
        }
    }

    private static PlatformException empty(Field input) {
        return input.invalid("it is empty. There is nothing to look at; leave it out");
    }

    private static RoutingWishes wishes(Field root) {
        Field provider = root.at("provider").object();
        RoutingReader routing = new RoutingReader();
        if (provider.isPresent()) {
            try (JsonParser json = JsonMapper.shared().treeAsTokens(provider.value())) {
                json.nextToken();
                routing.readProvider(json);
            }
        }
        return routing.wishes();
    }
}
