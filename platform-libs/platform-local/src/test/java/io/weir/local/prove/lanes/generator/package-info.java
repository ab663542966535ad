@NullMarked
package io.weir.local.prove.lanes.generator;

import org.jspecify.annotations.NullMarked;
