import Crypto
import Foundation
import JobModel

/// What the comment of an object of ours remembers of the job that set it last: the tenant's own baseline.
///
/// Stands behind the marker, as `[a1:20261123T093000Z:<job>:---:<digests>]`, at most 110 characters, since a connector's
/// comment holds 256 with the marker and the words before it. There is no room for values: each field has a digest of 36 bits,
/// in the alphabetical order of the kind's fields, so that a value one has can be recognised as the one applied.
struct AppliedMark: Equatable {
    /// The job.
    let job: String
    /// When, in whole seconds.
    let appliedAt: Date
    /// What the tenant held before Sluice came.
    let before: BeforeState
    /// A digest for each field of the kind, in order.
    let digests: [String]

    init(stamp: AppliedStamp, digests: [String]) {
        self.job = stamp.job.description
        self.appliedAt = Date(timeIntervalSince1970: stamp.time.timeIntervalSince1970.rounded(.down))
        self.before = stamp.before
        self.digests = digests
    }

    /// Reads the mark in a comment; nil when there is none, or one that somebody has damaged.
    init?(in comment: String?) {
        guard let range = comment.flatMap(Self.range), let comment else { return nil }
        let parts = comment[range].dropFirst(Self.opening.count).dropLast().split(
            separator: ":",
            omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 4, let time = Self.date(parts[0]), let job = JobID(parts[1]),
            let before = Self.before(parts[2]), parts[3].count.isMultiple(of: Self.digestLength)
        else { return nil }
        self.job = job.description
        self.appliedAt = time
        self.before = before
        var digests: [String] = []
        var rest = parts[3][...]
        while !rest.isEmpty {
            digests.append(String(rest.prefix(Self.digestLength)))
            rest = rest.dropFirst(Self.digestLength)
        }
        self.digests = digests
    }

    /// The mark as it is written.
    var text: String {
        let letters = [
            self.before.appRoleAssignment, self.before.directoryRoleAssignment, self.before.organizationCustomization,
        ].map { held in
            switch held {
            case true: "+"
            case false: "-"
            case nil: "?"
            }
        }
        let parts = [Self.text(self.appliedAt), self.job, letters.joined(), self.digests.joined()]
        return "\(Self.opening)\(parts.joined(separator: ":"))]"
    }

    /// A comment without its mark and without white space at its ends, which Exchange may add.
    static func removed(from comment: String) -> String {
        var rest = comment
        if let range = self.range(in: comment) { rest.removeSubrange(range) }
        return rest.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Stands for a mark where people read of one.
    static let elided = "[a1:…]"

    /// A value that no field has: what was applied last is not known.
    static let unknownValue = "unknown"

    /// The digest of a field's value in canonical spelling.
    static func digest(_ kind: TenantObjectKind, _ field: String, _ value: String) -> String {
        let hash = SHA256.hash(data: Data("\(kind.rawValue).\(field)=\(value)".utf8))
        return String(
            Data(hash).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .prefix(self.digestLength)
        )
    }

    private static let opening = "[a1:"
    private static let digestLength = 6

    private static func range(in comment: String) -> Range<String.Index>? {
        guard let start = comment.range(of: self.opening),
            let end = comment[start.upperBound...].firstIndex(of: "]")
        else { return nil }
        return start.lowerBound..<comment.index(after: end)
    }

    private static func before(_ letters: String) -> BeforeState? {
        guard letters.count == 3, letters.allSatisfy({ "+-?".contains($0) }) else { return nil }
        let held = letters.map { $0 == "?" ? nil : $0 == "+" }
        return BeforeState(
            appRoleAssignment: held[0],
            directoryRoleAssignment: held[1],
            organizationCustomization: held[2]
        )
    }

    /// `20261123T093000Z`: RFC 3339 without what a comment has no room for.
    private static func text(_ date: Date) -> String {
        Timestamp.text(date).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func date(_ text: String) -> Date? {
        guard text.utf8.count == 16 else { return nil }
        let digits = Array(text)
        func cut(_ range: Range<Int>) -> String { String(digits[range]) }
        return Timestamp.date(
            "\(cut(0..<4))-\(cut(4..<6))-\(cut(6..<8))T\(cut(9..<11)):\(cut(11..<13)):\(cut(13..<15))Z"
        )
    }
}

/// Which job applies something, and what it knows of the tenant's state before Sluice.
struct AppliedStamp: Equatable {
    let job: JobID
    let time: Date
    let before: BeforeState
}

extension BeforeState {
    /// That all of it stays.
    static let everything = BeforeState(
        appRoleAssignment: true,
        directoryRoleAssignment: true,
        organizationCustomization: true
    )

    /// The same with what is not known taken from another record.
    func filled(from other: BeforeState) -> BeforeState {
        BeforeState(
            appRoleAssignment: self.appRoleAssignment ?? other.appRoleAssignment,
            directoryRoleAssignment: self.directoryRoleAssignment ?? other.directoryRoleAssignment,
            organizationCustomization: self.organizationCustomization ?? other.organizationCustomization
        )
    }
}
