/// What makes a service observable and operable: health and readiness, log fields, and which requests are traced.
/// Does not own what a service measures of its own work.
@NullMarked
package io.weir.observability;

import org.jspecify.annotations.NullMarked;
