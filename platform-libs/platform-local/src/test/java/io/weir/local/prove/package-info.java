@NullMarked
package io.weir.local.prove;

import org.jspecify.annotations.NullMarked;
