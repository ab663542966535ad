package io.weir.simulators.stripe;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Invoice;
import io.weir.simulators.stripe.wire.StripeException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ObjectNode;

/// `GET /invoices/{id}`: what `hosted_invoice_url` leads to. Shows a finalised invoice; takes no money. As at
/// Stripe, no key is asked for, and a draft has no page.
final class HostedInvoicePage {

    static final String PATH = "/invoices/";

    private final Books books;

    HostedInvoicePage(Books books) {
        this.books = books;
    }

    Publisher<Void> answer(String path, HttpServerResponse response) {
        return Mono.fromSupplier(() -> books.alone(() -> html(path)))
                .flatMap(html -> response.header(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
                        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
                        .header("x-content-type-options", "nosniff")
                        .sendString(Mono.just(html))
                        .then())
                .onErrorResume(
                        StripeException.class, missing -> missing.answer().writeTo(response));
    }

    private String html(String path) {
        Invoice invoice = books.invoice(path.substring(PATH.length()), "invoice");
        if (invoice.isDraft()) {
            throw StripeException.unknownRoute("GET", path);
        }
        StringBuilder lines = new StringBuilder();
        for (ObjectNode line : invoice.lines()) {
            lines.append("<tr><td>")
                    .append(escaped(line.path("description").asString("")))
                    .append("</td><td>")
                    .append(money(line.path("amount").longValue(), invoice.currency()))
                    .append("</td></tr>\n");
        }
        return page(
                escaped(invoice.fields().path("number").asString("")),
                escaped(invoice.status()),
                lines,
                money(invoice.total(), invoice.currency()),
                escaped(invoice.id()));
    }

    private static String page(String number, String status, CharSequence lines, String total, String id) {
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Invoice %1$s</title>
            <style>body{font:16px system-ui;margin:3rem auto;max-width:44rem;padding:0 1rem}table{width:100%%}
            td:last-child{text-align:right;white-space:nowrap}</style></head>
            <body><h1>Invoice %1$s</h1>
            <p>Status: <strong>%2$s</strong></p>
            <table>%3$s<tr><td><strong>Total</strong></td><td><strong>%4$s</strong></td></tr></table>
            <p>A page of the Stripe simulator. Nothing can be paid here: POST /v1/invoices/%5$s/pay does it.</p>
            </body></html>
            """.formatted(number, status, lines, total, id);
    }

    private static String money(long minor, String currency) {
        Currency known = Currency.getInstance(currency.toUpperCase(Locale.ROOT));
        return BigDecimal.valueOf(minor, Math.max(0, known.getDefaultFractionDigits()))
                        .toPlainString() + " " + known;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
