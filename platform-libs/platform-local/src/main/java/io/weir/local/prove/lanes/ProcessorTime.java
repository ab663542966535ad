package io.weir.local.prove.lanes;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/// The processor time that processes have taken since their start, each with all that it started; by name.
record ProcessorTime(Map<String, Duration> taken) {

    static ProcessorTime of(Map<String, ProcessHandle> processes) {
        Map<String, Duration> taken = new LinkedHashMap<>();
        processes.forEach((name, process) -> taken.put(
                name,
                Stream.concat(Stream.of(process), process.descendants())
                        .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
                        .reduce(Duration.ZERO, Duration::plus)));
        return new ProcessorTime(taken);
    }

    /// What was taken from then on.
    ProcessorTime since(ProcessorTime then) {
        Map<String, Duration> more = new LinkedHashMap<>();
        taken.forEach((name, now) -> more.put(name, now.minus(then.taken.getOrDefault(name, Duration.ZERO))));
        return new ProcessorTime(more);
    }

    Duration of(String name) {
        return taken.getOrDefault(name, Duration.ZERO);
    }
}
