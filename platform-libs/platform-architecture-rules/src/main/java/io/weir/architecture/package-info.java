/// The architecture as rules that each service's `ArchitectureTests` imports.
@NullMarked
package io.weir.architecture;

import org.jspecify.annotations.NullMarked;
