package io.weir.local.platform;

import io.weir.local.supervisor.Part.Action;
import java.io.IOException;

/// Waits until the gateway calls the whole platform healthy.
final class GatewayHealth implements Action {

    private static final int ATTEMPTS = 300;

    private final String gateway;

    GatewayHealth(String gateway) {
        this.gateway = gateway;
    }

    @Override
    public void run() throws IOException, InterruptedException {
        try (PlatformApi api = new PlatformApi(gateway)) {
            PlatformApi.Answer answer = api.get("/api/health", null);
            for (int i = 0; i < ATTEMPTS && answer.status() != 200; i++) {
                Pause.briefly();
                answer = api.get("/api/health", null);
            }
            if (answer.status() != 200) {
                throw new IOException(
                        "GET " + gateway + "/api/health answers " + answer.status() + ": " + answer.body());
            }
        }
    }
}
