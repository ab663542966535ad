/// What tenants and plans earn: revenue, what their calls and their share of the platform cost, what was given back.
/// Pure. Does not own any of these amounts.
@NullMarked
package io.weir.billing.economics;

import org.jspecify.annotations.NullMarked;
