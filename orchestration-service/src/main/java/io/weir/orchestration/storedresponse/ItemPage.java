package io.weir.orchestration.storedresponse;

import io.weir.orchestration.dialect.WireJson;
import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which items of a list a client wants.
///
/// @param newestFirst in the opposite order of the conversation
/// @param after id of the item that the page follows; null: none
/// @param before id of the item that the page ends ahead of; null: none
record ItemPage(
        int limit,
        boolean newestFirst,
        @Nullable String after,
        @Nullable String before) {

    private static final int MOST = 100;
    private static final int DEFAULT = 20;

    /// Throws a 400 that names the parameter.
    static ItemPage of(
            @Nullable String limit, @Nullable String order, @Nullable String after, @Nullable String before) {
        return new ItemPage(limit == null ? DEFAULT : limit(limit), !"asc".equals(order(order)), after, before);
    }

    private static int limit(String text) {
        int limit;
        try {
            limit = Integer.parseInt(text);
        } catch (NumberFormatException none) {
            limit = 0;
        }
        if (limit < 1 || limit > MOST) {
            throw PlatformException.invalid("limit", "Invalid value for 'limit': expected 1 to " + MOST + ".");
        }
        return limit;
    }

    private static String order(@Nullable String order) {
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw PlatformException.invalid("order", "Invalid value for 'order': expected asc or desc.");
        }
        return order == null ? "desc" : order;
    }

    /// The page as the API tells it. Throws a 400 where it follows an item that is not there.
    ObjectNode of(ArrayNode items) {
        List<JsonNode> all = new ArrayList<>(items.values());
        if (newestFirst) {
            Collections.reverse(all);
        }
        int from = after == null ? 0 : place("after", after, all) + 1;
        int to = before == null ? all.size() : place("before", before, all);
        List<JsonNode> wanted = from >= to ? List.of() : all.subList(from, to);
        List<JsonNode> page = wanted.subList(0, Math.min(limit, wanted.size()));
        ObjectNode list = WireJson.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        page.forEach(data::add);
        list.put("first_id", page.isEmpty() ? null : id(page.getFirst()));
        list.put("last_id", page.isEmpty() ? null : id(page.getLast()));
        return list.put("has_more", wanted.size() > page.size());
    }

    private static int place(String param, String id, List<JsonNode> all) {
        for (int i = 0; i < all.size(); i++) {
            if (id(all.get(i)).equals(id)) {
                return i;
            }
        }
        throw PlatformException.invalid(
                param, "Invalid value for '" + param + "': no item of this response has that id.");
    }

    private static String id(JsonNode item) {
        return item.path("id").asString("");
    }
}
