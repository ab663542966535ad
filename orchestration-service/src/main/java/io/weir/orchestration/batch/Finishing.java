package io.weir.orchestration.batch;

import io.weir.orchestration.batch.LineSplitter.Line;
import io.weir.orchestration.batch.R2dbcWork.Claim;
import io.weir.orchestration.batch.R2dbcWork.Counts;
import io.weir.orchestration.batch.R2dbcWork.Known;
import io.weir.orchestration.batch.RequestLine.Fault;
import io.weir.orchestration.file.FileId;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Validates batches, and finishes those whose lines have run or will not: every line has ended in one
/// answer or one error, and these are put into files, some lines at a time. Each step may be repeated.
final class Finishing {

    private static final Logger LOG = LoggerFactory.getLogger(Finishing.class);
    private static final int PAGE = 50;

    private final WorkParts parts;
    private final TenantContext tenant;
    private final Batch batch;
    private final Claim claim;

    Finishing(WorkParts parts, TenantContext tenant, Batch batch, Claim claim) {
        this.parts = parts;
        this.tenant = tenant;
        this.batch = batch;
        this.claim = claim;
    }

    /// Looks at the batch's file.
    Mono<Boolean> validate() {
        return parts.files()
                .find(tenant, batch.input())
                .flatMap(file -> {
                    Validation validation = new Validation(batch.endpoint(), parts.limits());
                    return parts.lines(batch, tenant.id(), new Chunk(0, 1, 0, file.bytes()))
                            .takeWhile(validation::take)
                            .then(Mono.defer(() -> looked(validation)));
                })
                .switchIfEmpty(Mono.defer(() -> parts.work()
                        .reject(
                                claim,
                                "[{\"code\":\"file_not_found\",\"line\":null,\"message\":\"The input file was deleted.\","
                                        + "\"param\":\"input_file_id\"}]")));
    }

    private Mono<Boolean> looked(Validation validation) {
        String errors = validation.errors();
        return errors == null
                ? parts.work().accept(claim, validation.lines(), validation.chunks())
                : parts.work().reject(claim, errors);
    }

    /// Ends what has not, and writes the files.
    Mono<Boolean> finish() {
        return parts.work()
                .open(claim)
                .flatMapIterable(chunks -> chunks)
                .concatMap(this::close)
                .then(Mono.defer(() -> parts.work().counts(claim)))
                .flatMap(counts -> {
                    if (counts.completed() + counts.failed() != batch.lines()) {
                        return Mono.error(new IllegalStateException(
                                batch.id() + " has " + counts + " (expected: " + batch.lines() + " lines)"));
                    }
                    return file(batch.output(), "output", false, counts.completed())
                            .then(Mono.defer(() -> file(batch.errorFile(), "error", true, counts.failed())))
                            .then(Mono.defer(() -> parts.work().finish(claim, counts)))
                            .doOnNext(done -> logged(counts));
                });
    }

    private void logged(Counts counts) {
        LOG.info("{} of {} is over: {}", batch.id(), tenant.id(), counts);
    }

    private Mono<Void> close(Chunk chunk) {
        String ending = batch.ending();
        if (ending == null) {
            return Mono.error(
                    new IllegalStateException("chunk " + chunk.number() + " of " + batch.id() + " is not done"));
        }
        return parts.work()
                .known(claim, chunk.firstLine(), parts.limits().chunkLines() * 2)
                .flatMapMany(known -> parts.lines(batch, tenant.id(), chunk)
                        .filter(line -> {
                            Known one = known.get(line.number());
                            return one == null || !one.ended();
                        })
                        .map(line -> ResultLine.unrun(batch.id(), line.number(), customId(line), ending)))
                .buffer(PAGE)
                .concatMap(results -> parts.work().close(claim, results))
                .then();
    }

    private String customId(Line line) {
        try {
            return RequestLine.read(line, batch.endpoint()).customId();
        } catch (Fault changed) {
            throw new IllegalStateException("line " + line.number() + " is another than it was", changed);
        }
    }

    private Mono<Void> file(FileId file, String kind, boolean failed, int lines) {
        return lines == 0
                ? Mono.empty()
                : parts.files()
                        .keep(tenant, file, batch.id() + "_" + kind + ".jsonl", content(failed))
                        .then();
    }

    private Flux<DataBuffer> content(boolean failed) {
        return page(failed, 0)
                .expand(page -> page.size() < PAGE
                        ? Mono.empty()
                        : page(failed, page.getLast().line()))
                .concatMapIterable(page -> page, 1)
                .map(result -> (DataBuffer) DefaultDataBufferFactory.sharedInstance.wrap(result.bytes()))
                .contextWrite(TenantScope.entering(tenant));
    }

    private Mono<List<ResultLine>> page(boolean failed, int after) {
        return parts.work().results(claim, failed, after, PAGE);
    }
}
