@NullMarked
package io.weir.gateway.socket;

import org.jspecify.annotations.NullMarked;
