/// Gatling's scenarios of calls through the gateway, as many tenants make them. Told by system properties what to call;
/// see [Traffic].
@NullMarked
package io.weir.loadtests;

import org.jspecify.annotations.NullMarked;
