package io.weir.orchestration.forecast;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import java.time.Instant;
import java.util.Map;

/// What a call will probably cost.
///
/// @param low hardly any such call will cost less
/// @param expected on average
/// @param usage behind `expected`
public record CostForecast(Amount low, Amount expected, Quantities usage) {

    // From this size on providers keep prompts in a cache by themselves, and charge less when they find one there.
    private static final long CACHED_FROM = 1_024;

    /// The prompt of a call.
    ///
    /// @param tokens as our tokenizer counts them
    /// @param leastTokens no more than any provider's tokenizer is likely to count
    public record Prompt(long tokens, long leastTokens) {}

    /// Of a model that has prices for input and output.
    ///
    /// @param answer per choice, within the output limit
    public static CostForecast of(
            PriceList prices, Model model, Prompt prompt, AnswerForecast answer, int choices, Instant at) {
        Quantities usage =
                new Quantities(Map.of(Meter.TEXT_IN, prompt.tokens, Meter.TEXT_OUT, answer.expected() * choices));
        Amount expected = cost(prices, model, usage, at);
        Amount least = least(prices, model, prompt, answer.low() * choices, at);
        return new CostForecast(least.compareTo(expected) < 0 ? least : expected, expected, usage);
    }

    private static Amount least(PriceList prices, Model model, Prompt prompt, long output, Instant at) {
        Amount uncached = cost(
                prices, model, new Quantities(Map.of(Meter.TEXT_IN, prompt.leastTokens, Meter.TEXT_OUT, output)), at);
        if (prompt.tokens < CACHED_FROM) {
            return uncached;
        }
        Quantities cached = new Quantities(Map.of(Meter.TEXT_IN_CACHED, prompt.leastTokens, Meter.TEXT_OUT, output));
        return prices.price(model, cached, at) instanceof Priced.Complete(var lines, Amount cost) ? cost : uncached;
    }

    private static Amount cost(PriceList prices, Model model, Quantities usage, Instant at) {
        return switch (prices.price(model, usage, at)) {
            case Priced.Complete(var lines, Amount cost) -> cost;
            case Priced.Unpriced missing ->
                throw new IllegalStateException("no price of " + missing.meters() + " for " + model.model());
        };
    }
}
