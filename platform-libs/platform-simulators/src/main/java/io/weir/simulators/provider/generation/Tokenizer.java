package io.weir.simulators.provider.generation;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.util.ArrayList;
import java.util.List;

/// The tokenizer o200k_base. Loading takes some 200 ms; safe for concurrent use.
public final class Tokenizer {

    private final Encoding encoding = Tables.ENCODING;

    // Tens of megabytes, so once for a process, however many simulators it starts.
    private static final class Tables {

        static final Encoding ENCODING = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }

    /// Tokens of a text; text that looks like a special token counts as plain text.
    public int count(String text) {
        return encoding.countTokensOrdinary(text);
    }

    /// The texts of the tokens, in order; joined they are the text again. ASCII only, since a token of other text may
    /// end within a character.
    List<String> split(String asciiText) {
        IntArrayList ids = encoding.encodeOrdinary(asciiText);
        List<String> tokens = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            IntArrayList one = new IntArrayList(1);
            one.add(ids.get(i));
            tokens.add(encoding.decode(one));
        }
        return tokens;
    }
}
