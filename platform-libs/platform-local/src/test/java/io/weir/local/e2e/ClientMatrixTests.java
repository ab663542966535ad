package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The reference page tells of each client what its tests run, no more and no less.
class ClientMatrixTests {

    private static final Path PAGE = Path.of("../../docs/reference/clients.md");
    private static final List<Class<?>> CLIENTS = List.of(
            OpenAiNodeSdkIT.class,
            OpenAiJavaSdkIT.class,
            EveryProviderJavaSdkIT.class,
            OpenAiPythonSdkIT.class,
            AnthropicNodeSdkIT.class,
            AnthropicJavaSdkIT.class,
            VercelAiSdkIT.class,
            LangChain4jIT.class,
            SpringAiIT.class);

    @Test
    void thePageShowsWhatTheTestsRun() throws IOException {
        assertThat(Files.readString(PAGE)).contains(table());
    }

    static Stream<Class<?>> clients() {
        return CLIENTS.stream();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aClientIsPutToAllThatItOffers(Class<?> client) {
        String name = declared(client).name();
        Set<Capability> all = EnumSet.copyOf(covered(name));
        all.addAll(without(name));
        assertThat(all).as(name).containsExactlyInAnyOrder(Capability.values());
        assertThat(without(name)).as(name).noneMatch(covered(name)::contains);
    }

    private static String table() throws IOException {
        StringBuilder table = new StringBuilder("| Client | Package | Version |");
        for (Capability capability : Capability.values()) {
            table.append(' ').append(capability.title).append(" |");
        }
        table.append("\n|---|---|---|").append("---|".repeat(Capability.values().length));
        for (MatrixClient client : distinct()) {
            Set<Capability> covered = covered(client.name());
            table.append("\n| %s | `%s` | %s |".formatted(client.name(), client.artifact(), version(client)));
            for (Capability capability : Capability.values()) {
                table.append(covered.contains(capability) ? " yes |" : " - |");
            }
        }
        return table.append('\n').toString();
    }

    private static Iterable<MatrixClient> distinct() {
        Map<String, MatrixClient> clients = new LinkedHashMap<>();
        CLIENTS.forEach(type -> clients.putIfAbsent(declared(type).name(), declared(type)));
        return clients.values();
    }

    private static MatrixClient declared(Class<?> client) {
        return client.getAnnotation(MatrixClient.class);
    }

    private static Set<Capability> covered(String name) {
        return CLIENTS.stream()
                .filter(client -> declared(client).name().equals(name))
                .flatMap(
                        client -> Stream.concat(Stream.of(client.getDeclaredMethods()), Stream.of(client.getMethods())))
                .filter(method -> method.isAnnotationPresent(Covers.class))
                .flatMap(ClientMatrixTests::covers)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
    }

    private static Stream<Capability> covers(Method test) {
        return Stream.of(test.getAnnotation(Covers.class).value());
    }

    private static Set<Capability> without(String name) {
        return CLIENTS.stream()
                .map(ClientMatrixTests::declared)
                .filter(client -> client.name().equals(name))
                .flatMap(client -> Stream.of(client.without()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
    }

    // <pin>1.2.3</pin>, "pin": "1.2.3" or pin==1.2.3
    private static String version(MatrixClient client) throws IOException {
        String pin = Pattern.quote(client.pin());
        Pattern pinned = Pattern.compile("(?:<" + pin + ">|\"" + pin + "\": \"|(?m)^" + pin + "==)([0-9.]+)");
        Matcher matcher = pinned.matcher(Files.readString(Path.of(client.pinnedBy())));
        assertThat(matcher.find()).as(client.pin() + " in " + client.pinnedBy()).isTrue();
        return matcher.group(1);
    }
}
