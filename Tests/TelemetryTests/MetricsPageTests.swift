import Telemetry
import Testing

@Suite("The page of metrics")
struct MetricsPageTests {
    @Test("Names, help, type, labels in order, whole numbers as such")
    func text() {
        var page = MetricsPage()
        page.add("jobs", .gauge, "Jobs.", [MetricSample(3, ["type": "a", "b": "c"]), MetricSample(0.25)])
        page.add("none", .gauge, "Nothing.", [])
        #expect(page.text == "# HELP jobs Jobs.\n# TYPE jobs gauge\njobs{b=\"c\",type=\"a\"} 3\njobs 0.25\n")
    }

    @Test("What a label may not hold is escaped")
    func escaped() {
        var page = MetricsPage()
        page.add("x", .gauge, "X.", [MetricSample(1, ["l": "a\"b\\c\nd"])])
        #expect(page.text.hasSuffix("x{l=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("A histogram sums up its counts and ends with the one that has no bound")
    func histogram() {
        let samples = MetricSample.histogram(bounds: [0.1, 2], counts: [1, 2, 4], sum: 9.5, ["t": "x"])
        #expect(samples.map(\.value) == [1, 3, 7, 9.5, 7])
        #expect(samples.map { $0.labels["le"] } == ["0.1", "2.0", "+Inf", nil, nil])
        #expect(samples.map(\.suffix) == ["_bucket", "_bucket", "_bucket", "_sum", "_count"])
    }
}
