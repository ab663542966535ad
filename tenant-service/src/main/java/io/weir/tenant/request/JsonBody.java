package io.weir.tenant.request;

import io.weir.problem.PlatformException;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A request's body as a JSON object. Numbers keep their decimal digits; a key that stands twice is refused.
public final class JsonBody {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /// Fails with a 400 when there is no JSON object.
    public static Mono<ObjectNode> read(ServerRequest request) {
        return request.bodyToMono(byte[].class).defaultIfEmpty(new byte[0]).map(JsonBody::parse);
    }

    /// As [#read], where no body at all is as good as an empty object.
    public static Mono<ObjectNode> readOrEmpty(ServerRequest request) {
        return request.bodyToMono(byte[].class)
                .filter(bytes -> bytes.length > 0)
                .map(JsonBody::parse)
                .switchIfEmpty(Mono.fromSupplier(JSON::createObjectNode));
    }

    /// For JSON of our own, for example from the database. Throws as [#read] fails.
    public static ObjectNode parse(String json) {
        return parse(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static ObjectNode parse(byte[] bytes) {
        if (bytes.length == 0) {
            throw PlatformException.invalid("body", "The body is empty. Send a JSON object.");
        }
        JsonNode tree;
        try {
            tree = JSON.readTree(bytes);
        } catch (JacksonException malformed) {
            String place = malformed.getLocation() == null
                    ? ""
                    : " (line " + malformed.getLocation().getLineNr() + ", column "
                            + malformed.getLocation().getColumnNr() + ")";
            throw PlatformException.invalid("body", "The body is not valid JSON" + place + ".");
        } catch (NumberFormatException tooLong) {
            // An exponent of more than nine digits: the parser takes it, the number's type does not.
            throw PlatformException.invalid("body", "The body has a number that is too large or too small to be kept.");
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw PlatformException.invalid("body", "The body is not a JSON object.");
    }
}
