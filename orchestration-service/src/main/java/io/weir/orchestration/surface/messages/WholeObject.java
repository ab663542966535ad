package io.weir.orchestration.surface.messages;

/// Says when JSON that comes in pieces is one whole object, by its brackets alone.
final class WholeObject {

    private int depth;
    private boolean quoted;
    private boolean escaped;
    private boolean whole;

    void take(String more) {
        for (int i = 0; i < more.length() && !whole; i++) {
            take(more.charAt(i));
        }
    }

    private void take(char c) {
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return;
        }
        switch (c) {
            case '"' -> quoted = true;
            case '{', '[' -> depth++;
            case '}', ']' -> {
                depth--;
                whole = depth == 0;
            }
            default -> {}
        }
    }

    boolean isWhole() {
        return whole;
    }
}
