/// The rating preview: what a price comes to for a quantity, asked over HTTP, and how prices are
/// written as JSON. Does not own the arithmetic (`rating.model`); stores nothing.
@NullMarked
package io.weir.billing.rating.preview;

import org.jspecify.annotations.NullMarked;
