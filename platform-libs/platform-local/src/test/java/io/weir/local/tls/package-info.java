@NullMarked
package io.weir.local.tls;

import org.jspecify.annotations.NullMarked;
