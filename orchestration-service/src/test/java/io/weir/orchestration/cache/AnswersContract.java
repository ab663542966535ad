package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What holds wherever answers are.
interface AnswersContract {

    Duration PATIENCE = Duration.ofSeconds(10);

    Answers answers();

    private static TenantId tenant() {
        return new TenantId(UUID.randomUUID());
    }

    @Test
    default void anAnswerIsFoundByItsKeyUntilItsTimeIsOver() {
        Answers answers = answers();
        AnswerKey key = new AnswerKey(tenant(), "d1");
        CachedAnswer answer = AnswerKeyPropertyTests.answer("a", Duration.ofMillis(1_500));
        answers.keep(key, answer, Duration.ofMillis(1_500)).block(PATIENCE);
        CachedAnswer found = Objects.requireNonNull(answers.find(key).block(PATIENCE));
        assertThat(found.completion()).isEqualTo(answer.completion());
        assertThat(found.cost()).isEqualTo(answer.cost());
        assertThat(found.at()).isEqualTo(answer.at());
        assertThat(answers.find(new AnswerKey(tenant(), "d1")).block(PATIENCE)).isNull();
        Eventually.passes(
                PATIENCE, () -> assertThat(answers.find(key).block(PATIENCE)).isNull());
    }

    @Test
    default void messagesAreOfTheirSurroundingsTheLatestFirstAndNotTooMany() {
        Answers answers = answers();
        FrameKey frame = new FrameKey(tenant(), "f1");
        for (int i = 0; i < 7; i++) {
            answers.add(frame, new KeptPrompt("p" + i, "d" + i), Duration.ofMinutes(1))
                    .block(PATIENCE);
        }
        answers.add(frame, new KeptPrompt("p5", "d5"), Duration.ofMinutes(1)).block(PATIENCE);
        List<KeptPrompt> prompts = Objects.requireNonNull(answers.prompts(frame).block(PATIENCE));
        assertThat(prompts).extracting(KeptPrompt::text).containsExactly("p5", "p6", "p4", "p3");
        assertThat(answers.prompts(new FrameKey(tenant(), "f1")).block(PATIENCE))
                .isEmpty();
    }

    @Test
    default void oneTenantsAnswersAreForgottenAndNoOthers() {
        Answers answers = answers();
        AnswerKey own = new AnswerKey(tenant(), "d1");
        AnswerKey foreign = new AnswerKey(tenant(), "d1");
        FrameKey frame = new FrameKey(own.tenant(), "f1");
        CachedAnswer answer = AnswerKeyPropertyTests.answer("a", Duration.ofMinutes(1));
        answers.keep(own, answer, Duration.ofMinutes(1)).block(PATIENCE);
        answers.keep(foreign, answer, Duration.ofMinutes(1)).block(PATIENCE);
        answers.add(frame, new KeptPrompt("p", "d1"), Duration.ofMinutes(1)).block(PATIENCE);
        assertThat(answers.clear(own.tenant()).block(PATIENCE)).isPositive();
        assertThat(answers.find(own).block(PATIENCE)).isNull();
        assertThat(answers.prompts(frame).block(PATIENCE)).isEmpty();
        assertThat(answers.find(foreign).block(PATIENCE)).isNotNull();
    }
}
