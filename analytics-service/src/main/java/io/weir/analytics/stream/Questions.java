package io.weir.analytics.stream;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Questions to the one thread that can answer, in order and bounded. Any thread asks, event loops too, and
/// never waits; one thread takes them. What nobody waits for any more is passed over.
///
/// @param <S> what the answering thread brings along
final class Questions<S> {

    private final Queue<Question<S, ?>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int most;
    private final Runnable asked;

    /// @param most that wait; further ones fail with a 503 problem
    /// @param asked to be run after each question, by whoever asked
    Questions(int most, Runnable asked) {
        this.most = most;
        this.asked = asked;
    }

    /// What is done on the answering thread, now or later answering.
    interface Command<S, T> {
        void run(S with, Waiting<T> answer);
    }

    private record Question<S, T>(Command<S, T> command, Waiting<T> answer) {

        void run(S with) {
            try {
                command.run(with, answer);
            } catch (RuntimeException failure) {
                answer.fail(LedgerTail.unavailable(failure));
                throw failure;
            }
        }
    }

    /// Asks when it is subscribed to.
    <T> Mono<T> ask(Command<S, T> command) {
        return Mono.create(sink -> {
            Waiting<T> answer = new Waiting<>(sink);
            if (size.incrementAndGet() > most) {
                size.decrementAndGet();
                answer.fail(new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "More streams are being opened than this instance can open at once. Try again in a moment."));
                return;
            }
            waiting.add(new Question<>(command, answer));
            asked.run();
        });
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Runs the next ones, `atOnce` at most. What a command throws fails its question, and is thrown on.
    void answer(S with, int atOnce) {
        int left = atOnce;
        Question<S, ?> next = left > 0 ? take() : null;
        while (next != null) {
            if (!next.answer().isOver()) {
                next.run(with);
                left--;
            }
            next = left > 0 ? take() : null;
        }
    }

    /// Fails all that wait now.
    void fail(Throwable failure) {
        Question<S, ?> next = take();
        for (int left = most; next != null; left--) {
            next.answer().fail(failure);
            next = left > 1 ? take() : null;
        }
    }

    private @Nullable Question<S, ?> take() {
        Question<S, ?> next = waiting.poll();
        if (next != null) {
            size.decrementAndGet();
        }
        return next;
    }
}
