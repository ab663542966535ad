package io.weir.proof.mutant;

import java.util.List;

/// What became of a mutant.
///
/// @param by what caught it, the most telling first; empty where it survived
public record Caught(String mutant, List<String> by) {

    public Caught {
        by = List.copyOf(by);
    }

    public boolean isCaught() {
        return !by.isEmpty();
    }
}
