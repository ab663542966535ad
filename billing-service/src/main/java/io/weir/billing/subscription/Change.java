package io.weir.billing.subscription;

import io.weir.billing.rating.model.InvalidTermsException;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that was decided about a subscription. It holds from the beginning of the day on which it was decided, in
/// the subscription's zone; of several on a day the last one counts.
public sealed interface Change {

    /// When it was decided.
    Instant at();

    /// It begins.
    record Start(Instant at, String plan) implements Change {}

    /// From one plan to another, up or down.
    record Switch(Instant at, String plan) implements Change {}

    /// So many of an add-on from now on; 0: none any more.
    record Extra(Instant at, AddOn addOn, int quantity) implements Change {

        public Extra {
            if (quantity < 0) {
                throw new InvalidTermsException("quantity", "It is negative. Send 0 or more.");
            }
        }
    }

    /// Another fee for this tenant alone.
    ///
    /// @param fee in place of the plan's; null: the plan's again
    record OwnFee(Instant at, @Nullable BigDecimal fee) implements Change {

        public OwnFee {
            if (fee != null && fee.signum() < 0) {
                throw new InvalidTermsException("fee", "It is negative. Send 0 or more.");
            }
        }
    }

    /// It ends: with the day, which is still charged, or with the period.
    record Cancel(Instant at, boolean atPeriodEnd) implements Change {}
}
