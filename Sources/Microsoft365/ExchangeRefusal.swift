import Foundation

/// What Exchange administration says when it refuses, as far as it decides anything.
///
/// The status is 400 whatever happened, and the outer message says nothing; the exception's type says it all. It stands in
/// `innererror.internalexception.type`, or between the first bars of `details[0].message` (`id|type|text`); either may be
/// missing, and a 403 may be a run of NUL bytes. Texts are translated, so only names that never are count: exception
/// types, error ids and names of commands.
struct ExchangeRefusal: Equatable {
    /// The last part of the exception's type, such as `ManagementObjectNotFoundException`; nil when there is none.
    let exception: String?
    /// The outer `error.code`, such as `BadRequest` or `NotFound`; nil when the body is not Exchange's.
    let code: String?
    /// Exchange names the command that must run first; the name is never translated.
    private let namesCustomization: Bool
    private let isConnectorRefused: Bool
    private let saysExists: Bool

    init(_ answer: ServiceAnswer) { self.init(body: answer.body) }

    init(body: Data) {
        let error = (JSONValue(parsing: body) ?? .null)["error"]
        let inner = error["innererror"]["internalexception"]
        let detail = (error["details"].array?.first?["message"].string ?? "")
            .split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        let type = inner["type"].string ?? (detail.count == 3 ? detail[1] : nil)
        let texts = [inner["message"].string, detail.last, error["message"].string].compactMap { $0 }
        self.code = error["code"].string
        self.exception = type?.split(separator: ".").last.map { $0.trimmingCharacters(in: .whitespaces) }
        self.namesCustomization = texts.contains { $0.contains(Self.customization) }
        self.saysExists = texts.contains { text in Self.existing.contains { text.lowercased().contains($0) } }
        self.isConnectorRefused = (texts + detail.prefix(1)).contains { $0.contains("EX505293") }
    }

    /// The error it makes of a call.
    func error(of call: ServiceCall, _ answer: ServiceAnswer) -> Microsoft365Error {
        var meaning = self.meaning(status: answer.status, isWrite: call.isWrite)
        // The command itself names itself when it refuses a second run; it cannot be told to run first.
        if meaning == .organizationDehydrated, call.operation.hasSuffix(Self.customization) {
            meaning = .invalidRequest
        }
        return call.failure(meaning, answer: answer, serviceCode: self.exception ?? self.code)
    }

    /// Pure: what status and exception mean together.
    func meaning(status: Int, isWrite: Bool) -> Microsoft365Error.Code {
        // Server errors, throttling and refused tokens are said by the status, whatever the body claims.
        guard status == 400 || status == 404 || status == 409 else {
            return StatusMeaning.code(status: status, isWrite: isWrite, isExplained: false)
        }
        if self.isConnectorRefused { return .connectorCreationRefused }
        switch self.exception {
        case let type? where type.hasSuffix("AlreadyExistsException"): return .alreadyExists
        case "ManagementObjectNotFoundException": return .notFound
        case "InvalidOperationInDehydratedContextException": return .organizationDehydrated
        case "ServerBusyException", "CmdletProxyNotAvailableFailure": return .unavailable
        case "TransientException", "BackendCommunicationException": return isWrite ? .interrupted : .unavailable
        default: break
        }
        if self.namesCustomization { return .organizationDehydrated }
        // A name that is taken is told by the exception's type; without one the text is all there is.
        if isWrite, self.exception == nil, self.saysExists { return .alreadyExists }
        if self.code == "NotFound" { return .notFound }
        return StatusMeaning.code(status: status, isWrite: isWrite, isExplained: false)
    }

    private static let existing = ["already exist", "already in use", "already being used"]
    private static let customization = "Enable-OrganizationCustomization"
}
