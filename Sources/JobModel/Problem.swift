/// Why a job did not succeed, for a person and for a program.
///
/// `detail` names the field, object or number at hand. It never holds a secret, a token, a subject or a body.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The longest detail, in Unicode scalars as JSON Schema counts them; what is longer is cut.
    package static let detailLengthMax = 1_000

    /// What kind of problem it is.
    package let code: ProblemCode
    /// What exactly was met, in one sentence.
    package let detail: String

    /// Notes a problem.
    package init(_ code: ProblemCode, _ detail: String) {
        self.code = code
        self.detail = String(String.UnicodeScalarView(detail.unicodeScalars.prefix(Self.detailLengthMax)))
    }

    /// Title and detail in one line.
    package var description: String { "\(self.code.rawValue): \(self.detail)" }
}

extension Problem: Codable {
    private enum Key: String, CodingKey { case code, title, detail, retryable, advice }

    /// Reads what `encode` wrote; title, retryable and advice follow from the code.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            try values.decode(ProblemCode.self, forKey: .code),
            try values.decode(String.self, forKey: .detail)
        )
    }

    /// Writes the shape of `schemas/problem.v1.json`.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(self.code, forKey: .code)
        try values.encode(self.code.title, forKey: .title)
        try values.encode(self.detail, forKey: .detail)
        try values.encode(self.code.reaction == .retry, forKey: .retryable)
        try values.encode(self.code.advice, forKey: .advice)
    }
}
