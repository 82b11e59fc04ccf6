/// What a status alone says, when the body says nothing more exact.
enum StatusMeaning {
    /// The code of a refusal.
    ///
    /// Pure. A write that met a server error may have taken effect, so it is `interrupted`. A 404 counts as `notFound` only when
    /// the service itself says so in its body (`isExplained`): a gateway's bare 404 must not make anything look absent.
    static func code(status: Int, isWrite: Bool, isExplained: Bool) -> Microsoft365Error.Code {
        switch status {
        case 401: .unauthorized
        case 403: .forbidden
        case 404: isExplained ? .notFound : .malformedAnswer
        case 408: isWrite ? .interrupted : .unavailable
        case 409: .alreadyExists
        case 429: .throttled
        case 400..<500: .invalidRequest
        case 500...: isWrite ? .interrupted : .unavailable
        default: isWrite ? .interrupted : .malformedAnswer
        }
    }
}
