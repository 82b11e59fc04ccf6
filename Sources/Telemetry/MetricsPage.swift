/// A page of metrics in Prometheus' text format, version 0.0.4 ("Exposition formats" in its documentation).
///
///     var page = MetricsPage()
///     page.add("sluice_jobs_running", .gauge, "Jobs that run now.", [MetricSample(3, ["type": "connect-tenant"])])
///     page.text
package struct MetricsPage: Sendable {
    /// What a metric is.
    package enum Kind: String, Sendable {
        /// Only ever grows, while the process lives.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts by upper bound.
        case histogram
    }

    /// The page.
    package private(set) var text = ""

    /// An empty page.
    package init() {}

    /// The type under which it is served.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Adds a metric with its samples, in their order; one without samples is left out.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [MetricSample]) {
        guard !samples.isEmpty else { return }
        self.text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            self.text += "\(name)\(sample.suffix)\(Self.labels(sample.labels)) \(Self.number(sample.value))\n"
        }
    }

    private static func labels(_ labels: [String: String]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : String(value)
    }
}

/// One value of a metric.
package struct MetricSample: Sendable, Equatable {
    /// The value.
    package var value: Double
    /// Which of several it is: few labels, each of few values.
    package var labels: [String: String]
    /// What follows the metric's name: `_bucket`, `_sum` and `_count` of a histogram.
    package var suffix: String

    /// A sample.
    package init(_ value: Double, _ labels: [String: String] = [:], suffix: String = "") {
        self.value = value
        self.labels = labels
        self.suffix = suffix
    }

    /// A sample that counts.
    package init(_ value: Int, _ labels: [String: String] = [:], suffix: String = "") {
        self.init(Double(value), labels, suffix: suffix)
    }

    /// The samples of a histogram; `counts` has one more entry than `bounds`, not summed up, and the last has no bound.
    package static func histogram(
        bounds: [Double],
        counts: [Int],
        sum: Double,
        _ labels: [String: String] = [:]
    ) -> [MetricSample] {
        var total = 0
        var samples = zip(bounds.map { "\($0)" } + ["+Inf"], counts).map { bound, count in
            total += count
            return MetricSample(total, labels.merging(["le": bound]) { $1 }, suffix: "_bucket")
        }
        samples.append(MetricSample(sum, labels, suffix: "_sum"))
        samples.append(MetricSample(total, labels, suffix: "_count"))
        return samples
    }
}
