/// Rules, alerts and dashboards as they are shipped: whether they name what exists, and whether alerts do what they
/// say.
@NullMarked
package io.weir.helm.observability;

import org.jspecify.annotations.NullMarked;
