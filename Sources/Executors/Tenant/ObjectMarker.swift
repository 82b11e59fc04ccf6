import Foundation
import JobModel

/// The mark in an object's comment that says: Sluice made this, for this gateway, as this kind of object.
///
/// Administrators rename objects, and others may have chosen the same name; the mark survives both. ``Ownership`` weighs it
/// with everything else that tells whose an object is.
struct ObjectMarker: Equatable {
    /// What a comment says of the object's maker.
    enum Reading: Equatable {
        /// It carries our mark.
        case ours
        /// It carries our mark, but its words name a gateway whose name differs from ours in signs that marks leave out.
        case oursInOtherWords
        /// It carries the mark of another gateway.
        case anotherGateway
        case none
    }

    private let gateway: String
    /// How every mark of ours begins; one on an object of another kind was copied there and says nothing.
    private let beginning: String
    /// What stands in brackets, such as `[sluice:v1:example-gateway:bypass-rule]`.
    let code: String

    init(gateway: GatewayProfile, kind: TenantObjectKind) {
        self.gateway = gateway.name
        self.beginning = "\(Self.opening)\(gateway.slug):"
        self.code = "\(self.beginning)\(kind.rawValue)]"
    }

    /// The whole comment, for people and for us.
    var comment: String { "\(Self.words)\(self.gateway)\(Self.wordsEnd) \(self.code)" }

    /// Reads a comment, whatever else an administrator wrote around the mark.
    func reading(of comment: String?) -> Reading {
        guard let comment = comment?.lowercased() else { return .none }
        guard comment.contains(self.code) else {
            let isAnothers = comment.contains(Self.opening) && !comment.contains(self.beginning)
            return isAnothers ? .anotherGateway : .none
        }
        guard let start = comment.range(of: Self.words.lowercased()),
            let end = comment.range(of: Self.wordsEnd, range: start.upperBound..<comment.endIndex)
        else { return .ours }
        let named = comment[start.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespaces)
        return named == self.gateway.lowercased().trimmingCharacters(in: .whitespaces) ? .ours : .oursInOtherWords
    }

    private static let words = "Managed by Sluice for "
    private static let wordsEnd = "; do not edit."
    private static let opening = "[sluice:v1:"
}
