/// How clients speak to us: each API's requests, answers, streams and errors, seen from chat completions, which
/// everything behind works with.
@NullMarked
package io.weir.orchestration.surface;

import org.jspecify.annotations.NullMarked;
