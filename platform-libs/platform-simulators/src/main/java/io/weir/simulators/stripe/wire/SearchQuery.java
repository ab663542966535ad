package io.weir.simulators.stripe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Stripe's search language, as far as it compares: `metadata["key"]:"value" AND -status:"paid"`, with `~` for a part
/// of a text. All clauses are joined by AND or all by OR.
public final class SearchQuery {

    private static final Pattern CLAUSE = Pattern.compile(
            "\\G\\s*(-?)(?:metadata\\[([\"'])(.+?)\\2\\]|([a-z_]+))\\s*([:~])\\s*([\"'])((?:\\\\.|(?!\\6).)*)\\6\\s*");
    private static final Pattern JOIN = Pattern.compile("\\G(AND|OR|and|or)\\b");

    private SearchQuery() {}

    /// Reads a query. Throws [StripeException] when it is not one.
    public static Predicate<ObjectNode> parse(String query) {
        List<Predicate<ObjectNode>> clauses = new ArrayList<>();
        List<String> joins = new ArrayList<>();
        Matcher clause = CLAUSE.matcher(query);
        Matcher join = JOIN.matcher(query);
        int at = 0;
        while (true) {
            if (!clause.find(at)) {
                throw malformed(query);
            }
            clauses.add(predicate(clause));
            at = clause.end();
            if (at == query.length()) {
                return joined(query, clauses, joins);
            }
            if (!join.find(at)) {
                throw malformed(query);
            }
            joins.add(join.group(1).toUpperCase(Locale.ROOT));
            at = join.end();
        }
    }

    private static Predicate<ObjectNode> joined(String query, List<Predicate<ObjectNode>> clauses, List<String> joins) {
        if (joins.stream().distinct().count() > 1) {
            throw malformed(query);
        }
        return joins.contains("OR")
                ? clauses.stream().reduce(Predicate::or).orElseThrow()
                : clauses.stream().reduce(Predicate::and).orElseThrow();
    }

    private static Predicate<ObjectNode> predicate(Matcher clause) {
        boolean negated = !clause.group(1).isEmpty();
        String key = clause.group(3);
        String field = clause.group(4);
        boolean part = "~".equals(clause.group(5));
        String wanted = clause.group(7).replaceAll("\\\\(.)", "$1");
        Predicate<ObjectNode> matches = object -> {
            JsonNode value = key != null ? object.path("metadata").path(key) : object.path(field);
            return matches(value, wanted, part);
        };
        return negated ? matches.negate() : matches;
    }

    private static boolean matches(JsonNode value, String wanted, boolean part) {
        String text = value.asString("");
        return part
                ? text.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT))
                : !value.isMissingNode() && text.equals(wanted);
    }

    private static StripeException malformed(String query) {
        return StripeException.parameter(
                "query",
                "parameter_invalid_string",
                "We were unable to parse your search query: " + query
                        + ". Try using the format `metadata[\"key\"]:\"value\"` or `field:\"value\"`, joined by AND or by"
                        + " OR.");
    }
}
