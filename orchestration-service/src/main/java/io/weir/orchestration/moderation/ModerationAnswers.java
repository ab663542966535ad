package io.weir.orchestration.moderation;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.inference.AnswerReader;
import io.weir.orchestration.inference.Usage;
import io.weir.orchestration.route.Candidate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads a provider's moderations, which are passed on as they are. A call uses one request, whatever it holds.
///
/// @param results that were asked for
record ModerationAnswers(int results) implements AnswerReader {

    private static final Usage ONE_REQUEST = Usage.measured(Quantities.of(Meter.REQUEST, 1));

    @Override
    public Mono<Whole> read(byte[] body, Candidate candidate, Reserved reserved) {
        return Mono.fromCallable(() -> whole(body)).subscribeOn(Schedulers.boundedElastic());
    }

    private @Nullable Whole whole(byte[] body) {
        try {
            JsonNode answer = WireJson.read(body);
            JsonNode told = answer.path("results");
            boolean fits = told.isArray()
                    && told.size() == results
                    && told.valueStream().allMatch(ModerationAnswers::isResult);
            return fits ? new Whole(body, ONE_REQUEST, answer.path("id").asString(null)) : null;
        } catch (JacksonException noJson) {
            return null;
        }
    }

    private static boolean isResult(JsonNode result) {
        return result.path("flagged").isBoolean()
                && result.path("categories").isObject()
                && result.path("category_scores").isObject();
    }

    @Override
    public Mono<Usage> measured(Candidate candidate, Reserved reserved) {
        return Mono.just(ONE_REQUEST);
    }
}
