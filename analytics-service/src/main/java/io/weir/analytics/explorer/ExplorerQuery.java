package io.weir.analytics.explorer;

import io.weir.analytics.explorer.ExplorerAnswer.Group;
import io.weir.analytics.explorer.ExplorerAnswer.Point;
import io.weir.analytics.explorer.ExplorerAnswer.Rest;
import io.weir.analytics.explorer.ExplorerAnswer.Span;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Answers questions about the tenant in scope.
final class ExplorerQuery {

    private final TenantQuery query;

    ExplorerQuery(TenantQuery query) {
        this.query = query;
    }

    private record Name(boolean rest, String text) {}

    // Both null: of all.
    private record Figure(@Nullable Name name, @Nullable Instant step, BigDecimal value, long members) {

        static Figure of(Row row) {
            return new Figure(
                    row.flag("all_names") ? null : new Name(row.flag("rest"), row.text("name")),
                    row.flag("all_steps") ? null : Instant.ofEpochSecond(row.integer("step")),
                    new BigDecimal(row.text("value")),
                    row.integer("members"));
        }
    }

    private static final Comparator<Figure> LARGEST_FIRST = Comparator.comparing(Figure::value)
            .reversed()
            .thenComparing(figure -> Objects.requireNonNull(figure.name()).text());

    Mono<ExplorerAnswer> of(ExplorerQuestion question) {
        ExplorerSql sql = new ExplorerSql(question);
        return query.rows(sql.text(), sql.parameters(), Figure::of).map(figures -> answer(question, figures));
    }

    private static ExplorerAnswer answer(ExplorerQuestion question, List<Figure> figures) {
        BigDecimal total = BigDecimal.ZERO;
        List<Figure> named = new ArrayList<>();
        List<Point> points = new ArrayList<>();
        Map<Name, List<Point>> series = new HashMap<>();
        for (Figure figure : figures) {
            if (figure.name() == null && figure.step() == null) {
                total = figure.value();
            } else if (figure.name() == null) {
                points.add(point(figure));
            } else if (figure.step() == null) {
                named.add(figure);
            } else {
                series.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(point(figure));
            }
        }
        boolean stepped = question.rollup() != Rollup.NONE;
        List<Group> groups = new ArrayList<>();
        Rest rest = null;
        points.sort(Comparator.comparing(Point::time));
        series.values().forEach(of -> of.sort(Comparator.comparing(Point::time)));
        named.sort(LARGEST_FIRST);
        for (Figure figure : named) {
            Name name = Objects.requireNonNull(figure.name());
            List<Point> of = stepped ? series.getOrDefault(name, List.of()) : null;
            if (name.rest()) {
                rest = new Rest(figure.members(), plain(figure.value()), of);
            } else {
                groups.add(new Group(name.text(), plain(figure.value()), of));
            }
        }
        return new ExplorerAnswer(
                question.metric().name(),
                question.metric().unit().name().toLowerCase(Locale.ROOT),
                question.group().name(),
                question.rollup().name().toLowerCase(Locale.ROOT),
                question.zone().getId(),
                new Span(question.start(), question.end()),
                plain(total),
                groups,
                rest,
                stepped ? points : null);
    }

    private static Point point(Figure figure) {
        return new Point(Objects.requireNonNull(figure.step()), plain(figure.value()));
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
