/// What of the platform's own bills each tenant causes: direct cost by tag, shared cost by a stated method, idle and
/// what no rule covers by name, so that all of it is the bill. Pure. Does not own what providers of models cost
/// (`rating`).
@NullMarked
package io.weir.billing.allocation;

import org.jspecify.annotations.NullMarked;
