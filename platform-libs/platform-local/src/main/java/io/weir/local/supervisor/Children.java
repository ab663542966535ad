package io.weir.local.supervisor;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.state.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The processes of the parts, on disk: whoever comes after a supervisor that died finds what it left running.
public final class Children {

    private final Path file;
    private final Map<String, ProcessIdentity> byPart = new TreeMap<>();

    Children(Path file) {
        this.file = file;
    }

    synchronized void started(String part, ProcessIdentity identity) {
        byPart.put(part, identity);
        PrivateFiles.write(file, JsonMapper.shared().writeValueAsString(byPart));
    }

    synchronized void ended(String part) {
        byPart.remove(part);
        PrivateFiles.write(file, JsonMapper.shared().writeValueAsString(byPart));
    }

    /// Those of the file that still run. Throws nothing where the file is not there or not whole.
    public static List<ProcessIdentity> running(Path file) {
        return running(file, part -> true);
    }

    /// As the other, of some parts.
    ///
    /// @param wanted by the part's name
    public static List<ProcessIdentity> running(Path file, Predicate<String> wanted) {
        List<ProcessIdentity> running = new ArrayList<>();
        if (Files.exists(file)) {
            try {
                JsonNode all = JsonMapper.shared().readTree(PrivateFiles.read(file));
                for (Map.Entry<String, JsonNode> part : all.properties()) {
                    JsonNode child = part.getValue();
                    if (wanted.test(part.getKey())) {
                        running.add(new ProcessIdentity(
                                child.path("pid").asLong(),
                                child.path("started").asString()));
                    }
                }
            } catch (JacksonException e) {
                return List.of();
            }
        }
        return running.stream().filter(child -> child.alive().isPresent()).toList();
    }
}
