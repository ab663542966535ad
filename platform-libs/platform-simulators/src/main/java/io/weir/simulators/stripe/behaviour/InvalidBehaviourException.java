package io.weir.simulators.stripe.behaviour;

/// A behaviour that names an unknown field or a value out of bounds.
public final class InvalidBehaviourException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;

    InvalidBehaviourException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
    }

    /// The offending field, as it stands in the body.
    public String field() {
        return field;
    }
}
