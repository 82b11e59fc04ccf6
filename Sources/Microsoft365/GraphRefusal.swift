import Foundation

/// What Graph says when it refuses, as far as it decides anything.
///
/// Only codes count: messages are revised and translated. Source: Microsoft Graph "Error responses and resource types".
struct GraphRefusal: Equatable {
    /// `error.code`, or nil when the body is not Graph's.
    let code: String?
    /// The codes of `error.details`, which tell what a general code hides.
    let detailCodes: [String]

    init(_ answer: ServiceAnswer) { self.init(body: answer.body) }

    init(body: Data) { self.init(JSONValue(parsing: body) ?? .null) }

    init(_ body: JSONValue) {
        let error = body["error"]
        self.code = error["code"].string
        self.detailCodes = (error["details"].array ?? []).compactMap { $0["code"].string }
    }

    /// The error it makes of a call.
    func error(of call: ServiceCall, _ answer: ServiceAnswer) -> Microsoft365Error {
        call.failure(
            self.meaning(status: answer.status, isWrite: call.isWrite),
            answer: answer,
            serviceCode: self.detailCodes.first { $0 == Self.conflict } ?? self.code
        )
    }

    /// Pure: what status and codes mean together.
    func meaning(status: Int, isWrite: Bool) -> Microsoft365Error.Code {
        // A second assignment of a directory role is a 400 whose details alone say so.
        if status == 400, self.detailCodes.contains(Self.conflict) { return .alreadyExists }
        if status == 410 || Self.resyncs.contains(self.code?.lowercased() ?? "") { return .resyncRequired }
        if self.code == Self.expiredPage { return .pageExpired }
        return StatusMeaning.code(status: status, isWrite: isWrite, isExplained: self.code != nil)
    }

    private static let conflict = "ConflictingObjects"
    private static let expiredPage = "Directory_ExpiredPageToken"
    /// The service spells them differently from place to place.
    private static let resyncs: Set<String> = ["resyncrequired", "syncstatenotfound", "syncstateinvalid"]
}
