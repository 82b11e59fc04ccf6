import Foundation
import JobModel
import Microsoft365

/// What a pull leaves on a copy before it moves it: where it belongs, how it was, and who moved it.
///
/// It travels with the copy, so that any host can put it back, also when everything else is lost. The newest stamp says
/// whose the copy is: it is written only over the state that was read, so of two jobs one writes last and both see which.
struct CopyStamp: Equatable {
    /// The names of the properties; a search knows the first two.
    static let jobProperty = "PullJob"
    static let campaignProperty = "Campaign"
    static let originProperty = "Origin"
    static let restoreProperty = "Restore"
    static let repairsProperty = "Repairs"
    /// All of them, as they are asked for.
    static let properties = [jobProperty, campaignProperty, originProperty, restoreProperty, repairsProperty]

    /// The pull job that the copy belongs to.
    let job: JobID
    /// The campaign of that job.
    let campaign: String?
    /// How the copy was before.
    let origin: Origin
    /// The restore that is under way or done; nil since the last pull.
    var restore: RestoreMark?

    /// How a copy was before it was pulled.
    struct Origin: Codable, Equatable {
        /// Its immutable id: one that has another by now is a second item that the service made of it.
        let copy: String
        /// The folder it lay in, and those above it, from the top.
        let path: [FolderName]
        let isRead: Bool?
        let flag: JSONValue?
        let categories: [String]?

        /// The folder it lay in.
        var folder: String { self.path.last?.id ?? "" }
    }

    /// Which restore moves a copy, and whereto: all that has to be told of it, should the process that moves it not live to.
    struct RestoreMark: Equatable {
        let job: JobID
        let folder: String
        /// Why that is not the folder that the copy was pulled from.
        var note: DispositionNote?
        /// Whether that folder could neither be found nor made again.
        var isElsewhere = false
        /// What its owner had changed by then: `isRead`, `flag`, `categories`.
        var kept: [String] = []
        /// The path of a folder that is not the one that the copy was pulled from.
        var path: String?

        /// The parts with blanks between them; only a path has blanks of its own, and comes last.
        var text: String {
            let kept = self.kept.isEmpty ? "-" : self.kept.joined(separator: ",")
            let place = self.isElsewhere ? "elsewhere" : "place"
            return "\(self.job) \(self.folder) \(self.note?.rawValue ?? "-") \(place) \(kept) \(self.path ?? "")"
        }

        init(job: JobID, folder: String) {
            self.job = job
            self.folder = folder
        }

        init?(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 2, let job = JobID(parts[0]) else { return nil }
            self.init(job: job, folder: parts[1])
            guard parts.count == 6 else { return }
            self.note = DispositionNote(rawValue: parts[2])
            self.isElsewhere = parts[3] == "elsewhere"
            self.kept = parts[4] == "-" ? [] : parts[4].split(separator: ",").map(String.init)
            self.path = parts[5].isEmpty ? nil : parts[5]
        }
    }

    init(job: JobID, campaign: String?, origin: Origin) {
        self.job = job
        self.campaign = campaign
        self.origin = origin
    }

    /// Reads the properties of a copy; nil when no pull wrote them.
    init?(_ properties: [String: String]) {
        guard let job = properties[Self.jobProperty].flatMap({ JobID($0) }),
            let text = properties[Self.originProperty],
            let origin = try? JSONDecoder().decode(Origin.self, from: Data(text.utf8))
        else { return nil }
        self.job = job
        self.campaign = properties[Self.campaignProperty].flatMap { $0.isEmpty ? nil : $0 }
        self.origin = origin
        self.restore = properties[Self.restoreProperty].flatMap(RestoreMark.init)
    }

    /// The properties to write; an empty value takes the place of one that cannot be taken away.
    func properties() throws -> [String: String] {
        [
            Self.jobProperty: self.job.description,
            Self.campaignProperty: self.campaign ?? "",
            Self.originProperty: String(decoding: try CanonicalJSON.bytes(self.origin), as: UTF8.self),
            Self.restoreProperty: self.restore?.text ?? "",
            Self.repairsProperty: "",
        ]
    }
}

/// What was put right of a copy since it was stamped, because moving had changed it.
///
/// Written with the repair itself, so that it costs no call. A later process knows by it what the service's moves change, and
/// that what differs after the repair is its owner's doing.
struct CopyRepairs: Equatable {
    /// The job that put something right last.
    let job: JobID
    /// What moving changed: `isRead`, `flag`, `categories`.
    let fields: Set<String>

    init(job: JobID, fields: Set<String>) {
        self.job = job
        self.fields = fields
    }

    /// The job, a blank, the fields with commas between them.
    var text: String { "\(self.job) \(self.fields.sorted().joined(separator: ","))" }

    init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let job = JobID(parts[0]) else { return nil }
        self.init(job: job, fields: Set(parts[1].split(separator: ",").map(String.init)))
    }
}

/// A folder by id and by what its owner called it, so that it can be made again when it is gone.
struct FolderName: Codable, Equatable {
    let id: String
    let name: String
}

extension MailCopy {
    /// What a pull left on the copy; nil when none did.
    var stamp: CopyStamp? { CopyStamp(self.properties) }

    /// What was put right of it since; nil for nothing.
    var repairs: CopyRepairs? { self.properties[CopyStamp.repairsProperty].flatMap { CopyRepairs($0) } }

    /// What differs between the copy and how it was before it was pulled, as a change that puts it right; nil for nothing.
    ///
    /// What the service did not say is not compared.
    func difference(from origin: CopyStamp.Origin) -> MailChange? {
        var change = MailChange(properties: [:])
        if let isRead = origin.isRead, self.isRead != nil, self.isRead != isRead { change.isRead = isRead }
        if let flag = origin.flag, self.flag != nil, self.flag != flag { change.flag = flag }
        if let categories = origin.categories, self.categories != nil, self.categories != categories {
            change.categories = categories
        }
        return change == MailChange(properties: [:]) ? nil : change
    }
}

extension MailChange {
    /// What it sets beside properties, by the service's names.
    var names: [String] {
        [self.isRead.map { _ in "isRead" }, self.flag.map { _ in "flag" }, self.categories.map { _ in "categories" }]
            .compactMap { $0 }
    }

    /// What is left of it when only some fields may be set; nil for nothing.
    func limited(to fields: Set<String>) -> MailChange? {
        var change = MailChange(properties: self.properties)
        if fields.contains("isRead") { change.isRead = self.isRead }
        if fields.contains("flag") { change.flag = self.flag }
        if fields.contains("categories") { change.categories = self.categories }
        return change.names.isEmpty ? nil : change
    }

    /// The same with word that a job put right what moving had changed, beside what was put right before.
    func told(by job: JobID, _ earlier: CopyRepairs?) -> MailChange {
        var change = self
        let fields = (earlier?.fields ?? []).union(self.names)
        change.properties[CopyStamp.repairsProperty] = CopyRepairs(job: job, fields: fields).text
        return change
    }
}
