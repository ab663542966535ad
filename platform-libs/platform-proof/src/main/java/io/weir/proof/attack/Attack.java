package io.weir.proof.attack;

import java.sql.SQLException;
import java.util.List;

/// One thing that is tried.
///
/// @param line of the attack list that it belongs to
/// @param name of the attempt, unique
public record Attack(String line, String name, Attempt attempt) {

    /// What is done.
    @FunctionalInterface
    public interface Attempt {
        /// What it achieved: empty where nothing.
        List<Breach> on(Target target, String name) throws SQLException;
    }

    /// Tries it. Whatever it did is undone, as far as it was allowed.
    public List<Breach> on(Target target) throws SQLException {
        return attempt.on(target, name);
    }

    @Override
    public String toString() {
        return line + ": " + name;
    }
}
