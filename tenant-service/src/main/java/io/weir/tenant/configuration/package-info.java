/// Reading and changing a tenant's configuration. Does not own the settings' forms (settings).
@NullMarked
package io.weir.tenant.configuration;

import org.jspecify.annotations.NullMarked;
