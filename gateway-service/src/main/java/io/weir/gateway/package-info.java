/// The public edge of the platform. Holds no database and parses no model bodies.
@NullMarked
package io.weir.gateway;

import org.jspecify.annotations.NullMarked;
