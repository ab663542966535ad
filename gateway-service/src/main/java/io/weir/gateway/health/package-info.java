/// The platform's health as one answer, for people and monitors.
@NullMarked
package io.weir.gateway.health;

import org.jspecify.annotations.NullMarked;
