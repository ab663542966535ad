@NullMarked
package io.weir.gateway.address;

import org.jspecify.annotations.NullMarked;
