/// The `data` of `jobs.no-op.v1`: a job that changes nothing, to measure what all others have in common.
package struct NoOp: JobPayload, Codable, Equatable {
    /// The most bytes of filler it answers with.
    package static let sizeMax = 65_536
    /// The longest it takes, in milliseconds.
    package static let millisecondsMax = 60_000

    /// How many bytes of filler the output holds; 0 by default.
    package let size: Int
    /// How many milliseconds it takes; 0 by default.
    package let milliseconds: Int

    private enum CodingKeys: String, CodingKey {
        case size, milliseconds
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.size = try Self.number(.size, in: values)
        self.milliseconds = try Self.number(.milliseconds, in: values)
    }

    /// Foundation does not say which member holds a fraction, so that it is said here.
    private static func number(_ key: CodingKeys, in values: KeyedDecodingContainer<CodingKeys>) throws -> Int {
        guard values.contains(key) else { return 0 }
        do {
            return try values.decode(Int.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no whole number")
        }
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        if !(0...Self.sizeMax).contains(self.size) { return "`data.size` is not within 0 and \(Self.sizeMax)." }
        if !(0...Self.millisecondsMax).contains(self.milliseconds) {
            return "`data.milliseconds` is not within 0 and \(Self.millisecondsMax)."
        }
        return nil
    }
}

/// The `output` of `results.no-op.v1`.
package struct NoOpOutput: Codable, Sendable, Equatable {
    /// As many letters `x` as the job asked for.
    package let filler: String

    /// Makes the answer to a job of that size, from 0 to `NoOp.sizeMax`.
    package init(size: Int) { self.filler = String(repeating: "x", count: size) }

    /// The JSON object, written by hand as it is made for thousands of jobs a second.
    package var json: [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("filler", text: self.filler)
        return writer.finish()
    }
}
