/// The `weir` command: reads arguments, talks to the supervisor, prints. Exit codes: 0 done, 1 failed, 2 wrong usage,
/// 3 the platform is not running.
@NullMarked
package io.weir.local.cli;

import org.jspecify.annotations.NullMarked;
