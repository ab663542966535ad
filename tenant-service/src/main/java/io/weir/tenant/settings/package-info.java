/// What can be set per tenant, its forms, and the cascade of system, plan and tenant.
/// Does not own who may change what (configuration).
@NullMarked
package io.weir.tenant.settings;

import org.jspecify.annotations.NullMarked;
