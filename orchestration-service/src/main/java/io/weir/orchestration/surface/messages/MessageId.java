package io.weir.orchestration.surface.messages;

/// A message's id, of the completion's.
final class MessageId {

    private static final String PREFIX = "msg_";

    private MessageId() {}

    static String of(String completion) {
        if (completion.startsWith(PREFIX)) {
            return completion;
        }
        String bare = completion.startsWith("chatcmpl-") ? completion.substring("chatcmpl-".length()) : completion;
        return PREFIX + bare;
    }
}
