package io.weir.billing.invoice.page;

import io.weir.billing.invoice.Invoice;
import io.weir.money.Meter;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// An invoice such as customers get, read from the form in which invoices are stored.
final class SampleInvoice {

    private static final JsonMapper JSON = JsonMapper.shared();

    private SampleInvoice() {}

    static Invoice closed() {
        return read("final", "\"number\": \"WEIR-000042\",", "gpt-4o");
    }

    static Invoice draft() {
        return read("draft", "", "gpt-4o");
    }

    static Invoice withModel(String model) {
        return read("final", "\"number\": \"WEIR-000042\",", model);
    }

    private static Invoice read(String status, String number, String model) {
        String lines = String.join(
                ",",
                """
                {"kind": "plan_fee", "plan": "growth", "exact": "499", "amount": "499.00"}""",
                """
                {"kind": "call_overage", "calls": 61204, "included": 50000, "includedPer": "month", "billed": 11204,
                 "unitPrice": "0.002", "exact": "22.408", "amount": "22.41"}""",
                model(
                        "openai",
                        model,
                        Map.of(Meter.TEXT_IN, 184_203_411L, Meter.TEXT_OUT, 31_204_990L),
                        "772.5584275",
                        "849.81427025",
                        "849.81"),
                model(
                        "openai",
                        "gpt-4o-mini",
                        Map.of(
                                Meter.TEXT_IN,
                                402_118_003L,
                                Meter.TEXT_IN_CACHED,
                                96_500_112L,
                                Meter.TEXT_OUT,
                                88_412_667L),
                        "120.6030090415",
                        "132.66330994565",
                        "132.66"),
                model(
                        "anthropic",
                        "claude-sonnet-4-5",
                        Map.of(
                                Meter.TEXT_IN,
                                51_200_908L,
                                Meter.CACHE_WRITE_5M,
                                4_001_200L,
                                Meter.TEXT_OUT,
                                9_400_551L),
                        "309.615489",
                        "340.5770379",
                        "340.58"),
                model(
                        "gemini",
                        "gemini-2.5-flash",
                        Map.of(Meter.TEXT_IN, 12_004L, Meter.TEXT_OUT, 2_401L),
                        "0.0096037",
                        "0.01056407",
                        "0.01"));
        return JSON.readValue("""
                {"id": "0198f3a2-7c11-7a40-9b1e-5d2f8c6a1e01", %s "tenantId": "0198f3a2-7c11-7a40-9b1e-5d2f8c6a1e02",
                 "slug": "bigfinance", "plan": "growth", "status": "%s", "period": "2026-11",
                 "periodStart": "2026-10-31T23:00:00Z", "periodEnd": "2026-11-30T23:00:00Z",
                 "timeZone": "Europe/Zurich", "currency": "USD", "madeAt": "2026-12-01T02:14:09Z", "openHours": 0,
                 "billableCalls": 61204, "lines": [%s], "exactModelCost": "1202.7865292415", "total": "1844.47"}
                """.formatted(number, status, lines), Invoice.class);
    }

    private static String model(
            String provider, String model, Map<Meter, Long> quantities, String cost, String exact, String amount) {
        return """
                {"kind": "model_usage", "provider": "%s", "model": %s, "quantities": %s, "exactCost": "%s",
                 "markup": "1.1", "exact": "%s", "amount": "%s", "priceRules": [%s],
                 "sealedHours": [
                   {"hour": "2026-11-02T10:00:00Z", "version": 3, "hash": "ab12", "exact": "0.5"},
                   {"hour": "2026-11-02T11:00:00Z", "version": 1, "hash": "cd34", "exact": "%s"}]}
                """.formatted(
                        provider,
                        JSON.writeValueAsString(model),
                        JSON.writeValueAsString(quantities),
                        cost,
                        exact,
                        amount,
                        quantities.keySet().stream()
                                .sorted()
                                .map(meter -> JSON.writeValueAsString(
                                        provider + "/" + model + "/" + meter.wireName() + "@2026-01-01"))
                                .collect(Collectors.joining(", ")),
                        cost);
    }
}
