package io.weir.proof.mutant;

import io.weir.proof.ground.Ground;
import io.weir.proof.mutant.Mutant.InDatabase;
import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.SitePreparation;
import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes mutants one at a time on a ground, and looks who catches them.
public final class Mutants {

    private final Ground ground;
    private final DatabaseRoles roles;

    public Mutants(Ground ground) {
        this.ground = ground;
        this.roles = new DatabaseRoles(ground.spec().name());
    }

    public static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>(DatabaseMutants.all());
        all.addAll(CodeMutants.all());
        return List.copyOf(all);
    }

    /// What is caught where nothing is missing: it must be empty, or what is caught of mutants means nothing.
    public List<String> caughtOfNone() throws SQLException {
        List<String> caught = new ArrayList<>(Catch.on(ground));
        caught.addAll(run("onDatabase", null));
        caught.addAll(run("onMessages", null));
        return caught;
    }

    /// Makes the mutant, tries everything on it, and makes it whole again.
    public Caught caught(Mutant mutant) throws SQLException {
        return caught(mutant, Catch::on);
    }

    /// As [#caught], but content with the first that catches it.
    public Caught caughtAtAll(Mutant mutant) throws SQLException {
        return caught(mutant, Catch::firstOn);
    }

    private interface Search {
        List<String> on(Ground ground) throws SQLException;
    }

    private Caught caught(Mutant mutant, Search search) throws SQLException {
        List<String> whole = ground.safeguards();
        Caught caught = switch (mutant) {
            case InDatabase inDatabase -> caughtInDatabase(inDatabase, search);
            case Mutant.InTransactions inCode -> told(inCode, run("onDatabase", inCode.change()));
            case Mutant.InMessages inCode -> told(inCode, run("onMessages", inCode.change()));
        };
        ground.refill();
        demandWhole(mutant, whole, ground.safeguards());
        return caught;
    }

    /// Lets one row in five hundred be read by whoever asks, as the positive control of a storm; [#mend] undoes it.
    public void seedTheControl() throws SQLException {
        run(List.of("CREATE POLICY control ON note FOR SELECT TO ${app} USING (random() < 0.002)"));
    }

    /// Undoes [#seedTheControl].
    public void mend() throws SQLException {
        run(List.of("DROP POLICY control ON note"));
    }

    private Caught caughtInDatabase(InDatabase mutant, Search search) throws SQLException {
        run(mutant.damage());
        try {
            return told(mutant, search.on(ground));
        } finally {
            run(mutant.repair());
            if (mutant.repair().contains("${preparation}")) {
                ground.reconnect();
            }
        }
    }

    // What a mutant left behind would catch, or hide, the next one.
    private static void demandWhole(Mutant mutant, List<String> before, List<String> after) {
        List<String> gone = new ArrayList<>(before);
        gone.removeAll(after);
        List<String> left = new ArrayList<>(after);
        left.removeAll(before);
        if (!gone.isEmpty() || !left.isEmpty()) {
            throw new IllegalStateException(
                    "the mutant '" + mutant.name() + "' was not undone: " + gone + " became " + left);
        }
    }

    private static Caught told(Mutant mutant, List<String> by) {
        return new Caught(mutant.name(), new ArrayList<>(new LinkedHashSet<>(by)));
    }

    private void run(List<String> statements) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String statement : statements) {
            if (statement.equals("${preparation}")) {
                all.addAll(SitePreparation.statements(roles));
            } else {
                all.add(statement.replace("${owner}", roles.owner()).replace("${app}", roles.app()));
            }
        }
        ground.spec().cluster().run(ground.spec().name(), all.toArray(String[]::new));
    }

    @SuppressWarnings("unchecked")
    private List<String> run(String how, @Nullable Change change) throws SQLException {
        ChangedClasses classes = new ChangedClasses(Mutants.class.getClassLoader(), change);
        try {
            Class<?> inside = classes.loadClass(Catch.class.getName());
            List<String> caught = (List<String>)
                    inside.getMethod(how, Map.class).invoke(null, ground.spec().asMap());
            if (!classes.applied()) {
                throw new IllegalStateException("the mutant was never loaded: " + change);
            }
            return caught;
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException("the mutant " + change + " broke the search itself", failed.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
