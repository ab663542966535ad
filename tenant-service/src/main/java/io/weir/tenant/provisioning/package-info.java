/// A new tenant with its first key, whole or not at all.
@NullMarked
package io.weir.tenant.provisioning;

import org.jspecify.annotations.NullMarked;
