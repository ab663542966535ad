@NullMarked
package io.weir.local.prove.lanes;

import org.jspecify.annotations.NullMarked;
