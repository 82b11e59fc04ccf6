import Foundation
import JobModel

/// What a campaign's jobs say of people: who asked for it, and who is told in which language.
///
/// A restore keeps it.
package struct CampaignOrder: Codable, Sendable, Equatable {
    /// Who asked.
    package var requestedBy: String?
    /// Who is told; nil for nobody.
    package var notify: [String]?
    /// The customer's name, as people are told it.
    package var customer: String?
    /// In which language they are told.
    package var language: String?

    /// Takes it from the data of the campaign's jobs; what is missing there, or has another form, is nil.
    package init(data: [UInt8]) {
        let read = try? JSONDecoder().decode(Self.self, from: Data(data))
        self.init(
            requestedBy: read?.requestedBy,
            notify: read?.notify,
            customer: read?.customer,
            language: read?.language
        )
    }

    /// Collects the parts.
    package init(
        requestedBy: String? = nil,
        notify: [String]? = nil,
        customer: String? = nil,
        language: String? = nil
    ) {
        self.requestedBy = requestedBy
        self.notify = notify
        self.customer = customer
        self.language = language
    }

    /// Data for a restore: what is given, and of the pull what is not given; `"notify": []` tells nobody.
    ///
    /// What is not a JSON object is left as it is, for the plan to refuse.
    package func completing(_ data: [UInt8]) -> [UInt8] {
        guard let scan = try? JSONScan(data) else { return data }
        var writer = JSONObjectWriter()
        writer.members(of: scan)
        func add(_ name: String, _ text: String?) {
            guard let text, scan.raw(name) == nil else { return }
            writer.member(rawName: name, text: text)
        }
        add("requestedBy", self.requestedBy)
        add("customer", self.customer)
        add("language", self.language)
        if let notify, scan.raw("notify") == nil, let list = try? JSONEncoder().encode(notify) {
            writer.member(rawName: "notify", raw: Array(list))
        }
        return writer.finish()
    }
}
