package io.weir.orchestration.dialect;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/// The tokenizer o200k_base. The first of a process takes some 200 ms and file reads to load; each takes time in
/// proportion to a text: not for event loops. Safe for use by many threads.
public final class Tokenizer {

    private final Encoding encoding = Tables.ENCODING;

    // Tens of megabytes, so once for a process, however many applications it starts.
    private static final class Tables {

        static final Encoding ENCODING = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }

    /// Tokens of a text; what looks like a special token counts as plain text.
    public int count(CharSequence text) {
        return text.isEmpty() ? 0 : encoding.countTokensOrdinary(text.toString());
    }
}
