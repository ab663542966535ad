@NullMarked
package io.weir.local.keys;

import org.jspecify.annotations.NullMarked;
