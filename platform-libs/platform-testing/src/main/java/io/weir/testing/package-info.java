/// What tests stand on: real servers, a clock that is turned by hand, waiting that ends, and names nobody else has.
/// Does not own any product code; a library for test scope only.
@NullMarked
package io.weir.testing;

import org.jspecify.annotations.NullMarked;
