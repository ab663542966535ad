package io.weir.analytics.ingestion;

import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.money.Amount;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes one row. Amounts and times are text, so that nothing passes through a float. Each method throws
/// [IllegalArgumentException] naming the column where a value is missing or impossible.
public final class RowJson {

    private static final JsonFactory JSON = new JsonFactory();
    // Outside of it DateTime columns cannot hold the hour; no honest event is.
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private final JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes);

    public RowJson() {
        json.writeStartObject();
    }

    public RowJson text(String column, @Nullable String value) {
        json.writeStringProperty(column, present(column, value));
        return this;
    }

    public RowJson textOrNull(String column, @Nullable String value) {
        json.writeName(column);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
        return this;
    }

    public RowJson number(String column, long value) {
        json.writeNumberProperty(column, value);
        return this;
    }

    public RowJson numberOrNull(String column, @Nullable Number value) {
        json.writeName(column);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeNumber(value.longValue());
        }
        return this;
    }

    public RowJson flag(String column, boolean value) {
        json.writeBooleanProperty(column, value);
        return this;
    }

    public RowJson amount(String column, @Nullable Amount value) {
        return text(column, present(column, value).toPlainString());
    }

    public RowJson amountOrNull(String column, @Nullable Amount value) {
        return textOrNull(column, value == null ? null : value.toPlainString());
    }

    /// To the millisecond.
    public RowJson time(String column, @Nullable Instant value) {
        return text(
                column, checked(column, value).truncatedTo(ChronoUnit.MILLIS).toString());
    }

    public RowJson timeOrNull(String column, @Nullable Instant value) {
        return value == null ? textOrNull(column, null) : time(column, value);
    }

    /// The start of the hour of that time.
    public RowJson hour(String column, @Nullable Instant value) {
        return text(column, checked(column, value).truncatedTo(ChronoUnit.HOURS).toString());
    }

    public <T> RowJson texts(String column, List<T> values, Function<T, String> text) {
        json.writeArrayPropertyStart(column);
        for (T value : values) {
            json.writeString(present(column, text.apply(value)));
        }
        json.writeEndArray();
        return this;
    }

    public <T> RowJson numbers(String column, List<T> values, Function<T, Long> number) {
        json.writeArrayPropertyStart(column);
        for (T value : values) {
            json.writeNumber((long) number.apply(value));
        }
        json.writeEndArray();
        return this;
    }

    public RowJson numbersByKey(String column, Map<String, Long> values) {
        json.writeObjectPropertyStart(column);
        values.forEach((key, value) -> json.writeNumberProperty(key, (long) value));
        json.writeEndObject();
        return this;
    }

    /// An Array of Maps.
    public RowJson numbersByKeys(String column, List<Map<String, Long>> values) {
        json.writeArrayPropertyStart(column);
        for (Map<String, Long> value : values) {
            json.writeStartObject();
            value.forEach((key, number) -> json.writeNumberProperty(key, (long) number));
            json.writeEndObject();
        }
        json.writeEndArray();
        return this;
    }

    public RowJson textsByKey(String column, Map<String, String> values) {
        json.writeObjectPropertyStart(column);
        values.forEach((key, value) -> json.writeStringProperty(key, present(column, value)));
        json.writeEndObject();
        return this;
    }

    /// Where the row comes from.
    public RowJson origin(Chunk chunk, long offset) {
        return text("kafka_log", chunk.log())
                .number("kafka_partition", chunk.partition())
                .number("kafka_offset", offset);
    }

    /// The finished row.
    public RenderedRow row(String table, String partition, long offset) {
        json.writeEndObject();
        json.close();
        bytes.write('\n');
        return new RenderedRow(table, partition, offset, bytes.toByteArray());
    }

    private static Instant checked(String column, @Nullable Instant value) {
        Instant time = present(column, value);
        if (time.isBefore(EARLIEST) || !time.isBefore(LATEST)) {
            throw new IllegalArgumentException(column + ": " + time + " (expected: between 2000 and 2100)");
        }
        return time;
    }

    // Absent fields of a record's JSON are null, whatever the record's type promises.
    private static <T> T present(String column, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(column + ": missing");
        }
        return value;
    }
}
