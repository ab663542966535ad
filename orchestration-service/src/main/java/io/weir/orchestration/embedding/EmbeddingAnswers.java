package io.weir.orchestration.embedding;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import io.weir.orchestration.embedding.EmbeddingRequest.Tokens;
import io.weir.orchestration.inference.AnswerReader;
import io.weir.orchestration.inference.Usage;
import io.weir.orchestration.inference.UsageMeasure;
import io.weir.orchestration.route.Candidate;
import java.io.ByteArrayOutputStream;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Reads a provider's embeddings and writes them in OpenAI's form. Vectors are long: this is no work for event
/// loops.
record EmbeddingAnswers(EmbeddingRequest request, Tokenizer tokenizer) implements AnswerReader {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public Mono<Whole> read(byte[] body, Candidate candidate, Reserved reserved) {
        return Mono.fromCallable(() -> EmbeddingDialect.of(candidate.route())
                        .answer(body)
                        .filter(answer -> answer.fits(request))
                        .map(answer -> whole(answer, candidate))
                        .orElse(null))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private Whole whole(EmbeddingAnswer answer, Candidate candidate) {
        Usage usage = usage(answer, candidate);
        byte[] body = written(
                answer, candidate.route().model().model(), usage.buckets().input());
        return new Whole(body, usage, null);
    }

    /// What the answer used, as told or counted.
    Usage usage(EmbeddingAnswer answer, Candidate candidate) {
        return answer.usage()
                .map(told -> reported(
                        UsageMeasure.possible(told, candidate, request.inputs().count()), candidate))
                .orElseGet(() -> Usage.measured(counted(candidate)));
    }

    // There is no text without tokens.
    private Usage reported(ReportedUsage told, Candidate candidate) {
        if (told.isCredible() && told.buckets().input() == 0) {
            return Usage.measured(counted(candidate));
        }
        return told.isCredible() ? Usage.reported(told) : Usage.insteadOf(told, counted(candidate));
    }

    @Override
    public Mono<Usage> measured(Candidate candidate, Reserved reserved) {
        return Mono.fromCallable(() -> Usage.measured(counted(candidate))).subscribeOn(Schedulers.boundedElastic());
    }

    // Never beyond what was held: the ceiling binds our own count too.
    private Quantities counted(Candidate candidate) {
        long tokens = switch (request.inputs()) {
            case Texts(List<String> texts) ->
                texts.stream().mapToLong(tokenizer::count).sum();
            case Tokens given -> given.tokenBound();
        };
        return Quantities.of(Meter.TEXT_IN, Math.min(tokens, candidate.ceiling().inputBound()));
    }

    private byte[] written(EmbeddingAnswer answer, String model, long tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringProperty("object", "list");
            json.writeArrayPropertyStart("data");
            int index = 0;
            for (float[] vector : answer.vectors()) {
                json.writeStartObject();
                json.writeStringProperty("object", "embedding");
                json.writeNumberProperty("index", index++);
                json.writeName("embedding");
                VectorForm.write(vector, request.format(), json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringProperty("model", model);
            json.writeObjectPropertyStart("usage");
            json.writeNumberProperty("prompt_tokens", tokens);
            json.writeNumberProperty("total_tokens", tokens);
            json.writeEndObject();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
