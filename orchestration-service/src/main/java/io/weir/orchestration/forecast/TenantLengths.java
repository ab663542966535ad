package io.weir.orchestration.forecast;

import io.weir.orchestration.task.TaskClass;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// How long one tenant's answers are, as log-normal lengths: per task class and model; else per task class, times what
/// the model's reasoning adds elsewhere; else a stated prior. Forgets slowly, and the models that were not used for
/// longest first. Not safe for concurrent use.
final class TenantLengths {

    private static final int MOST_MODELS = 32;

    /// Observations from which a level is believed.
    private static final int ENOUGH = 3;

    private static final double LEAST_SIGMA = 0.05;
    private static final double SIGMAS = 6;

    // Medians of what such answers are, before any was seen; low is a token then.
    private static final Map<TaskClass, Integer> PRIOR = Map.of(
            TaskClass.CLASSIFICATION, 10,
            TaskClass.EXTRACTION, 80,
            TaskClass.TRANSLATION, 120,
            TaskClass.SUMMARY, 150,
            TaskClass.CODE, 400,
            TaskClass.WRITING, 800,
            TaskClass.QUESTION, 150);

    private final Map<TaskClass, LogLengths> visible = new EnumMap<>(TaskClass.class);
    private final Map<String, ModelLengths> models = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ModelLengths> eldest) {
            return size() > MOST_MODELS;
        }
    };

    private static final class ModelLengths {
        private final Map<TaskClass, LogLengths> whole = new EnumMap<>(TaskClass.class);
        private final LogLengths reasoningFactor = new LogLengths();
    }

    void observe(TaskClass task, String model, long tokens, long reasoning) {
        if (tokens < 1 || reasoning < 0 || reasoning >= tokens) {
            return;
        }
        ModelLengths known = models.computeIfAbsent(model, name -> new ModelLengths());
        double whole = Math.log((double) tokens);
        double seen = Math.log((double) (tokens - reasoning));
        known.whole.computeIfAbsent(task, key -> new LogLengths()).add(whole);
        known.reasoningFactor.add(whole - seen);
        visible.computeIfAbsent(task, key -> new LogLengths()).add(seen);
    }

    AnswerForecast of(TaskClass task, String model) {
        ModelLengths known = models.get(model);
        LogLengths own = known == null ? null : known.whole.get(task);
        if (own != null && own.count() >= ENOUGH) {
            return forecast(own.mean(), own.variance(), own.count());
        }
        double factor = known == null ? 0 : known.reasoningFactor.mean();
        LogLengths all = visible.get(task);
        if (all != null && all.count() >= ENOUGH) {
            double more = known == null ? 0 : known.reasoningFactor.variance();
            return forecast(all.mean() + factor, all.variance() + more, all.count());
        }
        long expected = Math.round(PRIOR.getOrDefault(task, 150) * Math.exp(factor));
        return new AnswerForecast(1, Math.max(1, expected), 0);
    }

    // The average of a log-normal length; the low end is wider the fewer were seen.
    private static AnswerForecast forecast(double mean, double variance, int count) {
        double sigma = Math.sqrt(variance + LEAST_SIGMA * LEAST_SIGMA) * (1 + 6.0 / count);
        long expected = Math.max(1, Math.round(Math.exp(mean + Math.min(variance, 1) / 2)));
        long low = (long) Math.floor(Math.exp(mean - SIGMAS * sigma));
        return new AnswerForecast(Math.clamp(low, 1, expected), expected, count);
    }
}
