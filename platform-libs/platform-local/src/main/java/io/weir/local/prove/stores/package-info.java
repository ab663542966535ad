/// Sums over all that a store holds: equal where two hold the same.
@NullMarked
package io.weir.local.prove.stores;

import org.jspecify.annotations.NullMarked;
