package io.weir.orchestration.budget;

import io.weir.problem.PlatformException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a caller calls its call: names with values, one of each name, in the order of names.
public record Tags(Map<String, String> values) {

    /// `team=search,env=prod`
    public static final String HEADER = "x-weir-tags";

    public static final Tags NONE = new Tags(Map.of());

    private static final int MOST = 8;
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.-]{1,64}=[A-Za-z0-9_.:/@-]{1,128}");

    public Tags {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /// Throws a 400 that names the header, for what is no list of tags, has more than 8, or the same name twice.
    public static Tags read(List<String> headers) {
        Map<String, String> found = new TreeMap<>();
        for (String header : headers) {
            for (String tag : header.split(",", -1)) {
                String word = tag.strip();
                if (!TAG.matcher(word).matches()) {
                    throw refused("'" + shortened(word) + "' is not a tag");
                }
                int at = word.indexOf('=');
                if (found.put(word.substring(0, at), word.substring(at + 1)) != null) {
                    throw refused("the name '" + word.substring(0, at) + "' is there twice");
                }
            }
        }
        if (found.size() > MOST) {
            throw refused("there are " + found.size() + " tags");
        }
        return found.isEmpty() ? NONE : new Tags(found);
    }

    private static PlatformException refused(String why) {
        return PlatformException.invalid(
                HEADER,
                "Invalid " + HEADER + ": " + why + ". Send at most " + MOST
                        + " tags with different names, such as team=search,env=prod: names of letters, digits, '_', '.'"
                        + " and '-' (at most 64), values also with ':', '/' and '@' (at most 128).");
    }

    private static String shortened(String word) {
        return word.length() <= 40 ? word : word.substring(0, 40) + "...";
    }

    /// Each as `name=value`.
    public List<String> words() {
        return values.entrySet().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .toList();
    }
}
