import Foundation
package import JobModel

/// What the result of one job says about its mailboxes.
package struct CampaignResult: Sendable, Equatable {
    /// How the job ended.
    package let outcome: FinalOutcome
    /// Rows by disposition.
    ///
    /// A job without an output counts its mailboxes as `job-failed`,
    /// `job-cancelled` or, when it succeeded and its output cannot be read, `job-unreadable`.
    package let totals: [String: Int]
    /// The rows as records of a table, in the order of ``columns``.
    package let records: [[String]]

    /// The columns of the table of dispositions.
    package static let columns = [
        "mailbox", "mailboxId", "copyId", "disposition", "note", "folder", "job", "readBefore", "readAfter",
        "requestBefore", "requestAfter",
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
        guard let output = content.output else {
            let disposition =
                switch content.outcome {
                case .cancelled: "job-cancelled"
                case .failed: "job-failed"
                case .succeeded: "job-unreadable"
                }
            self.totals = [disposition: job.targets]
            self.records = Self.mailboxes(of: job).map { mailbox in
                let code = content.problem?.code ?? ""
                return [mailbox, "", "", disposition, code, "", job.id.description, "", "", "", ""]
            }
            return
        }
        var totals: [String: Int] = [:]
        for row in output.dispositions { totals[row.disposition, default: 0] += 1 }
        self.totals = totals
        self.records = output.dispositions.map { row in
            [
                row.mailbox, row.mailboxId ?? "", row.copyId ?? "", row.disposition, row.note ?? "", row.folder ?? "",
                job.id.description, row.before?.at ?? "", row.after?.at ?? "", row.before?.requestId ?? "",
                row.after?.requestId ?? "",
            ]
        }
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
