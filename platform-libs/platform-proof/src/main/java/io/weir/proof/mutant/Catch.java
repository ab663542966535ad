package io.weir.proof.mutant;

import io.r2dbc.spi.R2dbcException;
import io.weir.problem.PlatformException;
import io.weir.proof.attack.Attack;
import io.weir.proof.attack.Breach;
import io.weir.proof.attack.DatabaseAttacks;
import io.weir.proof.attack.MessageAttacks;
import io.weir.proof.attack.Target;
import io.weir.proof.ground.Ground;
import io.weir.proof.storm.Sightings;
import io.weir.proof.storm.Storm;
import io.weir.proof.storm.Weather;
import io.weir.r2dbc.isolation.Finding;
import io.weir.tenancy.Placement;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Looks for what a mutant lets through, by every means there is. Called by its name in a class loader of the mutant.
public final class Catch {

    private static final Weather SHORT = new Weather(Duration.ofSeconds(2), 16, 7);

    private Catch() {}

    /// What caught it on a ground: findings of the verifier, and the first attack that succeeded; attacks that take
    /// long are tried only where nothing else caught it. Empty where nothing did.
    static List<String> on(Ground ground) throws SQLException {
        List<String> caught = findings(ground);
        Target target = Target.in(ground, Placement.POOL);
        caught.addAll(firstThatSucceeds(DatabaseAttacks.ofStatements(), target));
        if (caught.isEmpty()) {
            caught.addAll(firstThatSucceeds(DatabaseAttacks.ofBorrowers(), target));
        }
        return caught;
    }

    /// As [#on], but content with the first that caught it.
    static List<String> firstOn(Ground ground) throws SQLException {
        List<String> caught = findings(ground);
        return caught.isEmpty() ? on(ground) : caught;
    }

    private static List<String> findings(Ground ground) throws SQLException {
        List<String> caught = new ArrayList<>();
        for (Finding finding : ground.findings()) {
            caught.add("verifier: " + finding.rule());
        }
        return caught;
    }

    private static List<String> firstThatSucceeds(List<Attack> attacks, Target target) throws SQLException {
        for (Attack attack : attacks) {
            List<Breach> breaches = attack.on(target);
            if (!breaches.isEmpty()) {
                return List.of("attack: " + breaches.getFirst().attack());
            }
        }
        return List.of();
    }

    /// What catches the code of this class loader, on the databases of that spec. Transactions that leave connections
    /// behind on which nothing works any more are caught by that.
    public static List<String> onDatabase(Map<String, String> spec) throws SQLException {
        Ground ground = Ground.attach(spec);
        try {
            return firstOfTransactions(ground);
        } catch (RuntimeException unusable) {
            if (!isOfTheDatabase(unusable)) {
                throw unusable;
            }
            return List.of("attack: the next borrower's statement failed, "
                    + unusable.getClass().getSimpleName());
        } finally {
            ground.detach();
        }
    }

    // Anything else is a search that broke, and would be taken for a catch.
    private static boolean isOfTheDatabase(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof R2dbcException || one instanceof PlatformException) {
                return true;
            }
        }
        return false;
    }

    private static List<String> firstOfTransactions(Ground ground) throws SQLException {
        Target target = Target.in(ground, Placement.POOL);
        List<String> caught = firstThatSucceeds(DatabaseAttacks.ofBorrowers(), target);
        if (caught.isEmpty()) {
            caught = firstThatSucceeds(DatabaseAttacks.ofStatements(), target);
        }
        if (caught.isEmpty()) {
            Sightings storm = new Storm(ground, SHORT).blow(soFar -> {});
            return storm.clean() ? List.of() : List.of("storm: " + storm.seen() + " rows");
        }
        return caught;
    }

    /// Forgeries that the code of this class loader takes for real.
    public static List<String> onMessages(Map<String, String> unused) throws SQLException, IOException {
        return MessageAttacks.tried().stream()
                .map(breach -> "attack: " + breach.attack())
                .toList();
    }
}
