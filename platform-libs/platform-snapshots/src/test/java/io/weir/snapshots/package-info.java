@NullMarked
package io.weir.snapshots;

import org.jspecify.annotations.NullMarked;
