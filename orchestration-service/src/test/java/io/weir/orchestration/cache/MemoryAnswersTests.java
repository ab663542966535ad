package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class MemoryAnswersTests implements AnswersContract {

    @Override
    public Answers answers() {
        return new MemoryAnswers(DataSize.ofMegabytes(1), 4);
    }

    @Test
    void itsSizeIsBounded() {
        MemoryAnswers answers = new MemoryAnswers(DataSize.ofKilobytes(50), 4);
        TenantId tenant = new TenantId(UUID.randomUUID());
        CachedAnswer large = AnswerKeyPropertyTests.answer("x".repeat(10_000), Duration.ofHours(1));
        IntStream.range(0, 200)
                .forEach(i -> answers.keep(new AnswerKey(tenant, "d" + i), large, Duration.ofHours(1))
                        .block(PATIENCE));
        assertThat(answers.clear(tenant).block(PATIENCE)).isLessThan(200);
    }
}
