package io.weir.orchestration.inference;

import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.route.Candidate;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Reads chat completions, and what becomes one unless its client speaks the provider's own API.
record ChatAnswers(Call call, UsageMeasure measure) implements AnswerReader {

    @Override
    public Mono<Whole> read(byte[] body, Candidate candidate, Reserved reserved) {
        return Mono.justOrEmpty(candidate.route().provider().dialect().answer(body, call.identity(candidate)))
                .flatMap(answer -> whole(body, answer, candidate, reserved));
    }

    private Mono<Whole> whole(byte[] sent, PlainAnswer answer, Candidate candidate, Reserved reserved) {
        // Where it is not needed it is not read: an answer may be long.
        boolean told = answer.usage()
                .filter(usage -> UsageMeasure.possible(
                                usage, candidate, call.request().choices())
                        .isCredible())
                .isPresent();
        AnswerTap.of(call).whole(answer.body());
        Produced produced = told ? new Produced() : answer.produced();
        return measure.of(call, candidate, reserved, answer.usage(), produced)
                .map(usage -> new Whole(call.isNativeTo(candidate) ? sent : answer.body(), usage, answer.id()));
    }

    @Override
    public Mono<Usage> measured(Candidate candidate, Reserved reserved) {
        return measure.of(call, candidate, reserved, Optional.empty(), new Produced());
    }
}
