/// Hours of a tenant's usage, added up exactly once they are over, and published for billing.
/// Does not own the rows (`metering`) nor prices.
@NullMarked
package io.weir.analytics.sealing;

import org.jspecify.annotations.NullMarked;
