@NullMarked
package io.weir.gateway.edge;

import org.jspecify.annotations.NullMarked;
