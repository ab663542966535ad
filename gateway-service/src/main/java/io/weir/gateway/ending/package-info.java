/// How an answer ends that its caller lost the right to while it runs.
@NullMarked
package io.weir.gateway.ending;

import org.jspecify.annotations.NullMarked;
