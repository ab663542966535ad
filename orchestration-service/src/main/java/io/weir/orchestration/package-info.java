/// One inference request from start to settled. Its parts are the packages below.
@NullMarked
package io.weir.orchestration;

import org.jspecify.annotations.NullMarked;
