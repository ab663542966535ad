/// The whole platform, started as an operator starts it, used as a client uses it.
@NullMarked
package io.weir.local.e2e;

import org.jspecify.annotations.NullMarked;
