@NullMarked
package io.weir.gateway.access;

import org.jspecify.annotations.NullMarked;
