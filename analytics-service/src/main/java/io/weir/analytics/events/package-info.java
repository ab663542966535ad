/// Costs that arise elsewhere and are reported here as CloudEvents: taken in once, and shown apart from model usage.
/// They are in no sealed hour and on no invoice.
@NullMarked
package io.weir.analytics.events;

import org.jspecify.annotations.NullMarked;
