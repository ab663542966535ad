package io.weir.terraform;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A block of HCL, as it is written: nothing is evaluated.
///
/// @param type such as `resource`; empty for a whole file
/// @param labels what stands between type and brace, without quotes
/// @param attributes expression of each attribute, in order, as it is written
/// @param blocks blocks within, in order
record Block(String type, List<String> labels, Map<String, String> attributes, List<Block> blocks) {

    Stream<Block> all(String ofType) {
        return blocks.stream().filter(block -> block.type.equals(ofType));
    }

    /// This block and all within, however deep.
    Stream<Block> deep() {
        return Stream.concat(Stream.of(this), blocks.stream().flatMap(Block::deep));
    }

    String label(int place) {
        return labels.get(place);
    }

    /// The text of an attribute that is one plain string.
    String text(String attribute) {
        String written = attributes.getOrDefault(attribute, "");
        boolean quoted = written.length() >= 2 && written.startsWith("\"") && written.endsWith("\"");
        return quoted
                ? written.substring(1, written.length() - 1)
                        .replace("\\\"", "\"")
                        .replace("\\\\", "\\")
                : written;
    }

    boolean says(String attribute, String expression) {
        return expression.equals(attributes.get(attribute));
    }
}
