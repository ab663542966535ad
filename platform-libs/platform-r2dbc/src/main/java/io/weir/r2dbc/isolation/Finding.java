package io.weir.r2dbc.isolation;

/// Something in a database that could let one tenant see, change or infer what is another's.
///
/// @param rule its name, as in the runbook
/// @param what the object and what is wrong with it
/// @param fix statements or steps that mend it
public record Finding(String rule, String what, String fix) {

    @Override
    public String toString() {
        return "[" + rule + "] " + what + " (" + fix + ")";
    }
}
