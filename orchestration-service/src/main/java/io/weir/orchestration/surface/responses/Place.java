package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.node.ObjectNode;

/// Where an item stands in its output, which all of its events say.
record Place(String id, int index, Events events) {

    /// An event of the item itself.
    void item(String type, ObjectNode item) {
        ObjectNode event = WireJson.object().put("output_index", index);
        event.set("item", item);
        events.emit(type, event);
    }

    /// The beginning of an event of one of its parts.
    ObjectNode part(int content) {
        return whole().put("content_index", content);
    }

    /// The beginning of an event of what it is.
    ObjectNode whole() {
        return WireJson.object().put("item_id", id).put("output_index", index);
    }
}
