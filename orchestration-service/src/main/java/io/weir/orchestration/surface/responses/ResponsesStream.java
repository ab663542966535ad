package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.SseSplitter.Event;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One stream of typed events, numbered from 0. It ends with the whole response and without `[DONE]`.
final class ResponsesStream implements SurfaceStream {

    private static final byte[] EVENT = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ResponseForm form;
    private final Output output;
    private final SseSplitter splitter = new SseSplitter();
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long number;
    private boolean begun;
    private String finish = "";
    private JsonNode usage = WireJson.object();
    private String cost = "";

    ResponsesStream(String id, ResponseForm form) {
        this.form = form;
        this.output = new Output(id, this::emit);
    }

    @Override
    public byte[] chunks(byte[] frames) {
        for (Event event : splitter.feed(frames)) {
            if (!event.isDone()) {
                take(WireJson.read(event.data()));
            }
        }
        return drain();
    }

    private void take(JsonNode chunk) {
        form.servedIn(chunk.path("service_tier").asString(""));
        if (chunk.path("usage").isObject()) {
            usage = chunk.path("usage");
            cost = chunk.path("x_cost_usd").asString("");
        }
        begin(chunk.path("model").asString(""));
        for (JsonNode choice : chunk.path("choices").values()) {
            if (choice.path("index").asInt(0) == 0) {
                output.delta(choice.path("delta"), choice.path("logprobs").path("content"));
                finish(choice.path("finish_reason").asString(""));
            }
        }
    }

    private void finish(String reason) {
        if (!reason.isEmpty()) {
            finish = reason;
            output.end(Ending.of(reason));
        }
    }

    private void begin(String model) {
        if (!begun) {
            begun = true;
            form.servedBy(model);
            lifecycle("response.created", form.begun());
            lifecycle("response.in_progress", form.begun());
        }
    }

    @Override
    public byte[] end() {
        begin("");
        Ending ending = Ending.of(finish);
        output.end(ending);
        ObjectNode response = form.ended(ending, output, usage);
        if (!cost.isEmpty()) {
            response.put("x_cost_usd", cost);
        }
        lifecycle("response." + ending.status(), response);
        return drain();
    }

    @Override
    public Optional<byte[]> failure(StreamFailure failure) {
        return Optional.of(told(failure));
    }

    /// The error, then the response as far as it came.
    byte[] told(StreamFailure failure) {
        begin("");
        String message = failure.message() + " (request id: " + failure.requestId() + ")";
        ObjectNode event = WireJson.object();
        event.put("code", failure.type().code()).put("message", message).put("param", failure.param());
        // Clients look for it in either place.
        event.putObject("error")
                .put("type", failure.type().openAiType())
                .put("code", failure.type().code())
                .put("message", message)
                .put("param", failure.param());
        emit("error", event);
        ObjectNode error = WireJson.object().put("code", code(failure.type())).put("message", message);
        output.breakOff();
        lifecycle("response.failed", form.failed(error, output));
        return drain();
    }

    // The API has no other words for what is not the client's fault.
    private static String code(ProblemType type) {
        return type == ProblemType.UPSTREAM_RATE_LIMITED ? "rate_limit_exceeded" : "server_error";
    }

    private void lifecycle(String type, ObjectNode response) {
        ObjectNode event = WireJson.object();
        event.set("response", response);
        emit(type, event);
    }

    private void emit(String type, ObjectNode event) {
        ObjectNode numbered = WireJson.object().put("type", type).put("sequence_number", number);
        number++;
        numbered.setAll(event);
        out.writeBytes(EVENT);
        out.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(DATA);
        out.writeBytes(WireJson.write(numbered));
        out.writeBytes(END);
    }

    private byte[] drain() {
        byte[] written = out.toByteArray();
        if (written.length > 0) {
            out = new ByteArrayOutputStream();
        }
        return written;
    }
}
