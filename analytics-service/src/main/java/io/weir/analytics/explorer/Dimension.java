package io.weir.analytics.explorer;

import io.weir.problem.PlatformException;
import java.util.Locale;

/// What groups are made by.
///
/// @param tag the tag's name where [Kind#TAG]; else empty
record Dimension(Kind kind, String tag) {

    private static final String TAG = "tag:";
    private static final int LONGEST_TAG = 64;

    enum Kind {
        NONE("''", "''"),
        PROVIDER("toString(served_provider)", "toString(try_provider)"),
        MODEL("toString(served_model)", "toString(try_model)"),
        KEY("key_id", "key_id"),
        OUTCOME("toString(outcome)", "toString(outcome)"),
        ROUTE("route_reason", "route_reason"),
        TAG("tags[{group_tag:String}]", "tags[{group_tag:String}]");

        private final String ofRequests;
        private final String ofAttempts;

        Kind(String ofRequests, String ofAttempts) {
            this.ofRequests = ofRequests;
            this.ofAttempts = ofAttempts;
        }

        String sql(boolean attempts) {
            return attempts ? ofAttempts : ofRequests;
        }
    }

    String name() {
        return switch (kind) {
            case ROUTE -> "routeReason";
            case TAG -> TAG + tag;
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    /// Throws a 400 problem naming `groupBy`.
    static Dimension of(String text) {
        if (text.startsWith(TAG) && text.length() > TAG.length() && text.length() <= TAG.length() + LONGEST_TAG) {
            return new Dimension(Kind.TAG, text.substring(TAG.length()));
        }
        return switch (text) {
            case "none" -> new Dimension(Kind.NONE, "");
            case "provider" -> new Dimension(Kind.PROVIDER, "");
            case "model" -> new Dimension(Kind.MODEL, "");
            case "key" -> new Dimension(Kind.KEY, "");
            case "outcome" -> new Dimension(Kind.OUTCOME, "");
            case "routeReason" -> new Dimension(Kind.ROUTE, "");
            default ->
                throw PlatformException.invalid(
                        "groupBy",
                        "groupBy must be one of none, provider, model, key, outcome, routeReason, or a tag as tag:team.");
        };
    }
}
