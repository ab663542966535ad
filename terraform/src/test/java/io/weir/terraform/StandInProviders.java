package io.weir.terraform;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Stands in for providers that cannot be had: it knows their schemas and nothing else. Terraform is told
/// to talk to it (`TF_REATTACH_PROVIDERS`) and can then validate modules and run their tests with mocked
/// providers. What the real ones check beyond their schema is not checked.
final class StandInProviders implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private final List<Server> servers = new ArrayList<>();
    private final Map<String, Object> reattach = new LinkedHashMap<>();

    StandInProviders(String... providers) throws IOException {
        for (String provider : providers) {
            JsonNode schemas;
            try (InputStream stream = StandInProviders.class.getResourceAsStream("/schemas/" + provider + ".json")) {
                schemas = JSON.readTree(stream);
            }
            String address = "registry.terraform.io/hashicorp/" + provider;
            byte[] answer = schemaAnswer(schemas.path("provider_schemas").path(address));
            Server server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create())
                    .fallbackHandlerRegistry(new Methods(answer))
                    .build()
                    .start();
            servers.add(server);
            reattach.put(
                    address,
                    Map.of(
                            "Protocol",
                            "grpc",
                            "ProtocolVersion",
                            6,
                            "Pid",
                            ProcessHandle.current().pid(),
                            "Test",
                            true,
                            "Addr",
                            Map.of("Network", "tcp", "String", "127.0.0.1:" + server.getPort())));
        }
    }

    /// What `TF_REATTACH_PROVIDERS` is to be.
    String reattach() {
        return JSON.writeValueAsString(reattach);
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        for (Server server : servers) {
            try {
                server.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    // GetProviderSchema.Response of tfplugin6.
    private static byte[] schemaAnswer(JsonNode provider) throws IOException {
        return message(out -> {
            out.writeByteArray(1, schema(provider.path("provider")));
            for (var kinds :
                    Map.of(3, "data_source_schemas", 2, "resource_schemas").entrySet()) {
                for (var entry : provider.path(kinds.getValue()).properties()) {
                    out.writeByteArray(kinds.getKey(), message(pair -> {
                        pair.writeString(1, entry.getKey());
                        pair.writeByteArray(2, schema(entry.getValue()));
                    }));
                }
            }
        });
    }

    private static byte[] schema(JsonNode schema) throws IOException {
        return message(out -> {
            out.writeInt64(1, schema.path("version").asInt(0));
            out.writeByteArray(2, block(schema.path("block")));
        });
    }

    private static byte[] block(JsonNode block) throws IOException {
        return message(out -> {
            for (var attribute : block.path("attributes").properties()) {
                JsonNode value = attribute.getValue();
                out.writeByteArray(2, message(inner -> {
                    inner.writeString(1, attribute.getKey());
                    inner.writeBytes(
                            2, ByteString.copyFromUtf8(value.path("type").toString()));
                    inner.writeBool(4, value.path("required").asBoolean(false));
                    inner.writeBool(5, value.path("optional").asBoolean(false));
                    inner.writeBool(6, value.path("computed").asBoolean(false));
                    inner.writeBool(11, value.path("write_only").asBoolean(false));
                }));
            }
            for (var nested : block.path("block_types").properties()) {
                JsonNode value = nested.getValue();
                out.writeByteArray(3, message(inner -> {
                    inner.writeString(1, nested.getKey());
                    inner.writeByteArray(2, block(value.path("block")));
                    inner.writeEnum(3, nesting(value.path("nesting_mode").asString("")));
                    inner.writeInt64(4, value.path("min_items").asInt(0));
                    inner.writeInt64(5, value.path("max_items").asInt(0));
                }));
            }
        });
    }

    private static int nesting(String mode) {
        return switch (mode) {
            case "single" -> 1;
            case "list" -> 2;
            case "set" -> 3;
            case "map" -> 4;
            default -> throw new IllegalArgumentException("no such nesting: " + mode);
        };
    }

    private static byte[] message(Body body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        body.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    /// Every call of a provider is answered with an empty message, which says that there is no objection;
    /// the one that asks for the schema, with the schema.
    private static final class Methods extends HandlerRegistry {
        private final byte[] schema;

        Methods(byte[] schema) {
            this.schema = schema;
        }

        @Override
        public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String method, @Nullable String authority) {
            if (!method.startsWith("tfplugin6.Provider/")) {
                return null;
            }
            byte[] answer = method.endsWith("/GetProviderSchema") ? schema : new byte[0];
            MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(method)
                    .build();
            ServerCallHandler<byte[], byte[]> handler = ServerCalls.asyncUnaryCall((request, response) -> {
                response.onNext(answer);
                response.onCompleted();
            });
            return ServerMethodDefinition.create(descriptor, handler);
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
