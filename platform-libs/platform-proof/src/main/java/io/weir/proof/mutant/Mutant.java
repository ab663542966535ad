package io.weir.proof.mutant;

import java.util.List;

/// Weir with one safeguard missing.
public sealed interface Mutant {

    /// What is missing, in words; unique.
    String name();

    /// A safeguard in the database, taken away by the superuser and put back.
    ///
    /// @param damage statements in the home database, schema `public`
    record InDatabase(String name, List<String> damage, List<String> repair) implements Mutant {
        public InDatabase {
            damage = List.copyOf(damage);
            repair = List.copyOf(repair);
        }
    }

    /// A safeguard in the code that talks to the database.
    record InTransactions(String name, Change change) implements Mutant {}

    /// A safeguard in the code that reads messages.
    record InMessages(String name, Change change) implements Mutant {}
}
