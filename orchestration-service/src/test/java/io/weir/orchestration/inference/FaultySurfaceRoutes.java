package io.weir.orchestration.inference;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.surface.ChatSurface;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// A way of speaking to us that cannot be written: chats come in well, and no answer goes out.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("test.faulty-surface")
public class FaultySurfaceRoutes {

    public static final String PATH = "/test/faulty";

    /// The thread that read a request last.
    public static final AtomicReference<String> READER = new AtomicReference<>("");

    private static final class Faulty implements Surface {

        private final Surface chats = new ChatSurface();

        @Override
        public SurfaceRequest read(byte[] body) {
            READER.set(Thread.currentThread().getName());
            return new Request(chats.read(body).chat());
        }
    }

    private record Request(ChatRequest chat) implements SurfaceRequest {

        private static IllegalStateException unwritable() {
            return new IllegalStateException("this API has no words for it");
        }

        @Override
        public byte[] answer(byte[] completion, AnswerIdentity identity) {
            throw unwritable();
        }

        @Override
        public SurfaceStream stream(AnswerIdentity identity) {
            return new SurfaceStream() {
                @Override
                public byte[] chunks(byte[] frames) {
                    throw unwritable();
                }

                @Override
                public byte[] end() {
                    throw unwritable();
                }
            };
        }

        @Override
        public byte[] failure(StreamFailure failure) {
            throw unwritable();
        }
    }

    @Bean
    RouterFunction<ServerResponse> faulty(ChatHandler chat) {
        Surface surface = new Faulty();
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.anyOf(Scope.INFERENCE), request -> chat.complete(request, surface))
                .build();
    }
}
