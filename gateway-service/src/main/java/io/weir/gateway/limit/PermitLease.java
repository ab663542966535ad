package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import org.jspecify.annotations.Nullable;

/// The permits of one limit that this instance holds, and when it asks for more. Pure: times come in, in microseconds
/// of
/// one clock; who calls sees to the asking. Not safe for several threads.
///
/// @param <T> what the limit is
interface PermitLease<T> {

    /// The request is admitted.
    long ADMITTED = 0;

    /// What the instances share must be asked.
    long ASK = -1;

    /// From now on.
    void follow(T terms, int instances, long now);

    /// [#ADMITTED], [#ASK], or for how long requests are refused.
    long take(long now);

    /// As [#take], where what is shared cannot be reached: from this instance's share of the limit.
    long takeOfShare(long now);

    /// Whether to ask for more before it is needed.
    boolean wantsMore(long now);

    boolean isAsking();

    /// What to ask for; one question at a time.
    ///
    /// @param waiting requests that wait for the answer
    Question ask(int waiting, long now);

    /// What to give back, as a question; null where there is nothing.
    default @Nullable Question giveBack(long now) {
        return null;
    }

    /// Takes back the permit of a request that came to nothing through no fault of its sender.
    default void putBack(long now) {}

    /// Takes the answer; gives how many of the requests that wait are admitted.
    int answered(Grant grant, int waiting, long now);

    /// There was no answer.
    void failed();

    /// Where the tenant stands.
    ///
    /// @param refusedFor what [#take] gave
    Allowance allowance(long refusedFor, long now);
}
