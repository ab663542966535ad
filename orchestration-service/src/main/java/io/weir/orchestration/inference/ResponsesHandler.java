package io.weir.orchestration.inference;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.responses.Memories;
import io.weir.orchestration.surface.responses.ResponsesSurface;
import io.weir.security.webflux.Access;
import java.time.Clock;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// Responses, which may go on with what was stored and be stored.
final class ResponsesHandler {

    private static final String PREVIOUS = "previous_response_id";
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(WireJson.REQUESTS)
                    .build())
            .build();

    private final ChatHandler chat;
    private final Admission admission;
    private final Memories stored;
    private final Clock clock;

    ResponsesHandler(ChatHandler chat, Admission admission, Memories stored, Clock clock) {
        this.chat = chat;
        this.admission = admission;
        this.stored = stored;
        this.clock = clock;
    }

    Mono<ServerResponse> create(ServerRequest request) {
        return chat.completeBy(request, body -> surface(request, body));
    }

    private Mono<Surface> surface(ServerRequest request, byte[] body) {
        return LargeBodies.read(body, () -> previous(body))
                .flatMap(previous -> stored.memory(admission.tenant(Access.passport(request)), previous))
                .map(memory -> new ResponsesSurface(clock, memory));
    }

    // A body that cannot be read is refused where it is read as a whole.
    private static Optional<String> previous(byte[] body) {
        Optional<String> found = Optional.empty();
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean named = json.currentName().equals(PREVIOUS);
                JsonToken value = json.nextToken();
                if (named && value == JsonToken.VALUE_STRING) {
                    found = Optional.of(json.getString());
                }
                json.skipChildren();
            }
        } catch (JacksonException unreadable) {
            return Optional.empty();
        }
        return found;
    }
}
