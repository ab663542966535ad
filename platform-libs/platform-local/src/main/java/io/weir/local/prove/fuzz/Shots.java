package io.weir.local.prove.fuzz;

import io.weir.local.prove.fuzz.Bodies.Made;
import io.weir.local.prove.fuzz.Shot.Delivery;
import io.weir.local.prove.load.Customer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The shots of a run: the same for the same seed and number.
final class Shots {

    private static final List<String> PATHS = List.of(
            "/v1/chat/completions",
            "/v1/chat/completions",
            "/v1/chat/completions",
            "/v1/messages",
            "/v1/messages",
            "/v1/responses",
            "/v1/responses",
            "/v1/embeddings",
            "/v1/completions",
            "/v1/moderations",
            "/v1/messages/count_tokens",
            "/api/orchestration/estimate");
    private static final int MANY_HEADERS = 10_000;
    private static final int HUGE = 200_000;
    private static final int PERCENT = 100;

    private final long seed;
    private final List<Customer> customers;
    private final List<Canary> canaries;

    /// @param canaries of the customers, in their order
    Shots(long seed, List<Customer> customers, List<Canary> canaries) {
        this.seed = seed;
        this.customers = List.copyOf(customers);
        this.canaries = List.copyOf(canaries);
    }

    Shot at(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        int tenant = random.nextInt(customers.size());
        String path = PATHS.get(random.nextInt(PATHS.size()));
        Bodies bodies = new Bodies(random, canaries.get(tenant));
        String key = customers.get(tenant).key();
        int kind = random.nextInt(PERCENT);
        if (kind < 30) {
            byte[] body = bodies.right(path);
            return shot(number, tenant, "right " + path, head(path, key, body), body, delivery(random), true);
        }
        if (kind < 75) {
            Made made = bodies.mutated(path);
            byte[] head = head(path, key, made.bytes());
            return shot(number, tenant, path + ": " + made.what(), head, made.bytes(), delivery(random), true);
        }
        byte[] body = bodies.right(path);
        return kind < 90
                ? strangeHead(random, number, tenant, path, key, body)
                : strangeFraming(random, number, tenant, path, key, body);
    }

    private static Shot shot(
            int number, int tenant, String what, byte[] head, byte[] body, Delivery delivery, boolean sound) {
        return new Shot(number, tenant, what, head, body, delivery, sound);
    }

    private static Delivery delivery(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> Delivery.SLICED;
            case 2 -> Delivery.HALF_CLOSED;
            case 3 -> Delivery.CUT;
            default -> Delivery.WHOLE;
        };
    }

    private static List<String> lines(String path, String key) {
        List<String> lines = new ArrayList<>(List.of("POST " + path + " HTTP/1.1", "host: 127.0.0.1"));
        lines.add(path.startsWith("/v1/messages") ? "x-api-key: " + key : "authorization: Bearer " + key);
        lines.add("content-type: application/json");
        return lines;
    }

    private static byte[] head(String path, String key, byte[] body) {
        List<String> lines = lines(path, key);
        lines.add("content-length: " + body.length);
        return text(lines);
    }

    private static byte[] text(List<String> lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private Shot strangeHead(SplittableRandom random, int number, int tenant, String path, String key, byte[] body) {
        List<String> lines = lines(path, key);
        lines.add("content-length: " + body.length);
        String what;
        // Those that leave the framing as it was; the others may be closed without a word.
        boolean sound = true;
        switch (random.nextInt(14)) {
            case 0 -> {
                what = "10,000 headers";
                sound = false;
                for (int i = 0; i < MANY_HEADERS; i++) {
                    lines.add("x-" + i + ": " + i);
                }
            }
            case 1 -> {
                what = "a huge name";
                sound = false;
                lines.add("x".repeat(HUGE) + ": a");
            }
            case 2 -> {
                what = "a huge target";
                sound = false;
                lines.set(0, "POST " + path + "?" + "a".repeat(HUGE) + " HTTP/1.1");
            }
            case 3 -> {
                what = "two lengths";
                lines.add("content-length: " + (body.length + random.nextInt(3)));
            }
            case 4 -> {
                what = "length and chunked";
                lines.add("transfer-encoding: chunked");
            }
            case 5 -> {
                what = "a strange length";
                lines.set(
                        lines.size() - 1,
                        "content-length: "
                                + List.of("-1", "+5", "0x10", "1e3", "99999999999999999999", "5,5", "")
                                        .get(random.nextInt(7)));
            }
            case 6 -> {
                what = "another tenant's name";
                Customer other = customers.get(random.nextInt(customers.size()));
                lines.add("x-tenant-id: " + other.tenantId());
                lines.add("x-weir-passport: " + other.tenantId());
                lines.add("baggage: tenant.id=" + other.tenantId());
            }
            case 7 -> {
                what = "a strange method";
                lines.set(
                        0,
                        List.of("TRACE", "CONNECT", "get", "PO ST", "\u0001", "PRI")
                                        .get(random.nextInt(6)) + " " + path + " HTTP/1.1");
                sound = false;
            }
            case 8 -> {
                what = "a strange target";
                lines.set(
                        0,
                        "POST "
                                + List.of(
                                                path + "/../models",
                                                "//" + path,
                                                path + "%00",
                                                "http://other" + path,
                                                path + ";a=b",
                                                "*",
                                                path + "?a=%ff",
                                                path + "#x",
                                                "/v1/%2e%2e/api")
                                        .get(random.nextInt(9))
                                + " HTTP/1.1");
            }
            case 9 -> {
                what = "a strange version";
                sound = false;
                lines.set(
                        0,
                        "POST " + path
                                + List.of(" HTTP/0.9", " HTTP/1.0", " HTTP/2.0", " HTTP/9.9", "")
                                        .get(random.nextInt(5)));
            }
            case 10 -> {
                what = "a strange type";
                lines.set(
                        3,
                        "content-type: "
                                + List.of(
                                                "text/html",
                                                "application/json; charset=utf-16",
                                                "multipart/form-data",
                                                ";;;",
                                                "a/b/c")
                                        .get(random.nextInt(5)));
            }
            case 11 -> {
                what = "a strange key";
                sound = false;
                lines.set(2, "authorization: Bearer " + Nasty.header(random));
            }
            case 12 -> {
                what = "an encoding";
                lines.add("content-encoding: "
                        + List.of("gzip", "br", "identity, gzip").get(random.nextInt(3)));
            }
            default -> {
                what = "a strange header";
                sound = false;
                lines.add(List.of(
                                        "x-weir-cache",
                                        "x-weir-tags",
                                        "idempotency-key",
                                        "traceparent",
                                        "accept",
                                        "x-forwarded-for",
                                        "origin",
                                        "expect",
                                        "upgrade",
                                        "connection",
                                        "te")
                                .get(random.nextInt(11))
                        + ": " + Nasty.header(random));
            }
        }
        return shot(number, tenant, path + ": " + what, text(lines), body, Delivery.WHOLE, sound);
    }

    private static Shot strangeFraming(
            SplittableRandom random, int number, int tenant, String path, String key, byte[] body) {
        List<String> lines = lines(path, key);
        lines.add("transfer-encoding: chunked");
        ByteArrayOutputStream chunked = new ByteArrayOutputStream();
        String what = "chunks";
        boolean sound = false;
        int oddity = random.nextInt(7);
        int sent = 0;
        while (sent < body.length) {
            int next = Math.min(body.length - sent, 1 + random.nextInt(60));
            String size = Integer.toHexString(next);
            if (oddity == 0 && random.nextInt(3) == 0) {
                what = "chunks of false size";
                size = Integer.toHexString(next + random.nextInt(5) - 2);
            } else if (oddity == 1 && random.nextInt(3) == 0) {
                what = "chunks of no size";
                size = List.of("zz", "-1", "ffffffffffffffff", "", "7fffffff").get(random.nextInt(5));
            } else if (oddity == 2) {
                what = "chunks with extensions";
                sound = true;
                size = size + ";a=\"b\"";
            }
            chunked.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            chunked.write(body, sent, next);
            chunked.writeBytes((oddity == 3 ? "\n" : "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            sent += next;
        }
        switch (oddity) {
            case 4 -> what = "chunks without an end";
            case 5 -> {
                what = "a trailer";
                sound = true;
                chunked.writeBytes("0\r\nx-request-id: req_forged\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            default -> {
                sound |= oddity == 6;
                chunked.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return shot(number, tenant, path + ": " + what, text(lines), chunked.toByteArray(), Delivery.WHOLE, sound);
    }
}
