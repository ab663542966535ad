package io.weir.simulators.stripe.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Stripe's lists: `limit` 1 to 100 (10), `starting_after` and `ending_before` name objects, `created[gte]` and
/// its kin are seconds.
public final class Pages {

    /// The parameters that every list takes.
    public static final Set<String> PARAMETERS = Set.of("limit", "starting_after", "ending_before", "created");

    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 100;

    private Pages() {}

    /// One page as a list object.
    ///
    /// @param objects all that match the call's own filters, in the order of the list
    public static ObjectNode page(String url, List<ObjectNode> objects, Parameters parameters) {
        List<ObjectNode> matching = objects.stream()
                .filter(object -> isCreatedWithin(object, parameters))
                .toList();
        int limit = limit(parameters);
        String after = parameters.text("starting_after");
        String before = parameters.text("ending_before");
        if (before != null) {
            return backwards(url, matching, before, limit);
        }
        int from = after == null ? 0 : indexOf(after, matching, "starting_after") + 1;
        int to = Math.min(matching.size(), from + limit);
        return list(url, matching.subList(from, to), to < matching.size());
    }

    /// A list object.
    public static ObjectNode list(String url, List<ObjectNode> data, boolean hasMore) {
        ObjectNode list = JsonMapper.shared().createObjectNode().put("object", "list");
        ArrayNode array = list.putArray("data");
        data.forEach(object -> array.add(object.deepCopy()));
        return list.put("has_more", hasMore).put("url", url);
    }

    /// A page of a search; its cursor is the number of objects already seen.
    public static ObjectNode found(String url, List<ObjectNode> objects, Parameters parameters) {
        int limit = limit(parameters);
        Long seen = parameters.whole("page");
        int from = Math.clamp(seen == null ? 0 : seen, 0, objects.size());
        int to = Math.min(objects.size(), from + limit);
        ObjectNode result = list(url, objects.subList(from, to), to < objects.size());
        result.put("object", "search_result");
        if (to < objects.size()) {
            result.put("next_page", Integer.toString(to));
        } else {
            result.putNull("next_page");
        }
        return result;
    }

    private static ObjectNode backwards(String url, List<ObjectNode> matching, String before, int limit) {
        int end = indexOf(before, matching, "ending_before");
        int from = Math.max(0, end - limit);
        return list(url, new ArrayList<>(Collections.unmodifiableList(matching.subList(from, end))), from > 0);
    }

    private static int indexOf(String id, List<ObjectNode> objects, String param) {
        for (int i = 0; i < objects.size(); i++) {
            if (objects.get(i).path("id").asString("").equals(id)) {
                return i;
            }
        }
        throw StripeException.parameter(param, "resource_missing", "No such object: '" + id + "'");
    }

    private static int limit(Parameters parameters) {
        Long limit = parameters.whole("limit");
        if (limit == null) {
            return DEFAULT_LIMIT;
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw StripeException.parameter(
                    "limit", "parameter_invalid_integer", "Invalid limit: must be 1 to " + MAX_LIMIT);
        }
        return limit.intValue();
    }

    private static boolean isCreatedWithin(ObjectNode object, Parameters parameters) {
        long created = object.path("created").asLong(object.path("date").asLong(0));
        for (Map.Entry<String, String> bound : parameters.members("created").entrySet()) {
            Long value = parameters.whole("created[" + bound.getKey() + "]");
            if (value != null && !isWithin(created, bound.getKey(), value)) {
                return false;
            }
        }
        Long exactly = parameters.whole("created");
        return exactly == null || exactly == created;
    }

    private static boolean isWithin(long created, String bound, long value) {
        return switch (bound) {
            case "gt" -> created > value;
            case "gte" -> created >= value;
            case "lt" -> created < value;
            case "lte" -> created <= value;
            default ->
                throw StripeException.parameter(
                        "created[" + bound + "]",
                        "parameter_unknown",
                        "Received unknown parameter: created[" + bound + "]");
        };
    }
}
