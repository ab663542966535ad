/// What can be proven of the platform on this machine, by name. Each proof brings servers and data of its own,
/// and takes them away.
@NullMarked
package io.weir.local.prove;

import org.jspecify.annotations.NullMarked;
