import Foundation

/// A set of ids by a sample: all of them up to 512, and beyond that those whose hash begins with enough zero bits.
///
/// A memo cannot hold a hundred thousand ids, and a count alone does not see that a thousand users went while a thousand
/// others came. The sample is a fixed part of the set, so that adding and removing keep it exact, and two samples of the same
/// directory at two times show how much of the first is missing in the second. At 256 to 512 ids a tenth that is missing is
/// seen as 8 to 12 percent, twice in three times.
struct IDSample: Sendable, Equatable {
    /// How many ids are held at most.
    static let capacity = 512
    /// The highest ``shift`` of a sample that comes from outside: 512 · 2^40 ids, which no directory has and every integer
    /// here can count, as a percentage too.
    static let shiftMax = 40

    /// How many leading zero bits a held id's hash has: 1 of 2^shift ids is held.
    private(set) var shift = 0
    private var hashes: Set<UInt64> = []

    /// About how many ids there are; exact while all are held.
    var estimate: Int { self.hashes.count << self.shift }

    /// Adds an id; one that is there already changes nothing.
    mutating func insert(_ id: String) {
        let hash = Self.hash(id)
        guard hash.leadingZeroBitCount >= self.shift else { return }
        self.hashes.insert(hash)
        while self.hashes.count > Self.capacity {
            self.shift += 1
            self.hashes = self.hashes.filter { $0.leadingZeroBitCount >= self.shift }
        }
    }

    /// Takes an id out; one that is not there changes nothing.
    mutating func remove(_ id: String) { self.hashes.remove(Self.hash(id)) }

    /// About how many of these ids are not among the other's.
    func missing(in other: IDSample) -> Int {
        let shift = max(self.shift, other.shift)
        let mine = self.hashes.filter { $0.leadingZeroBitCount >= shift }
        return mine.subtracting(other.hashes).count << shift
    }

    /// FNV-1a over the id in lower case, then mixed as in SplitMix64, as its first bits decide.
    private static func hash(_ id: String) -> UInt64 {
        var hash = id.lowercased().utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}

extension IDSample: Codable {
    private enum CodingKeys: String, CodingKey { case shift, hashes }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.shift = try values.decode(Int.self, forKey: .shift)
        let bytes = [UInt8](try values.decode(Data.self, forKey: .hashes))
        guard (0...Self.shiftMax).contains(self.shift), bytes.count.isMultiple(of: 8), bytes.count <= Self.capacity * 8
        else { throw Self.corrupt(values) }
        let hashes = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        // A hash that the shift leaves out was never held, and one that is there twice counts once.
        guard hashes.allSatisfy({ $0.leadingZeroBitCount >= self.shift }) else { throw Self.corrupt(values) }
        self.hashes = Set(hashes)
    }

    private static func corrupt(_ values: KeyedDecodingContainer<CodingKeys>) -> DecodingError {
        .dataCorruptedError(forKey: .hashes, in: values, debugDescription: "no sample")
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(self.shift, forKey: .shift)
        let bytes = self.hashes.sorted().flatMap { hash in
            (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - $0 * 8)) }
        }
        try values.encode(Data(bytes), forKey: .hashes)
    }
}
