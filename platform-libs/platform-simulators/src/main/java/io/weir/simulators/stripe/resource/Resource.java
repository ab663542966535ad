package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.wire.StripeCall;
import tools.jackson.databind.node.ObjectNode;

/// One of Stripe's resources.
interface Resource {

    /// Answers a call with the body of a 200. Throws [StripeException] when it refuses. Runs under the books' lock.
    ObjectNode answer(StripeCall call);

    /// The call's route below the resource: `POST`, `GET id`, `POST id/finalize`.
    static String route(StripeCall call) {
        return switch (call.segments().size()) {
            case 1 -> call.method();
            case 2 -> call.method() + ("search".equals(call.segment(1)) ? " search" : " id");
            case 3 -> call.method() + " id/" + call.segment(2);
            default -> throw call.unknown();
        };
    }
}
