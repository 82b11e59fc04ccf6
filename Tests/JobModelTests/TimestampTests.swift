import Foundation
import Testing

@testable import JobModel

@Suite("Timestamps are RFC 3339")
struct TimestampTests {
    @Test("A date is written in UTC with milliseconds")
    func writes() {
        #expect(Timestamp.text(Date(timeIntervalSince1970: 1_795_402_800.5)) == "2026-11-23T03:00:00.500Z")
    }

    @Test(
        "Every form that a console may write is read",
        arguments: [
            "2026-11-23T03:00:00Z", "2026-11-23T03:00:00.0Z", "2026-11-23T03:00:00.000000000Z",
            "2026-11-23T03:00:00+00:00",
            "2026-11-23T03:00:00.000000+00:00", "2026-11-23T04:00:00+01:00", "2026-11-22T21:30:00-05:30",
        ]
    )
    func reads(text: String) { #expect(Timestamp.date(text) == Date(timeIntervalSince1970: 1_795_402_800)) }

    @Test("Fractions of a second are kept to the millisecond")
    func readsFractions() throws {
        let date = try #require(Timestamp.date("2026-11-23T03:00:00.123456Z"))
        #expect(Timestamp.text(date) == "2026-11-23T03:00:00.123Z")
    }

    @Test("Written by hand it is what Foundation writes, from the Gregorian calendar on")
    func agreesWithFoundation() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let ends = (1900...2101).flatMap { year in
            ["-01-01T00:00:00Z", "-02-28T23:59:59Z", "-03-01T00:00:00Z", "-12-31T23:59:59Z"].compactMap {
                Timestamp.date("\(year)\($0)")?.timeIntervalSince1970
            }
        }
        #expect(ends.count == 808)
        let others = stride(from: -11_644_473_600.0, to: 253_402_300_799, by: 86_400 * 37 + 12_345.5)
        for seconds in ends + others {
            let date = Date(timeIntervalSince1970: seconds)
            let text = Timestamp.text(date)
            #expect(text == date.formatted(style))
            #expect(Timestamp.date(text) == date)
        }
    }

    @Test("What four digits of a year cannot name becomes the nearest that they can")
    func isBounded() {
        #expect(Timestamp.text(.distantPast).hasPrefix("0001-01-01T"))
        #expect(Timestamp.text(Date(timeIntervalSince1970: 1e15)) == "9999-12-31T23:59:59.999Z")
    }

    @Test("The 29th of February is there in leap years only")
    func knowsLeapYears() {
        #expect(Timestamp.date("2028-02-29T00:00:00Z") != nil)
        #expect(Timestamp.date("2000-02-29T00:00:00Z") != nil)
        #expect(Timestamp.date("2026-02-29T00:00:00Z") == nil)
        #expect(Timestamp.date("2100-02-29T00:00:00Z") == nil)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "2026-11-23", "2026-11-23T03:00:00", "2026-11-23 03:00:00Z", "2026-11-23t03:00:00z", "20261123T030000Z",
            "2026-11-23T03:00:00Zx", "2026-11-23T03:00:00Z\n", " 2026-11-23T03:00:00Z", "2026-11-23T03:00:00.Z",
            "2026-11-23T03:00:00.0000000000Z", "2026-02-30T03:00:00Z", "2026-04-31T03:00:00Z", "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T03:60:00Z",
            "2026-11-23T03:00:60Z", "2026-11-23T03:00:00+24:00", "2026-11-23T03:00:00+01:60",
            "2026-11-23T03:00:00+0100",
            "2026-11-23T03:00:00+1:00", "٢٠٢٦-11-23T03:00:00Z", "+026-11-23T03:00:00Z",
        ]
    )
    func refuses(text: String) { #expect(Timestamp.date(text) == nil) }

    @Test("A duration is told in seconds")
    func tellsSeconds() {
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(Duration.seconds(-2).inSeconds == -2)
    }
}
