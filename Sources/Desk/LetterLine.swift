package import Foundation
import JobModel

/// A dead letter as one line of JSON, as `sluice dead export` writes it and `import` reads it.
///
/// `body` is the message's text; `bodyBase64` stands in its place where the bytes are no UTF-8. Times are RFC 3339.
package struct LetterLine: Codable, Sendable, Equatable {
    let letter: Int64?
    let source: String
    let routingKey: String
    let messageID: String?
    let messageType: String?
    let correlationID: String?
    let headers: [String: HeaderValue]
    let job: String?
    let type: String
    let tenant: String
    let code: String
    let detail: String
    let attempt: Int
    let replay: Int
    let worker: String?
    let died: String
    let filed: String
    let state: LetterState
    let remark: String?
    let successor: String?
    let body: String?
    let bodyBase64: String?
    /// How many bytes of the message are missing in `body`; absent when it is whole.
    let cutBytes: Int?

    /// The line of a letter.
    package init(_ letter: Letter) {
        let text = String(validating: letter.body, as: UTF8.self)
        self.letter = letter.number
        self.source = letter.source
        self.routingKey = letter.routingKey
        self.messageID = letter.messageID
        self.messageType = letter.messageType
        self.correlationID = letter.correlationID
        self.headers = letter.headers
        self.job = letter.job
        self.type = letter.type
        self.tenant = letter.tenant
        self.code = letter.code
        self.detail = letter.detail
        self.attempt = letter.attempt
        self.replay = letter.replay
        self.worker = letter.worker
        self.died = Timestamp.text(letter.died)
        self.filed = Timestamp.text(letter.filed)
        self.state = letter.state
        self.remark = letter.remark
        self.successor = letter.successor
        self.body = text
        self.bodyBase64 = text == nil ? Data(letter.body).base64EncodedString() : nil
        self.cutBytes = letter.isCut ? letter.cutBytes : nil
    }

    /// The line without its end.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads a line as a letter that waits for a decision, whatever it was where it came from; nil for anything else.
    package static func letter(from line: some StringProtocol, now: Date) -> Letter? {
        guard let line = try? JSONDecoder().decode(LetterLine.self, from: Data(line.utf8)),
            let died = Timestamp.date(line.died),
            let body = line.body.map({ Array($0.utf8) })
                ?? line.bodyBase64.flatMap({ Data(base64Encoded: $0) }).map(Array.init)
        else { return nil }
        return Letter(
            number: 0,
            source: line.source,
            routingKey: line.routingKey,
            messageID: line.messageID,
            messageType: line.messageType,
            correlationID: line.correlationID,
            headers: line.headers,
            body: body,
            cutBytes: max(0, line.cutBytes ?? 0),
            job: line.job,
            type: line.type,
            tenant: line.tenant,
            code: line.code,
            detail: line.detail,
            attempt: line.attempt,
            replay: line.replay,
            worker: line.worker,
            died: died,
            filed: now,
            state: .held,
            changed: now,
            sent: 0,
            remark: "imported",
            successor: nil
        )
    }
}

/// What an import came to.
package struct ImportReport: Sendable, Equatable, Codable {
    /// How many letters were new.
    package internal(set) var imported: Int
    /// How many were there already.
    package internal(set) var known: Int
    /// The numbers of the lines that are no letters, from 1.
    package internal(set) var corrupt: [Int]
}

extension DeskStore {
    /// Takes in what `export` wrote; corrupt lines are named by number, and the rest goes in, in one commit.
    package func take(
        lines: [String],
        by who: Operator,
        now: Date
    ) async throws(DeskError) -> ImportReport {
        let read = lines.enumerated()
            .filter { !$1.allSatisfy(\.isWhitespace) }
            .map { (number: $0 + 1, letter: LetterLine.letter(from: $1, now: now)) }
        return try await self.write { db in
            var report = ImportReport(imported: 0, known: 0, corrupt: [])
            for (number, letter) in read {
                guard let letter else {
                    report.corrupt.append(number)
                    continue
                }
                // An import is no new death: a letter that was here before stays as it was decided on.
                if try letter.insert(in: db, copies: LetterState.allCases) == nil {
                    report.known += 1
                } else {
                    report.imported += 1
                }
            }
            _ = try Self.log("import", by: who, filter: LetterFilter(), count: report.imported, at: now, in: db)
            return report
        }
    }

    /// Notes in the audit log that letters were written out.
    package func noteExport(
        _ filter: LetterFilter,
        count: Int,
        by who: Operator,
        now: Date
    ) async throws(DeskError) {
        _ = try await self.write { db in try Self.log("export", by: who, filter: filter, count: count, at: now, in: db)
        }
    }
}
