@NullMarked
package io.weir.snapshots.autoconfigure;

import org.jspecify.annotations.NullMarked;
