package io.weir.proof.attack;

/// What an attack achieved.
///
/// @param kind what it amounts to
/// @param what in words, with the answer that shows it
public record Breach(Kind kind, String attack, String what) {

    /// How a tenant was harmed.
    public enum Kind {
        /// Another tenant's rows, or its name, were seen.
        SEEN,
        /// Another tenant's rows were changed, or rows planted among them.
        CHANGED,
        /// Something of them was counted or inferred.
        INFERRED,
        /// Something that must be refused was not.
        ADMITTED
    }

    @Override
    public String toString() {
        return kind + " by '" + attack + "': " + what;
    }
}
