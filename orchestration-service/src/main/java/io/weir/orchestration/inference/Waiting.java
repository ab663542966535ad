package io.weir.orchestration.inference;

import io.weir.money.Amount;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.orchestration.route.Route;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The candidates that a call has not tried yet, and what became of the others. The next one is the first in order at a
/// provider that has not failed this call, else the first; none that would cost as much as one that the budget refused.
final class Waiting {

    // An answer at least so long is what the budget is asked for.
    private static final int SHORTEST = 16;

    /// Why a provider that is well refused a request which another model may take.
    enum Refusal {
        TOO_LONG("too long for it", "took no prompt so long"),
        AGAINST_RULES("against its rules", "refused the content");

        private final String why;
        private final String after;

        Refusal(String why, String after) {
            this.why = why;
            this.after = after;
        }

        /// Empty: no other model would take it.
        static Optional<Refusal> of(ProviderFailure.Kind kind) {
            return switch (kind) {
                case TOO_LONG -> Optional.of(TOO_LONG);
                case AGAINST_RULES -> Optional.of(AGAINST_RULES);
                case UNREACHABLE, BROKEN, OVERLOADED, UNCERTAIN, REFUSED, SHUT, FULL, NOBODY_WAITS -> Optional.empty();
            };
        }

        private boolean mayTake(Model other, Model refused) {
            return switch (this) {
                case TOO_LONG -> other.contextWindow() > refused.contextWindow();
                case AGAINST_RULES -> !other.model().equals(refused.model());
            };
        }
    }

    /// @param refusal null: its provider is not well, or refuses the key
    /// @param ofKey whether it is the tenant's own key that was refused
    private record Failed(
            Candidate candidate, String why, @Nullable Refusal refusal, boolean ofKey) {

        private boolean isClients() {
            return refusal != null || ofKey;
        }
    }

    private final List<Candidate> left;
    private final List<Failed> failed = new ArrayList<>();
    private final Set<String> troubled = new HashSet<>();
    private int triesLeft;
    private @Nullable Throwable last;
    private @Nullable PlatformException unaffordable;
    private @Nullable Amount tooDear;

    Waiting(List<Candidate> candidates, int most) {
        this.left = new ArrayList<>(candidates);
        this.triesLeft = most;
    }

    synchronized boolean hasNext() {
        return find() != null;
    }

    /// Null: none is left. From the second one on, its reason says what it replaces.
    synchronized @Nullable Candidate next() {
        Candidate found = find();
        if (found == null) {
            return null;
        }
        left.remove(found);
        triesLeft--;
        return failed.isEmpty() ? found : found.because(replacing(found, failed.getLast()));
    }

    private @Nullable Candidate find() {
        List<Candidate> affordable = triesLeft < 1
                ? List.of()
                : left.stream().filter(this::isCheapEnough).toList();
        return affordable.stream()
                .filter(candidate -> !isTroubled(candidate))
                .findFirst()
                .orElse(affordable.isEmpty() ? null : affordable.getFirst());
    }

    private boolean isCheapEnough(Candidate candidate) {
        return tooDear == null || least(candidate).compareTo(tooDear) < 0;
    }

    private static Amount least(Candidate candidate) {
        OutputCeiling ceiling = candidate.ceiling();
        return ceiling.of(ceiling.asked() ? ceiling.outputLimit() : Math.min(SHORTEST, ceiling.outputLimit()));
    }

    private boolean isTroubled(Candidate candidate) {
        Provider provider = candidate.route().provider();
        return troubled.contains(provider.name()) || troubled.contains(account(provider));
    }

    private static String account(Provider provider) {
        return provider.name() + "/" + provider.account().id();
    }

    // What stands against a tenant's account, or its address, says nothing about the platform's.
    private static String trouble(Candidate candidate, Throwable failure) {
        Provider provider = candidate.route().provider();
        boolean everywhere = !provider.account().isTenants()
                || (failure instanceof ProviderFailure known && known.saysOfProvider(provider));
        return everywhere ? provider.name() : account(provider);
    }

    private static String replacing(Candidate candidate, Failed before) {
        Route now = candidate.route();
        Route then = before.candidate().route();
        boolean sameModel = now.model().model().equals(then.model().model());
        return now.reason() + "; fallback to "
                + (sameModel
                        ? now.provider().title() + " after " + then.provider().title()
                        : now.model().model() + " after " + then.model().model())
                + (before.refusal() == null ? " failed" : " " + before.refusal().after);
    }

    /// It was tried, or would have been but for its circuit.
    synchronized void failed(Candidate candidate, String why, Throwable failure) {
        boolean ofKey =
                failure instanceof ProviderFailure known && known.problem().type() == ProblemType.PROVIDER_KEY_REFUSED;
        failed.add(new Failed(candidate, why, null, ofKey));
        troubled.add(trouble(candidate, failure));
        last = failure;
    }

    /// It was tried, and its provider is well; only those are left that may take what it refused.
    synchronized void refused(Candidate candidate, Refusal refusal, Throwable failure) {
        Model model = candidate.route().model();
        left.removeIf(other -> !refusal.mayTake(other.route().model(), model));
        failed.add(new Failed(candidate, refusal.why, refusal, false));
        last = failure;
    }

    /// The budget has no room for it.
    synchronized void unaffordable(Candidate candidate, PlatformException refusal) {
        Amount least = least(candidate);
        tooDear = tooDear == null || least.compareTo(tooDear) < 0 ? least : tooDear;
        unaffordable = unaffordable == null ? refusal : unaffordable;
    }

    synchronized int failures() {
        return failed.size();
    }

    /// What the client is told when none is left: the one failure where there was but one, the last where all
    /// refused the request, the budget's refusal where only the budget stood against another try, else a 503 that
    /// says what was tried.
    synchronized Throwable verdict() {
        PlatformException refused = unaffordable;
        Throwable only = last;
        if (refused != null) {
            return failed.isEmpty()
                    ? refused
                    : new PlatformException(
                            ProblemType.BUDGET_EXCEEDED,
                            refused.getMessage() + " Cheaper ones failed: " + tried() + ".");
        }
        if (only != null && (failed.size() == 1 || failed.stream().allMatch(Failed::isClients))) {
            return only;
        }
        return new PlatformException(
                ProblemType.UPSTREAM_UNAVAILABLE,
                "No provider answers at present. Tried: " + tried() + ". Try again in a moment.");
    }

    private String tried() {
        return failed.stream()
                .map(one -> one.candidate().route().place() + " (" + one.why().replace('_', ' ') + ")")
                .collect(Collectors.joining(", "));
    }
}
