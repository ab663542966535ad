@NullMarked
package io.weir.kafka.autoconfigure;

import org.jspecify.annotations.NullMarked;
