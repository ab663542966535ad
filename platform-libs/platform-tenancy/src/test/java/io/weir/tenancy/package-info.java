@NullMarked
package io.weir.tenancy;

import org.jspecify.annotations.NullMarked;
