package io.weir.simulators.provider.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Where an answer ends because it would say what the client asked not to hear.
public final class StopSequences {

    private StopSequences() {}

    /// The stop sequence that comes first in the text made of these pieces, if any does.
    public static Optional<String> first(List<String> stops, List<String> pieces) {
        String text = String.join("", pieces);
        return stops.stream().filter(text::contains).min(Comparator.comparingInt(text::indexOf));
    }

    /// The pieces before the stop sequence; the last of them may be shortened.
    public static List<String> before(String stop, List<String> pieces) {
        int end = String.join("", pieces).indexOf(stop);
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
}
