/// Files that tenants upload for batches, and those that batches answer with: OpenAI's files API. Owns
/// their metadata and where their bytes are. Knows nothing of what is in them (see `batch`).
@NullMarked
package io.weir.orchestration.file;

import org.jspecify.annotations.NullMarked;
