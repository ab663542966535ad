package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.SseSplitter.Event;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.ProblemType;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One stream of typed events, numbered from 0. It ends with the whole response and without `[DONE]`.
final class ResponsesStream implements SurfaceStream {

    private final ResponseForm form;
    private final Output output;
    private final SseSplitter splitter = new SseSplitter();
    private final EventFrames frames = new EventFrames(0);
    private final String id;
    private final Keeping keeping;
    private boolean begun;
    private String finish = "";
    private JsonNode usage = WireJson.object();
    private String cost = "";

    /// @param keeping has the response kept when it is whole
    ResponsesStream(String id, ResponseForm form, Keeping keeping) {
        this.id = id;
        this.form = form;
        this.keeping = keeping;
        this.output = new Output(id, frames);
    }

    @Override
    public byte[] chunks(byte[] sent) {
        for (Event event : splitter.feed(sent)) {
            if (!event.isDone()) {
                take(WireJson.read(event.data()));
            }
        }
        return frames.drain();
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
        keeping.keep(id, response);
        lifecycle("response." + ending.status(), response);
        return frames.drain();
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
        frames.emit("error", event);
        ObjectNode error = WireJson.object().put("code", code(failure.type())).put("message", message);
        output.breakOff();
        lifecycle("response.failed", form.failed(error, output));
        return frames.drain();
    }

    // The API has no other words for what is not the client's fault.
    private static String code(ProblemType type) {
        return type == ProblemType.UPSTREAM_RATE_LIMITED ? "rate_limit_exceeded" : "server_error";
    }

    private void lifecycle(String type, ObjectNode response) {
        ObjectNode event = WireJson.object();
        event.set("response", response);
        frames.emit(type, event);
    }
}
