package io.weir.local.e2e;

/// What a client of the matrix is put to. Public, as annotations name it.
public enum Capability {
    PLAIN("plain"),
    STREAM("stream"),
    TOOLS("tools"),
    USAGE("usage"),
    STRUCTURED_OUTPUT("structured output"),
    ERRORS("error classes"),
    RETRY("429, retried"),
    EMBEDDINGS("embeddings"),
    MODELS("models"),
    CANCEL("cancel");

    final String title;

    Capability(String title) {
        this.title = title;
    }
}
