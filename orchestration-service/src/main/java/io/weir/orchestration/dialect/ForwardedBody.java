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
/// the demand for usage, and without what is meant for us. Where the client did not choose the model, also what that
/// model takes in another form.
public final class ForwardedBody {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String LIMIT = "max_completion_tokens";
    private static final String OLD_LIMIT = "max_tokens";
    private static final String CACHE_KEY = "prompt_cache_key";
    private static final int SHORTEST_CACHED = 1_024;
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
        return of(request, model, outputLimit, null);
    }

    /// The same for an account that tenants share.
    ///
    /// @param cache the tenant's part of its prompt cache; null: it has no parts
    public static byte[] of(ChatRequest request, String model, int outputLimit, @Nullable CachePartition cache) {
        ForwardedBody forwarded = new ForwardedBody(request);
        if (!model.equals(request.model())) {
            forwarded.set("model", JSON.writeValueAsString(model));
            forwarded.limitForAnyModel(outputLimit);
            FixedSampling.of(request, model).forEach(field -> forwarded.set(field, "1"));
        } else if (request.askedLimit() == null) {
            boolean legacy =
                    request.spans().containsKey(OLD_LIMIT) && !request.spans().containsKey(LIMIT);
            forwarded.set(legacy ? OLD_LIMIT : LIMIT, Integer.toString(outputLimit));
        }
        if (request.stream()) {
            forwarded.set("stream_options", forwarded.streamOptions());
        }
        if (cache != null) {
            forwarded.partition(cache);
        }
        request.ours().forEach(span -> forwarded.edits.add(new Edit(span, "")));
        return forwarded.bytes();
    }

    // No prompt is cached that is shorter, as a token is a byte at least; but whatever the client names must be its
    // own.
    private void partition(CachePartition cache) {
        Span span = request.spans().get(CACHE_KEY);
        if (span != null || request.body().length >= SHORTEST_CACHED) {
            JsonNode named = span == null
                    ? JSON.missingNode()
                    : JSON.readTree(request.body(), span.start(), span.end() - span.start());
            set(CACHE_KEY, JSON.writeValueAsString(cache.key(named.isString() ? named.asString() : null)));
        }
    }

    // By the name that every model takes: reasoning models refuse the old one, and the client did not choose the model.
    private void limitForAnyModel(int outputLimit) {
        String limit = Integer.toString(request.askedLimit() == null ? outputLimit : request.askedLimit());
        Span old = request.spans().get(OLD_LIMIT);
        if (request.spans().containsKey(LIMIT)) {
            set(LIMIT, limit);
            if (old != null) {
                set(OLD_LIMIT, "null");
            }
        } else if (old != null) {
            edits.add(new Edit(new Span(old.name(), old.name(), old.end()), '"' + LIMIT + "\":" + limit));
        } else {
            set(LIMIT, limit);
        }
    }

    private String streamOptions() {
        Span span = request.spans().get("stream_options");
        JsonNode options = span == null ? null : JSON.readTree(request.body(), span.start(), span.end() - span.start());
        return options instanceof ObjectNode object
                ? object.put("include_usage", true).toString()
                : WITH_USAGE;
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
        edits.add(new Edit(
                new Span(request.firstField(), request.firstField(), request.firstField()), inserted.toString()));
        // What is inserted comes before what is replaced at the same place.
        edits.sort(Comparator.<Edit>comparingInt(edit -> edit.span().start())
                .thenComparingInt(edit -> edit.span().end()));
        int from = 0;
        for (Edit edit : edits) {
            // What is cut out may overlap: the last field goes with the comma that also follows one before it.
            out.write(body, from, Math.max(0, edit.span().start() - from));
            out.writeBytes(edit.json().getBytes(StandardCharsets.UTF_8));
            from = Math.max(from, edit.span().end());
        }
        out.write(body, from, body.length - from);
        return out.toByteArray();
    }

    private record Edit(Span span, String json) {}
}
