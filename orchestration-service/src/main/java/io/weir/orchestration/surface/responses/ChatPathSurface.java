package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.ChatSurface;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.problem.PlatformException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// `POST /v1/chat/completions`, where some clients also send bodies of the Responses API. Those have `input` and no
/// `messages`, and are answered in that API's form.
public final class ChatPathSurface implements Surface {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(WireJson.REQUESTS)
                    .build())
            .build();

    private final Surface chats = new ChatSurface();
    private final Surface responses;

    public ChatPathSurface(Surface responses) {
        this.responses = responses;
    }

    @Override
    public SurfaceRequest read(byte[] body) {
        try {
            return chats.read(body);
        } catch (PlatformException refused) {
            // Only then, so that a chat costs nothing more.
            if (isForResponses(body)) {
                return responses.read(body);
            }
            throw refused;
        }
    }

    private static boolean isForResponses(byte[] body) {
        boolean input = false;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                if (json.currentName().equals("messages")) {
                    return false;
                }
                input |= json.currentName().equals("input");
                json.nextToken();
                json.skipChildren();
            }
        } catch (JacksonException noJson) {
            return false;
        }
        return input;
    }
}
