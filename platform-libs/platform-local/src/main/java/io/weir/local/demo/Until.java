package io.weir.local.demo;

import io.weir.local.platform.Pause;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/// Asks again until an answer is as expected: what one service does reaches the others a moment later.
final class Until {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Until() {}

    /// A request that may be sent again.
    @FunctionalInterface
    interface Question {
        Answer ask() throws IOException, InterruptedException;
    }

    static Answer succeeds(String what, Question question) throws IOException, InterruptedException {
        return holds(what, question, Answer::succeeded);
    }

    /// The first answer that is as expected. Fails with the last one after a minute.
    static Answer holds(String what, Question question, Predicate<Answer> expected)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Answer answer = question.ask();
        while (!expected.test(answer)) {
            if (System.nanoTime() - deadline > 0) {
                throw refused(what + ", after " + PATIENCE.toSeconds() + " s", answer);
            }
            Pause.briefly();
            answer = question.ask();
        }
        return answer;
    }

    static IOException refused(String what, Answer answer) {
        return new IOException(what + ": status " + answer.status() + ", " + answer.body());
    }
}
