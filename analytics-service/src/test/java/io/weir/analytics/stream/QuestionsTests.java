package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/// What waits for the tail's thread, here the test's own.
class QuestionsTests {

    private final AtomicInteger asked = new AtomicInteger();
    private final Questions<String> questions = new Questions<>(100, asked::incrementAndGet);
    private final List<String> answers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    private Disposable ask(String name) {
        Mono<String> question = questions.ask((with, answer) -> answer.answer(with + name));
        return question.subscribe(answers::add, failures::add);
    }

    @Test
    void aRoundAnswersInOrderAndNoMoreThanItsShare() {
        for (int i = 0; i < 5; i++) {
            ask(String.valueOf(i));
        }
        assertThat(asked).hasValue(5);
        questions.answer("a", 3);
        assertThat(answers).containsExactly("a0", "a1", "a2");
        assertThat(questions.isEmpty()).isFalse();
        questions.answer("b", 3);
        assertThat(answers).endsWith("b3", "b4").hasSize(5);
        assertThat(questions.isEmpty()).isTrue();
    }

    @Test
    void whoLeftIsPassedOverAndTakesNobodysTurn() {
        List<Disposable> left = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            left.add(ask("gone"));
        }
        ask("stays");
        left.forEach(Disposable::dispose);
        questions.answer("", 1);
        assertThat(answers).containsExactly("stays");
    }

    @Test
    void beyondTheBoundAQuestionFailsAtOnceAndThereIsRoomAgainOnceTheyAreTaken() {
        for (int i = 0; i < 101; i++) {
            ask("");
        }
        assertThat(failures).singleElement().satisfies(QuestionsTests::isUnavailable);
        questions.answer("", 100);
        ask("");
        assertThat(failures).hasSize(1);
    }

    @Test
    void aFailureEndsAllThatWaitNotOne() {
        for (int i = 0; i < 10; i++) {
            ask("");
        }
        questions.fail(LedgerTail.unavailable(null));
        assertThat(failures).hasSize(10).allSatisfy(QuestionsTests::isUnavailable);
        assertThat(questions.isEmpty()).isTrue();
    }

    @Test
    void aCommandThatBreaksFailsItsQuestionAndIsThrownOn() {
        questions
                .<String>ask((with, answer) -> {
                    throw new IllegalStateException("broken");
                })
                .subscribe(answers::add, failures::add);
        assertThatThrownBy(() -> questions.answer("", 1)).hasMessage("broken");
        assertThat(failures).singleElement().satisfies(QuestionsTests::isUnavailable);
    }

    private static void isUnavailable(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE));
    }
}
