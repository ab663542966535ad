package io.weir.simulators.provider.openai;

import java.util.ArrayList;
import java.util.List;

/// Where an answer ends because it would say what the client asked not to hear.
final class StopSequences {

    private StopSequences() {}

    /// The pieces before the first stop sequence; the last of them may be shortened.
    static List<String> before(List<String> stops, List<String> pieces) {
        int end = firstStop(stops, String.join("", pieces));
        if (end < 0) {
            return pieces;
        }
        List<String> kept = new ArrayList<>();
        int position = 0;
        for (String piece : pieces) {
            if (position >= end) {
                break;
            }
            kept.add(piece.substring(0, Math.min(piece.length(), end - position)));
            position += piece.length();
        }
        return kept;
    }

    private static int firstStop(List<String> stops, String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(position -> position >= 0)
                .min()
                .orElse(-1);
    }
}
