@NullMarked
package io.weir.clickhouse.autoconfigure;

import org.jspecify.annotations.NullMarked;
