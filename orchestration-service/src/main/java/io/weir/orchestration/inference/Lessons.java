package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.money.Meter;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.forecast.AnswerLengths;
import io.weir.orchestration.route.ObservedSpeeds;
import io.weir.orchestration.task.Task;
import io.weir.orchestration.task.TaskReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Teaches how long answers are, and how fast they come. Only answers teach that ended by themselves and were counted
/// by their provider; a
/// request's size is bounded, so that reading it once more costs little.
final class Lessons {

    private static final Logger LOG = LoggerFactory.getLogger(Lessons.class);
    private static final int LARGEST_BODY = 256 * 1024;

    private final AnswerLengths lengths;

    private final ObservedSpeeds speeds;

    Lessons(AnswerLengths lengths, ObservedSpeeds speeds) {
        this.lengths = lengths;
        this.speeds = speeds;
    }

    /// Never fails: a settlement does not depend on what is learned from it.
    void learn(Call call, Reserved reserved, Consumption consumption) {
        try {
            if (teaches(call.request(), reserved, consumption)) {
                read(call, consumption.answered());
                if (!consumption.served().route().provider().account().isTenants()) {
                    time(consumption);
                }
            }
        } catch (RuntimeException unreadable) {
            CallLog.of(call, () -> LOG.warn("Nothing learned from request {}", call.requestId(), unreadable));
        }
    }

    private static boolean teaches(ChatRequest request, Reserved reserved, Consumption consumption) {
        Attempt answered = consumption.answered();
        // The one that was sent: what is reserved may allow less than the candidate.
        long limit = reserved.outputLimit();
        return consumption.outcome() == Outcome.COMPLETED
                && answered.usageSource() == UsageSource.PROVIDER
                && answered.buckets().output() / request.choices() < limit
                && request.body().length <= LARGEST_BODY;
    }

    // Not on a tenant's own account: whoever answers there may be nobody else's.
    // After a failed attempt the first token is late for no fault of its model.
    private void time(Consumption consumption) {
        Attempt answered = consumption.answered();
        speeds.observe(
                answered.provider(),
                answered.model(),
                consumption.attempts().size() == 1 ? consumption.timeToFirstTokenMs() : null,
                answered.buckets().output(),
                answered.latencyMs());
    }

    private void read(Call call, Attempt answered) {
        ChatRequest request = call.request();
        Task task = TaskReader.read(request.body());
        if (!task.offersTools()) {
            long choices = request.choices();
            lengths.observe(
                    call.tenant().tenantId(),
                    task.taskClass(),
                    answered.model(),
                    answered.buckets().output() / choices,
                    answered.buckets().of(Meter.REASONING_OUT) / choices);
        }
    }
}
