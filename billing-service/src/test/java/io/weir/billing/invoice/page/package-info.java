/// The invoice's page, looked at as a reader and as an attacker.
@NullMarked
package io.weir.billing.invoice.page;

import org.jspecify.annotations.NullMarked;
