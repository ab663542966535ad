package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.node.ObjectNode;

/// One content block as it grows, and how much of it was written.
final class ContentBlock {

    enum Kind {
        TEXT("text", "text_delta", "text"),
        THINKING("thinking", "thinking_delta", "thinking"),
        TOOL_USE("tool_use", "input_json_delta", "partial_json");

        private final String type;
        private final String delta;
        private final String field;

        Kind(String type, String delta, String field) {
            this.type = type;
            this.delta = delta;
            this.field = field;
        }
    }

    private final Kind kind;
    private final WholeObject arguments = new WholeObject();
    private final StringBuilder unwritten = new StringBuilder();
    private String id = "";
    private String name = "";
    private boolean started;

    ContentBlock(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    void append(String more) {
        unwritten.append(more);
        if (kind == Kind.TOOL_USE) {
            arguments.take(more);
        }
    }

    void describe(String known, String called) {
        id = id.isEmpty() ? known : id;
        name = name.isEmpty() ? called : name;
    }

    /// Whether something else may follow.
    boolean isOver() {
        return kind != Kind.TOOL_USE || arguments.isWhole();
    }

    /// What can be said by now. A call that has no name yet has to wait for it.
    void write(int index, MessageEvents events) {
        if (kind != Kind.TOOL_USE || !name.isEmpty()) {
            writeAll(index, events);
        }
    }

    void stop(int index, MessageEvents events) {
        writeAll(index, events);
        events.blockStopped(index);
    }

    private void writeAll(int index, MessageEvents events) {
        if (!started) {
            started = true;
            events.blockStarted(index, start(index));
        }
        if (!unwritten.isEmpty()) {
            events.delta(index, kind.delta, kind.field, unwritten.toString());
            unwritten.setLength(0);
        }
    }

    private ObjectNode start(int index) {
        ObjectNode block = WireJson.object().put("type", kind.type);
        switch (kind) {
            case TEXT -> block.put("text", "");
            case THINKING -> block.put("thinking", "").put("signature", "");
            case TOOL_USE -> {
                block.put("id", id.isEmpty() ? "toolu_" + index : id).put("name", name);
                block.putObject("input");
            }
        }
        return block;
    }
}
