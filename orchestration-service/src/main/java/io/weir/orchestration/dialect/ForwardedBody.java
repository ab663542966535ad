package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.ChatRequest.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A request's bytes for the provider: as received, except for the model, the output limit where the client gave none,
/// and the demand for usage.
public final class ForwardedBody {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String WITH_USAGE = "{\"include_usage\":true}";

    private final ChatRequest request;
    private final List<Edit> edits = new ArrayList<>();
    private final StringBuilder inserted = new StringBuilder();

    private ForwardedBody(ChatRequest request) {
        this.request = request;
    }

    /// The bytes to send.
    ///
    /// @param outputLimit sent per choice unless the client stated its own
    public static byte[] of(ChatRequest request, String model, int outputLimit) {
        ForwardedBody forwarded = new ForwardedBody(request);
        if (!model.equals(request.model())) {
            forwarded.set("model", JSON.writeValueAsString(model));
        }
        if (request.askedLimit() == null) {
            boolean legacy = request.spans().containsKey("max_tokens")
                    && !request.spans().containsKey("max_completion_tokens");
            forwarded.set(legacy ? "max_tokens" : "max_completion_tokens", Integer.toString(outputLimit));
        }
        if (request.stream()) {
            forwarded.set("stream_options", forwarded.streamOptions());
        }
        return forwarded.bytes();
    }

    private String streamOptions() {
        Span span = request.spans().get("stream_options");
        JsonNode options = span == null ? null : JSON.readTree(request.body(), span.start(), span.end() - span.start());
        if (options instanceof ObjectNode object && !request.includeUsage()) {
            return object.put("include_usage", true).toString();
        }
        return options instanceof ObjectNode object ? object.toString() : WITH_USAGE;
    }

    private void set(String field, String json) {
        @Nullable Span span = request.spans().get(field);
        if (span == null) {
            inserted.append('"').append(field).append("\":").append(json).append(',');
        } else {
            edits.add(new Edit(span, json));
        }
    }

    private byte[] bytes() {
        if (inserted.isEmpty() && edits.isEmpty()) {
            return request.body();
        }
        byte[] body = request.body();
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 96);
        edits.add(new Edit(new Span(request.firstField(), request.firstField()), inserted.toString()));
        edits.sort(Comparator.comparingInt(edit -> edit.span().start()));
        int from = 0;
        for (Edit edit : edits) {
            out.write(body, from, edit.span().start() - from);
            out.writeBytes(edit.json().getBytes(StandardCharsets.UTF_8));
            from = edit.span().end();
        }
        out.write(body, from, body.length - from);
        return out.toByteArray();
    }

    private record Edit(Span span, String json) {}
}
