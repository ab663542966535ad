@NullMarked
package io.weir.gateway.redis;

import org.jspecify.annotations.NullMarked;
