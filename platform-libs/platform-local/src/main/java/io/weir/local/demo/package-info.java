/// The story that `weir demo` tells: three customers' calls, what they cost, and that every book says the same. Owns
/// the script and the comparison. Calls nothing but public routes, ClickHouse and the simulators, as an auditor would.
@NullMarked
package io.weir.local.demo;

import org.jspecify.annotations.NullMarked;
