package io.weir.simulators.provider.generation;

import java.util.concurrent.ThreadLocalRandom;

/// Ids in the form that providers give their answers and tool calls. Not for secrets.
public final class RandomId {

    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private RandomId() {}

    /// So many letters and digits after the prefix.
    public static String of(String prefix, int length) {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < length; i++) {
            id.append(BASE62.charAt(ThreadLocalRandom.current().nextInt(BASE62.length())));
        }
        return id.toString();
    }
}
