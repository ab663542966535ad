package io.weir.orchestration.surface.messages;

/// What would cost more than the price book says, or what no bound covers: refused, as chat completions do.
final class Unpriced {

    private Unpriced() {}

    static void refuse(Place request) {
        for (String field : new String[] {"mcp_servers", "container"}) {
            Place place = request.in(field);
            if (place.isGiven() && !(place.json().isContainer() && place.json().isEmpty())) {
                throw place.wrong("Not supported: what runs at the provider has no price here. Leave it out.");
            }
        }
        Place geography = request.in("inference_geo");
        if (geography.isGiven() && !geography.text().equals("global")) {
            throw geography.wrong("Only 'global' is supported; others have no price here.");
        }
        Place speed = request.in("speed");
        if (speed.isGiven() && !speed.text().equals("standard")) {
            throw speed.wrong("Only 'standard' is supported; others have no price here.");
        }
        Place tier = request.in("service_tier");
        if (tier.isGiven() && !tier.text().equals("auto") && !tier.text().equals("standard_only")) {
            throw tier.wrong("Input should be 'auto' or 'standard_only'.");
        }
    }
}
