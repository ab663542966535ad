package io.weir.simulators.provider.behaviour;

/// A behaviour that names an unknown field or a value out of bounds.
public final class InvalidBehaviourException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String problem;

    InvalidBehaviourException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
        this.problem = problem;
    }

    /// The offending field, as it stands in the body.
    public String field() {
        return field;
    }

    /// The field and what is wrong with it.
    public String explanation() {
        return field + ": " + problem;
    }
}
