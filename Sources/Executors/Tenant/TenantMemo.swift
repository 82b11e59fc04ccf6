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

    /// An empty memo.
    init()
}

extension TenantMemo {
    /// Reads what `text` wrote; nil for anything else.
    init?(text: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let memo = try? decoder.decode(Self.self, from: Data(text.utf8)) else { return nil }
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
