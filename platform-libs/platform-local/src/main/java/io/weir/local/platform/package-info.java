/// What the parts of Weir are: their commands, settings, order and readiness; the demo tenants; the file that tells
/// tools where everything is.
@NullMarked
package io.weir.local.platform;

import org.jspecify.annotations.NullMarked;
