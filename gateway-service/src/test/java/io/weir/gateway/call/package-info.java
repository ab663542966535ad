@NullMarked
package io.weir.gateway.call;

import org.jspecify.annotations.NullMarked;
