/// What a call costs in its hot pieces, by JMH.
@NullMarked
package io.weir.bench;

import org.jspecify.annotations.NullMarked;
