@NullMarked
package io.weir.clickhouse;

import org.jspecify.annotations.NullMarked;
