import Foundation
import JobModel
import Microsoft365

/// What the comments of a kind's objects remember.
extension ExchangeKind {
    /// The fields that a mark has digests of, sorted: all that are applied, but for the name and the comment itself.
    var appliedFields: [String] {
        let unmarked = ["Name", self.commentField]
        return (Array(self.made.parameters.keys) + Array(self.state.keys)).filter { !unmarked.contains($0) }.sorted()
    }

    /// What is wanted of a field in canonical spelling; nil for one that is not ours.
    func wanted(_ field: String) -> String? {
        if let state = self.state[field] { return state }
        guard let value = self.made.parameters[field] else { return nil }
        return ExchangeSpelling.canonical(field: field, value: value)
    }

    /// What an object shows of a field in canonical spelling; nil when Exchange did not send it.
    func live(_ field: String, of object: Object) -> String? {
        guard let value = object.record.fields[field] else { return nil }
        let text = ExchangeSpelling.canonical(field: field, value: value)
        return field == self.commentField ? AppliedMark.removed(from: text) : text
    }

    /// The mark on an object; nil when there is none that can be read.
    func mark(of object: Object) -> AppliedMark? {
        AppliedMark(in: self.comment(object)).flatMap { $0.digests.count == self.appliedFields.count ? $0 : nil }
    }

    /// That our marker is in an object's comment and the words around it are right, but not which job applied what; nil
    /// when the mark that tells it can be read.
    func lostMark(of object: Object) -> JobModel.FieldChange? {
        guard self.mark(of: object) == nil, let wanted = self.wanted(self.commentField),
            self.live(self.commentField, of: object) == wanted
        else { return nil }
        return JobModel.FieldChange(
            field: self.commentField,
            before: self.comment(object) ?? "",
            after: "\(wanted) \(AppliedMark.elided)"
        )
    }

    /// Whether a field is the outbound connector's state: what it has to be only the job that switched it last can tell.
    func isState(_ field: String) -> Bool { field == "Enabled" && self.kind == .outboundConnector }

    /// The comment of an object to which `values` are applied.
    ///
    /// What is not among them keeps the digest of the mark that is there; without one it counts as applied as it is, and on
    /// an object yet to be made as it is wanted. The state of a connector that lost its mark stays unknown.
    func markedComment(applying values: [String: String], to object: Object?, _ stamp: AppliedStamp) -> String {
        let old = object.flatMap(self.mark)
        let digests = self.appliedFields.enumerated().map { index, field in
            if let value = values[field] { return AppliedMark.digest(self.kind, field, value) }
            if old == nil, object != nil, self.isState(field) {
                return AppliedMark.digest(self.kind, field, AppliedMark.unknownValue)
            }
            let present = object.flatMap { self.live(field, of: $0) } ?? self.wanted(field) ?? ""
            return old?.digests[index] ?? AppliedMark.digest(self.kind, field, present)
        }
        let before = old.map { $0.before.filled(from: stamp.before) } ?? stamp.before
        let mark = AppliedMark(
            stamp: AppliedStamp(job: stamp.job, time: stamp.time, before: before),
            digests: digests
        )
        return "\(self.wanted(self.commentField) ?? "") \(mark.text)"
    }

    /// What was applied last to a field of an object, as far as its mark tells.
    func lastApplied(_ field: String, of object: Object) -> ObservedValue {
        guard let mark = self.mark(of: object) else {
            return .unknown("The object's comment does not tell what was applied.")
        }
        if field == "Name" || field == self.commentField { return self.wanted(field).map { .known($0) } ?? .absent }
        guard let index = self.appliedFields.firstIndex(of: field) else { return .absent }
        let candidates = [self.wanted(field), self.live(field, of: object)].compactMap { $0 } + ["true", "false"]
        let value = candidates.first { AppliedMark.digest(self.kind, field, $0) == mark.digests[index] }
        return value.map { .known($0) } ?? .unknown("Only a digest is kept, and it fits neither value.")
    }

    /// What was applied last to an object; nil when its comment does not tell.
    func baseline(of object: Object) -> AppliedBaseline? {
        guard let mark = self.mark(of: object) else { return nil }
        return AppliedBaseline(
            kind: self.kind,
            id: object.identity,
            job: mark.job,
            appliedAt: Timestamp.text(mark.appliedAt),
            fields: self.appliedFields.map { field in
                guard case .known(let value) = self.lastApplied(field, of: object) else {
                    return AppliedField(field: field, value: nil)
                }
                return AppliedField(field: field, value: value)
            },
            before: mark.before
        )
    }
}
