package io.weir.orchestration.surface.messages;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// The content blocks of a message that is streamed: one after the other, as clients expect them, also where a provider
/// mixes the arguments of several tool calls. The first that is not over is written as it grows; those after it wait.
/// A call is over when its arguments are a whole object, anything else when something follows.
final class ContentBlocks {

    private final MessageEvents events;
    private final Deque<ContentBlock> unfinished = new ArrayDeque<>();
    private final Map<Integer, ContentBlock> calls = new HashMap<>();
    private int index;

    ContentBlocks(MessageEvents events) {
        this.events = events;
    }

    boolean hasCalls() {
        return !calls.isEmpty();
    }

    void text(String more) {
        grow(ContentBlock.Kind.TEXT, more);
    }

    void thought(String more) {
        grow(ContentBlock.Kind.THINKING, more);
    }

    private void grow(ContentBlock.Kind kind, String more) {
        if (more.isEmpty()) {
            return;
        }
        ContentBlock last = unfinished.peekLast();
        if (last == null || last.kind() != kind) {
            last = new ContentBlock(kind);
            unfinished.add(last);
        }
        last.append(more);
        advance();
    }

    /// @param call its position among the calls
    /// @param id empty: not said here
    /// @param name empty: not said here
    void call(int call, String id, String name, String arguments) {
        ContentBlock block = calls.get(call);
        if (block == null) {
            block = new ContentBlock(ContentBlock.Kind.TOOL_USE);
            calls.put(call, block);
            unfinished.add(block);
        }
        block.describe(id, name);
        block.append(arguments);
        advance();
    }

    /// Nothing more comes.
    void finish() {
        while (!unfinished.isEmpty()) {
            stopFirst();
        }
    }

    private void advance() {
        while (unfinished.size() > 1 && unfinished.getFirst().isOver()) {
            stopFirst();
        }
        unfinished.getFirst().write(index, events);
    }

    private void stopFirst() {
        unfinished.removeFirst().stop(index, events);
        index++;
    }
}
