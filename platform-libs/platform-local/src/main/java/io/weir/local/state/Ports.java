package io.weir.local.state;

import io.weir.embedded.FreePort;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The port numbers of one run. All of them are on 127.0.0.1.
public final class Ports {

    private static final int LARGEST = 65_535;

    private final EnumMap<Port, Integer> numbers;

    private Ports(EnumMap<Port, Integer> numbers) {
        this.numbers = numbers;
    }

    /// The defaults with the overrides of `environment`. Throws [InvalidPortException] naming a variable that is wrong.
    public static Ports fromEnvironment(Map<String, String> environment) {
        EnumMap<Port, Integer> numbers = new EnumMap<>(Port.class);
        for (Port port : Port.values()) {
            numbers.put(port, number(port, environment));
        }
        return new Ports(numbers);
    }

    /// Ports that are free now.
    public static Ports random() {
        return each(FreePort::next);
    }

    /// Ports that are free now, and again whenever what listens there is away.
    public static Ports lasting() {
        return each(FreePort::lasting);
    }

    private static Ports each(IntSupplier free) {
        EnumMap<Port, Integer> numbers = new EnumMap<>(Port.class);
        Set<Integer> taken = new HashSet<>();
        for (Port port : Port.values()) {
            int number = free.getAsInt();
            while (!taken.add(number)) {
                number = free.getAsInt();
            }
            numbers.put(port, number);
        }
        return new Ports(numbers);
    }

    public static Ports read(Path file) {
        JsonNode all = JsonMapper.shared().readTree(PrivateFiles.read(file));
        EnumMap<Port, Integer> numbers = new EnumMap<>(Port.class);
        for (Port port : Port.values()) {
            numbers.put(port, all.path(port.title()).asInt());
        }
        return new Ports(numbers);
    }

    public void write(Path file) {
        Map<String, Integer> all = new LinkedHashMap<>();
        numbers.forEach((port, number) -> all.put(port.title(), number));
        PrivateFiles.write(file, JsonMapper.shared().writeValueAsString(all));
    }

    public int of(Port port) {
        Integer number = numbers.get(port);
        if (number == null) {
            throw new IllegalStateException("no number for port " + port.title());
        }
        return number;
    }

    public String url(Port port) {
        return "http://127.0.0.1:" + of(port);
    }

    private static int number(Port port, Map<String, String> environment) {
        Integer own = override(port, environment);
        if (own != null) {
            return own;
        }
        if (!port.isManagement()) {
            return port.byDefault();
        }
        Integer main = override(port.main(), environment);
        return main == null ? port.byDefault() : withinRange(port.variable(), Port.managementOf(main));
    }

    private static @Nullable Integer override(Port port, Map<String, String> environment) {
        String text = environment.get(port.variable());
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return withinRange(port.variable(), Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            throw new InvalidPortException(port.variable(), text);
        }
    }

    private static int withinRange(String variable, int number) {
        if (number < 1 || number > LARGEST) {
            throw new InvalidPortException(variable, Integer.toString(number));
        }
        return number;
    }
}
