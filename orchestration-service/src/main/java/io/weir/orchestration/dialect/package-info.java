/// OpenAI's chat wire form: reading requests, touching the few fields that the platform decides, reading answers and
/// streams, and mending streams that break clients. Owns no connection and no money.
@NullMarked
package io.weir.orchestration.dialect;

import org.jspecify.annotations.NullMarked;
