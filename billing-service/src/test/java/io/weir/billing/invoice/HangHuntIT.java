package io.weir.billing.invoice;

import io.weir.billing.*;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HangHuntIT {
    @Test
    void hunt(@TempDir Path directory) throws Exception {
        try (Billing billing = Billing.start(directory)) {
            TenantId a = Snapshots.newTenant();
            String path = "/api/billing/invoices";
            run(billing, a, "B nonsense,list", path + "/nonsense", path);
            raw(billing, a, path + "?limit=0", path);
        }
    }
    static void raw(Billing billing, TenantId a, String... paths) throws Exception {
        String own = billing.passport(a, Scope.BILLING);
        int port = billing.request("/", own).build().uri().getPort();
        int hung = 0;
        java.net.Socket socket = new java.net.Socket("127.0.0.1", port);
        socket.setSoTimeout(2000);
        socket.setTcpNoDelay(true);
        for (int i = 0; i < 30000 && hung < 1; i++) {
            for (String p : paths) {
                socket.getOutputStream().write(("GET " + p + " HTTP/1.1\r\nHost: x\r\nx-weir-passport: " + own + "\r\n\r\n").getBytes());
                try {
                    read(socket);
                } catch (java.io.IOException e) {
                    hung++;
                    
                    System.out.println("RAW hung at " + i + " " + p + " " + e);
                    socket.close();
                    socket = new java.net.Socket("127.0.0.1", port);
                    socket.setSoTimeout(2000);
                }
            }
        }
        System.out.println("RESULT raw " + hung);
    }
    static void read(java.net.Socket socket) throws java.io.IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = socket.getInputStream().read();
            if (b < 0) throw new java.io.IOException("closed");
            head.append((char) b);
        }
        String low = head.toString().toLowerCase();
        int k = low.indexOf("content-length: ");
        if (k < 0) throw new java.io.IOException("no length: " + head);
        int n = Integer.parseInt(low.substring(k + 16, low.indexOf("\r", k)));
        socket.getInputStream().readNBytes(n);
    }
    static void run(Billing billing, TenantId a, String name, String... paths) {
        int hung = 0;
        int i = 0;
        StringBuilder where = new StringBuilder();
        String own = billing.passport(a, Scope.BILLING);
        for (i = 0; i < 3000 && hung < 1; i++) {
            for (String p : paths) {
                try {
                    billing.send(billing.request(p, own).timeout(Duration.ofSeconds(2)).GET().build());
                } catch (AssertionError e) {
                    hung++;
                    where.append(p).append(' ');
                }
            }
        }
        System.out.println("RESULT " + name + ": " + hung + " hung in " + i + " rounds; " + where);
    }
}
