/// Price books as data: read from a file, checked, approved in the database, published for the data plane.
/// Does not own how a price is applied to usage (`platform-pricing`).
@NullMarked
package io.weir.billing.pricebook;

import org.jspecify.annotations.NullMarked;
