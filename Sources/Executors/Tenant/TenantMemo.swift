import Foundation
import JobModel
import Logging

/// What a job in a tenant leaves behind for its next run.
///
/// A help, never a truth: without it every job converges from the tenant.
protocol TenantMemo: Codable {
    /// When each wait was first met, by its name.
    var waits: [String: Date] { get set }
    /// How many steps were done when the job got furthest; people are not told of them again.
    var stepsDone: Int { get set }

    /// Whether every number, date and length of its own is one that an attempt can have left.
    var isWithinBounds: Bool { get }

    /// An empty memo.
    init()
}

extension TenantMemo {
    /// Reads what `text` wrote; nil for anything else, and for values out of bounds: no arithmetic on them can overflow.
    init?(text: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let memo = try? decoder.decode(Self.self, from: Data(text.utf8)), memo.waits.count <= MemoBound.waitsMax,
            memo.waits.values.allSatisfy(Timestamp.canHold), MemoBound.stepsDone.contains(memo.stepsDone),
            memo.isWithinBounds
        else { return nil }
        self = memo
    }

    /// JSON in one line.
    func text() throws -> String { String(decoding: try CanonicalJSON.bytes(self), as: UTF8.self) }

    /// What an earlier run of the job left; an empty memo when it left none, or one that cannot be read.
    static func left(in context: ExecutorContext) -> Self {
        guard let steps = context.steps else { return Self() }
        if let memo = Self(text: steps) { return memo }
        context.logger.warning("A memo cannot be read and is passed over")
        return Self()
    }
}

/// Bounds that the memos of several jobs share.
enum MemoBound {
    /// The most waits: there are fewer kinds.
    static let waitsMax = 100
    /// How many steps may be done: jobs have a dozen.
    static let stepsDone = 0...1_000
    /// How much of anything a job may have counted.
    static let count = 0...1_000_000_000_000
    /// The longest link, id or print, in bytes; a whole message has less than twice that.
    static let textBytesMax = 1_048_576
}
