import Foundation

/// What Graph says when it refuses, as far as it decides anything.
///
/// Codes count: messages are revised and translated. One refusal has no code of its own, the second grant of an app role;
/// its message is read, so that a grant that lists do not show yet is not taken for our mistake. Source: Microsoft Graph
/// "Error responses and resource types".
struct GraphRefusal: Equatable {
    /// `error.code`, or nil when the body is not Graph's.
    let code: String?
    /// The codes of `error.details`, which tell what a general code hides.
    let detailCodes: [String]
    /// Whether a message says that the thing is there already.
    let saysExists: Bool

    init(_ answer: ServiceAnswer) { self.init(body: answer.body) }

    init(body: Data) { self.init(JSONValue(parsing: body) ?? .null) }

    init(_ body: JSONValue) {
        let error = body["error"]
        self.code = error["code"].string
        let details = error["details"].array ?? []
        self.detailCodes = details.compactMap { $0["code"].string }
        let texts = ([error] + details).compactMap { $0["message"].string?.lowercased() }
        self.saysExists = texts.contains { text in Self.existing.contains { text.contains($0) } }
    }

    /// The error it makes of a call.
    func error(of call: ServiceCall, _ answer: ServiceAnswer) -> Microsoft365Error {
        call.failure(
            self.meaning(status: answer.status, isWrite: call.isWrite),
            answer: answer,
            serviceCode: self.detailCodes.first { Self.conflicts.contains($0.lowercased()) } ?? self.code
        )
    }

    /// Pure: what status and codes mean together.
    func meaning(status: Int, isWrite: Bool) -> Microsoft365Error.Code {
        if status == 400 || status == 409, self.isConflict(isWrite: isWrite) { return .alreadyExists }
        if status == 410 || Self.resyncs.contains(self.code?.lowercased() ?? "") { return .resyncRequired }
        if self.code == Self.expiredPage { return .pageExpired }
        return StatusMeaning.code(status: status, isWrite: isWrite, isExplained: self.code != nil)
    }

    /// A second assignment of a directory role is a 400 whose details or message alone say so, that of an app role one whose
    /// message does, a folder's name that is taken a 409 or a 400 of its own code.
    private func isConflict(isWrite: Bool) -> Bool {
        let codes = ([self.code].compactMap { $0 } + self.detailCodes).map { $0.lowercased() }
        return codes.contains(where: Self.conflicts.contains) || isWrite && self.saysExists
    }

    /// In lower case.
    private static let conflicts: Set<String> = [
        "conflictingobjects", "objectconflict", "request_multipleobjectswithsamekeyvalue", "errorfolderexists",
    ]
    private static let existing = ["already exist", "conflicting object"]
    private static let expiredPage = "Directory_ExpiredPageToken"
    /// The service spells them differently from place to place.
    private static let resyncs: Set<String> = ["resyncrequired", "syncstatenotfound", "syncstateinvalid"]
}
