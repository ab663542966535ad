package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceItem;
import com.stripe.model.InvoiceLineItem;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoiceUpdateParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Invoices through Stripe's own client.
class InvoiceTests {

    private static final SimulatedStripe STRIPE = SimulatedStripe.started();

    @AfterAll
    static void stop() {
        STRIPE.close();
    }

    @Test
    void aDraftAddsUpItsItemsToTheCent() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Sum"));
        assertThat(draft.getId()).startsWith("in_");
        assertThat(draft.getStatus()).isEqualTo("draft");
        assertThat(draft.getNumber()).isNull();
        for (long amount : List.of(1L, 33_333_333L, 66_666_665L, -7L)) {
            assertThat(STRIPE.item(draft, amount, "line").getAmount()).isEqualTo(amount);
        }
        Invoice summed = STRIPE.reread(draft);
        assertThat(summed.getTotal()).isEqualTo(99_999_992L);
        assertThat(summed.getSubtotal()).isEqualTo(99_999_992L);
        assertThat(summed.getAmountDue()).isEqualTo(99_999_992L);
        assertThat(summed.getLines().getData())
                .extracting(InvoiceLineItem::getAmount)
                .containsExactly(1L, 33_333_333L, 66_666_665L, -7L);
    }

    @Test
    void anItemKeepsWhatWasSentWithIt() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Fields"));
        Map<String, String> metadata = Map.of("exact", "12.345678", "price version", "b:7", "€", "ü&=+%");
        InvoiceItem item = STRIPE.client
                .v1()
                .invoiceItems()
                .create(InvoiceItemCreateParams.builder()
                        .setCustomer(draft.getCustomer())
                        .setInvoice(draft.getId())
                        .setCurrency("usd")
                        .setAmount(1234L)
                        .setDescription("gpt-4o: 1 000 tokens & more")
                        .putAllMetadata(metadata)
                        .setPeriod(InvoiceItemCreateParams.Period.builder()
                                .setStart(1_790_000_000L)
                                .setEnd(1_792_000_000L)
                                .build())
                        .build());
        assertThat(item.getMetadata()).isEqualTo(metadata);
        InvoiceLineItem line = STRIPE.reread(draft).getLines().getData().getFirst();
        assertThat(line.getDescription()).isEqualTo("gpt-4o: 1 000 tokens & more");
        assertThat(line.getMetadata()).isEqualTo(metadata);
        assertThat(line.getPeriod().getStart()).isEqualTo(1_790_000_000L);
        assertThat(line.getPeriod().getEnd()).isEqualTo(1_792_000_000L);
        assertThat(line.getParent().getInvoiceItemDetails().getInvoiceItem()).isEqualTo(item.getId());
    }

    @Test
    void finalizingOpensItWithANumberAndAPage() throws StripeException {
        Customer customer = STRIPE.customer("Numbers");
        Invoice first = STRIPE.openInvoice(customer, 100);
        Invoice second = STRIPE.openInvoice(customer, 200);
        assertThat(first.getStatus()).isEqualTo("open");
        assertThat(first.getNumber()).endsWith("-0001");
        assertThat(second.getNumber()).isEqualTo(first.getNumber().replace("-0001", "-0002"));
        assertThat(first.getHostedInvoiceUrl()).isEqualTo(STRIPE.simulator.baseUrl() + "/invoices/" + first.getId());
        assertThat(first.getDueDate() - first.getStatusTransitions().getFinalizedAt())
                .isEqualTo(30L * 86_400);
        assertThat(first.getAmountRemaining()).isEqualTo(100);
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().finalizeInvoice(first.getId()))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        refused -> assertThat(refused.getStatusCode()).isEqualTo(400))
                .hasMessageContaining("already finalized");
    }

    @Test
    void itsPageShowsWhatIsOwedWithoutAKeyAndAsTextOnly() throws Exception {
        Invoice draft = STRIPE.draft(STRIPE.customer("Pages"));
        STRIPE.item(draft, 1_234, "<script>alert('1')</script> & \"more\"");
        STRIPE.item(draft, -5, "credit");
        assertThat(STRIPE.get("/invoices/" + draft.getId()).status()).isEqualTo(404);
        Invoice open = STRIPE.client.v1().invoices().finalizeInvoice(draft.getId());
        HttpResponse<String> page = page(open.getHostedInvoiceUrl());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body())
                .contains(open.getNumber(), "open", "12.34 USD", "-0.05 USD", "<strong>12.29 USD</strong>")
                .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
                .doesNotContain("<script");
        STRIPE.client.v1().invoices().voidInvoice(open.getId());
        assertThat(page(open.getHostedInvoiceUrl()).body()).contains("<strong>void</strong>");
        assertThat(STRIPE.get("/invoices/in_none").status()).isEqualTo(404);
    }

    private static HttpResponse<String> page(String url) throws IOException, InterruptedException {
        try (HttpClient nobody = HttpClient.newHttpClient()) {
            return nobody.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void aCustomerWithoutAnAddressIsSentNoInvoice() throws StripeException {
        Customer nowhere = STRIPE.client
                .v1()
                .customers()
                .create(CustomerCreateParams.builder().setName("Nowhere").build());
        assertThatThrownBy(() -> STRIPE.draft(nowhere))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Missing email");
        Invoice charged = STRIPE.client
                .v1()
                .invoices()
                .create(InvoiceCreateParams.builder()
                        .setCustomer(nowhere.getId())
                        .setAutoAdvance(false)
                        .build());
        assertThat(charged.getCollectionMethod()).isEqualTo("charge_automatically");
        STRIPE.item(charged, 100, "usage");
        Invoice open = STRIPE.client.v1().invoices().finalizeInvoice(charged.getId());
        assertThat(open.getStatus()).isEqualTo("open");
        assertThat(open.getDueDate()).isNull();
    }

    @Test
    void payingOutOfBandSettlesIt() throws StripeException {
        Invoice open = STRIPE.openInvoice(STRIPE.customer("Payer"), 4200);
        Invoice paid = STRIPE.client
                .v1()
                .invoices()
                .pay(
                        open.getId(),
                        InvoicePayParams.builder().setPaidOutOfBand(true).build());
        assertThat(paid.getStatus()).isEqualTo("paid");
        assertThat(paid.getAmountPaid()).isEqualTo(4200);
        assertThat(paid.getAmountRemaining()).isZero();
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().pay(open.getId()))
                .hasMessageContaining("already paid");
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().voidInvoice(open.getId()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aDeclinedCardLeavesItOpen() throws StripeException {
        Invoice open = STRIPE.openInvoice(STRIPE.customer("Declined"), 4200);
        InvoicePayParams declined = InvoicePayParams.builder()
                .setPaymentMethod("pm_card_chargeDeclined")
                .build();
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().pay(open.getId(), declined))
                .isInstanceOf(CardException.class);
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().pay(open.getId()))
                .hasMessageContaining("default_payment_method");
        assertThat(STRIPE.reread(open).getStatus()).isEqualTo("open");
        InvoicePayParams good =
                InvoicePayParams.builder().setPaymentMethod("pm_card_visa").build();
        assertThat(STRIPE.client.v1().invoices().pay(open.getId(), good).getStatus())
                .isEqualTo("paid");
    }

    @Test
    void voidingEndsAnOpenInvoiceAndOnlyDraftsAreDeleted() throws StripeException {
        Customer customer = STRIPE.customer("Void");
        Invoice open = STRIPE.openInvoice(customer, 10);
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().delete(open.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(STRIPE.client.v1().invoices().voidInvoice(open.getId()).getStatus())
                .isEqualTo("void");
        Invoice draft = STRIPE.draft(customer);
        InvoiceItem item = STRIPE.item(draft, 5, "gone with its invoice");
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().voidInvoice(draft.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(STRIPE.client.v1().invoices().delete(draft.getId()).getDeleted())
                .isTrue();
        assertThatThrownBy(() -> STRIPE.reread(draft))
                .isInstanceOfSatisfying(InvalidRequestException.class, missing -> {
                    assertThat(missing.getStatusCode()).isEqualTo(404);
                    assertThat(missing.getCode()).isEqualTo("resource_missing");
                });
        assertThatThrownBy(() -> STRIPE.client.v1().invoiceItems().retrieve(item.getId()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aFinalizedInvoiceKeepsItsLinesAndTakesMetadataOnly() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Frozen"));
        InvoiceItem item = STRIPE.item(draft, 10, "line");
        STRIPE.client.v1().invoices().finalizeInvoice(draft.getId());
        assertThatThrownBy(() -> STRIPE.item(draft, 1, "late")).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> STRIPE.client.v1().invoiceItems().delete(item.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> STRIPE.client
                        .v1()
                        .invoices()
                        .update(
                                draft.getId(),
                                InvoiceUpdateParams.builder()
                                        .setDescription("new")
                                        .build()))
                .hasMessageContaining("Finalized invoices can't be updated in this way");
        Invoice updated = STRIPE.client
                .v1()
                .invoices()
                .update(
                        draft.getId(),
                        InvoiceUpdateParams.builder().putMetadata("k", "v").build());
        assertThat(updated.getMetadata()).containsEntry("k", "v");
        assertThat(updated.getTotal()).isEqualTo(10);
    }

    @Test
    void nothingDueIsPaidAtOnce() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Nothing"));
        assertThat(STRIPE.client.v1().invoices().finalizeInvoice(draft.getId()).getStatus())
                .isEqualTo("paid");
    }

    @Test
    void pendingItemsAreTakenOnlyWhenAsked() throws StripeException {
        Customer customer = STRIPE.customer("Pending");
        for (long amount : List.of(1L, 2L)) {
            STRIPE.client
                    .v1()
                    .invoiceItems()
                    .create(InvoiceItemCreateParams.builder()
                            .setCustomer(customer.getId())
                            .setCurrency("usd")
                            .setAmount(amount)
                            .build());
        }
        assertThat(STRIPE.draft(customer).getTotal()).isZero();
        Invoice including = STRIPE.client
                .v1()
                .invoices()
                .create(SimulatedStripe.draftFor(customer.getId())
                        .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.INCLUDE)
                        .build());
        assertThat(including.getLines().getData())
                .extracting(InvoiceLineItem::getAmount)
                .containsExactly(2L, 1L);
        assertThat(including.getTotal()).isEqualTo(3);
    }

    @Test
    void the251stLineIsRefusedAndTenAreEmbedded() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Many"));
        for (int i = 0; i < 250; i++) {
            STRIPE.item(draft, 1, "line " + i);
        }
        assertThatThrownBy(() -> STRIPE.item(draft, 1, "one too many"))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        refused -> assertThat(refused.getStatusCode()).isEqualTo(400))
                .hasMessageContaining("250");
        Invoice full = STRIPE.reread(draft);
        assertThat(full.getTotal()).isEqualTo(250);
        assertThat(full.getLines().getData()).hasSize(10);
        assertThat(full.getLines().getHasMore()).isTrue();
        List<String> paged = new ArrayList<>();
        STRIPE.client
                .v1()
                .invoices()
                .lineItems()
                .list(draft.getId())
                .autoPagingIterable()
                .forEach(line -> paged.add(line.getDescription()));
        assertThat(paged).hasSize(250).doesNotHaveDuplicates().startsWith("line 0", "line 1");
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_000L, -100_000_000L, Long.MAX_VALUE})
    void anAmountOfMoreThanEightDigitsIsRefused(long amount) throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Rich"));
        assertThatThrownBy(() -> STRIPE.item(draft, amount, "too much"))
                .isInstanceOfSatisfying(InvalidRequestException.class, refused -> {
                    assertThat(refused.getStatusCode()).isEqualTo(400);
                    assertThat(refused.getParam()).isEqualTo("amount");
                });
        assertThat(STRIPE.reread(draft).getTotal()).isZero();
    }

    @Test
    void aTotalOfMoreThanEightDigitsIsNotFinalized() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("Richer"));
        STRIPE.item(draft, 99_999_999L, "all");
        STRIPE.item(draft, 1L, "and more");
        assertThatThrownBy(() -> STRIPE.client.v1().invoices().finalizeInvoice(draft.getId()))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo("amount_too_large"));
        assertThat(STRIPE.reread(draft).getStatus()).isEqualTo("draft");
    }

    @Test
    void listsFilterByCustomerAndStatusNewestFirst() throws StripeException {
        Customer customer = STRIPE.customer("Lister");
        Invoice open = STRIPE.openInvoice(customer, 10);
        Invoice older = STRIPE.draft(customer);
        Invoice newer = STRIPE.draft(customer);
        STRIPE.draft(STRIPE.customer("Somebody else"));
        assertThat(STRIPE.client
                        .v1()
                        .invoices()
                        .list(InvoiceListParams.builder()
                                .setCustomer(customer.getId())
                                .build())
                        .getData())
                .extracting(Invoice::getId)
                .containsExactly(newer.getId(), older.getId(), open.getId());
        assertThat(STRIPE.client
                        .v1()
                        .invoices()
                        .list(InvoiceListParams.builder()
                                .setCustomer(customer.getId())
                                .setStatus(InvoiceListParams.Status.OPEN)
                                .build())
                        .getData())
                .extracting(Invoice::getId)
                .containsExactly(open.getId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount=1.5|amount|parameter_invalid_integer",
                "amount=|amount|parameter_invalid_empty",
                "currency=zzz&amount=1|currency|parameter_invalid_string",
                "currency=eur&amount=1|currency|parameter_invalid_string",
                "amount=1&colour=blue|colour|parameter_unknown",
                "amount=1&period[start]=5|period[end]|parameter_missing",
                "amount=1&metadata[k]=LONG|metadata[k]|parameter_invalid_string"
            })
    void aWrongParameterIsNamed(String line) throws StripeException {
        String[] parts = line.split("\\|", -1);
        Invoice draft = STRIPE.draft(STRIPE.customer("Strict"));
        SimulatedStripe.Answer answer = STRIPE.post(
                "/v1/invoiceitems",
                "customer=" + draft.getCustomer() + "&invoice=" + draft.getId() + "&"
                        + parts[0].replace("LONG", "x".repeat(501)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(answer.error().path("param").asString()).isEqualTo(parts[1]);
        assertThat(answer.error().path("code").asString()).isEqualTo(parts[2]);
    }

    @Test
    void theStateHasEveryInvoiceWithAllItsLines() throws StripeException {
        Invoice draft = STRIPE.draft(STRIPE.customer("State"));
        for (int i = 0; i < 12; i++) {
            STRIPE.item(draft, 3, "line " + i);
        }
        STRIPE.client.v1().invoices().finalizeInvoice(draft.getId());
        JsonNode held = STRIPE.state()
                .path("invoices")
                .valueStream()
                .filter(invoice -> invoice.path("id").asString().equals(draft.getId()))
                .findFirst()
                .orElseThrow();
        assertThat(held.path("status").asString()).isEqualTo("open");
        assertThat(held.path("total").longValue()).isEqualTo(36);
        assertThat(held.path("lines")
                        .valueStream()
                        .mapToLong(line -> line.path("amount").longValue())
                        .sum())
                .isEqualTo(36);
    }
}
