package import Foundation

/// Why a call to Microsoft 365 did not give what it was asked for.
///
/// Carries no body, token or secret: it may be logged and sent as it is. ``Microsoft365Error/code`` is what callers
/// branch on; everything else tells a person where to look.
package struct Microsoft365Error: Error, Equatable, Sendable {
    /// What went wrong, in the words a caller decides by.
    package var code: Code
    /// What was being done, as `service.call`: `login.token`, `graph.domains`, `exchange.New-InboundConnector`.
    package var operation: String
    /// The tenant the call was for, or nil when none was involved yet.
    package var tenant: UUID?
    /// The HTTP status of the answer, or nil when there was none.
    package var status: Int?
    /// The service's own code: `AADSTS` with its number, Graph's code, or the last part of Exchange's exception type.
    ///
    /// Bound: 100 characters of letters, digits, `_`, `.` and `-`.
    package var serviceCode: String?
    /// The service's id of the request, which its support asks for.
    package var requestID: String?
    /// How long the service asks to be left alone, or nil when it did not say.
    package var retryAfter: Duration?
    /// True when the call would have changed something.
    package var isWrite: Bool
    /// True when the same call may succeed later without anybody changing anything.
    ///
    /// A write that ended in doubt (``isAmbiguous``) is retryable only after its effect has been read.
    package var isRetryable: Bool

    /// Makes an error; whether it may pass by itself follows from the code unless it is said.
    package init(
        _ code: Code,
        operation: String,
        tenant: UUID? = nil,
        status: Int? = nil,
        serviceCode: String? = nil,
        requestID: String? = nil,
        retryAfter: Duration? = nil,
        isWrite: Bool = false,
        isRetryable: Bool? = nil
    ) {
        self.code = code
        self.operation = operation
        self.tenant = tenant
        self.status = status
        self.serviceCode = serviceCode.map(Self.tamed)
        self.requestID = requestID.map(Self.tamed)
        self.retryAfter = retryAfter
        self.isWrite = isWrite
        self.isRetryable = isRetryable ?? code.passesByItself
    }

    /// True when a write was sent and nobody knows whether it took effect.
    ///
    /// Settle it by reading; never send it again blindly.
    package var isAmbiguous: Bool { self.isWrite && self.code == .interrupted }

    /// What a service sends ends in logs and on terminals, so that only harmless characters may stay.
    private static func tamed(_ text: String) -> String {
        String(text.unicodeScalars.filter { self.harmless.contains($0) }.prefix(100).map(Character.init))
    }

    private static let harmless = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-".unicodeScalars
    )
}

extension Microsoft365Error: CustomStringConvertible {
    /// One sentence that says what failed and what to do.
    package var description: String {
        let place = self.tenant.map { " for tenant \($0.uuidString.lowercased())" } ?? ""
        var marks: [String] = []
        if let status { marks.append("HTTP \(status)") }
        if let serviceCode { marks.append(serviceCode) }
        if let requestID { marks.append("request \(requestID)") }
        let evidence = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
        return "\(self.operation)\(place) failed: \(self.code.meaning)\(evidence); \(self.advice)."
    }

    /// What a person should do about it, as a clause without a full stop.
    package var advice: String { self.code.advice }
}
