import Foundation
package import JobModel

/// What the result of one job says about its mailboxes.
package struct CampaignResult: Sendable, Equatable {
    /// How the job ended.
    package let outcome: FinalOutcome
    /// Copies by disposition.
    ///
    /// Mailboxes of which the result says nothing are counted as `job-failed`, `job-cancelled` or, when the job succeeded and
    /// its output cannot be read, `job-unreadable`.
    package let totals: [String: Int]
    /// The rows as records of a table, in the order of ``columns``.
    package private(set) var records: [[String]]

    /// The columns of the table of dispositions.
    package static let columns = [
        "mailbox", "mailboxId", "copyId", "disposition", "note", "folder", "job", "readBefore", "readAfter",
        "requestBefore", "requestAfter", "copies",
    ]

    private struct Message: Decodable {
        /// A problem's code is read as a text, for a later version may know more of them; so is an output of another shape.
        struct Content: Decodable {
            let outcome: FinalOutcome
            let output: Output?
            let problem: Refusal?

            enum CodingKeys: CodingKey { case outcome, output, problem }

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                self.outcome = try values.decode(FinalOutcome.self, forKey: .outcome)
                self.output = try? values.decode(Output.self, forKey: .output)
                self.problem = try? values.decode(Refusal.self, forKey: .problem)
            }
        }
        struct Refusal: Decodable { let code: String }
        struct Output: Decodable { let dispositions: [Row] }
        struct Row: Decodable {
            let mailbox: String
            let mailboxId: String?
            let copyId: String?
            let disposition: String
            let note: String?
            let folder: String?
            let copies: Int?
            let before: Read?
            let after: Read?
        }
        struct Read: Decodable {
            let at: String
            let requestId: String?
        }
        let data: Content
    }

    /// Reads the body of a result; nil when it is none.
    package init?(_ body: [UInt8], of job: CampaignPlan.Job) {
        guard let content = try? JSONDecoder().decode(Message.self, from: Data(body)).data else { return nil }
        self.outcome = content.outcome
        let rows = content.output?.dispositions ?? []
        var totals: [String: Int] = [:]
        for row in rows { totals[row.disposition, default: 0] += row.copies ?? 1 }
        self.records = rows.map { Self.record($0, of: job) }
        // A job that was called off tells of the mailboxes it has been in.
        let told = Set(rows.map(\.mailbox))
        if content.output == nil || content.outcome != .succeeded {
            let disposition = Self.word(for: content.outcome)
            let rest = Self.mailboxes(of: job).filter { !told.contains($0) }
            let count = told.isEmpty ? job.targets : rest.count
            if count > 0 { totals[disposition] = count }
            self.records += rest.map { mailbox in
                let code = content.problem?.code ?? ""
                return [mailbox, "", "", disposition, code, "", job.id.description, "", "", "", "", ""]
            }
        }
        self.totals = totals
    }

    private static func word(for outcome: FinalOutcome) -> String {
        switch outcome {
        case .cancelled: "job-cancelled"
        case .failed: "job-failed"
        case .succeeded: "job-unreadable"
        }
    }

    private static func record(_ row: Message.Row, of job: CampaignPlan.Job) -> [String] {
        [
            row.mailbox, row.mailboxId ?? "", row.copyId ?? "", row.disposition, row.note ?? "", row.folder ?? "",
            job.id.description, row.before?.at ?? "", row.after?.at ?? "", row.before?.requestId ?? "",
            row.after?.requestId ?? "", row.copies.map(String.init) ?? "",
        ]
    }

    private static func mailboxes(of job: CampaignPlan.Job) -> [String] {
        struct Shape: Decodable {
            struct Target: Decodable { let mailbox: String }
            let targets: [Target]?
            let mailboxes: [String]?
        }
        let shape = try? JSONDecoder().decode(Shape.self, from: Data(job.data))
        return shape?.targets?.map(\.mailbox) ?? shape?.mailboxes ?? []
    }
}
