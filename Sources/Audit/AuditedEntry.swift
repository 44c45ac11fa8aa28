package import Primitives

/// A leaf with the personal values behind its commitments, as an auditor reads it.
package struct AuditedEntry: Sendable, CustomStringConvertible {
    package let index: UInt64
    package let leaf: AuditLeaf
    package let openings: [Opening]

    package init(index: UInt64, leaf: AuditLeaf, openings: [Opening]) {
        self.index = index
        self.leaf = leaf
        self.openings = openings
    }

    package var actorName: String? { self[.actorName] }
    package var description: String { "AuditedEntry(\(index))" }

    /// nil where the leaf has no such value, or its key is destroyed.
    package subscript(field: CommitmentField) -> String? {
        openings.first { $0.field == field }?.value
    }

    package var json: JSON {
        var opened = JSONObject()
        for opening in openings { opened[opening.field.rawValue] = .string(opening.value) }
        return [
            "index": .integer(Int64(index)),
            "at": .string(leaf.at.description),
            "type": .string(leaf.facts.event.rawValue),
            "outcome": .integer(Int64(leaf.facts.outcome.rawValue)),
            "reason": leaf.facts.reason.map { .string($0.text) },
            "role": .string(leaf.facts.actor.role.text),
            "opened": .object(opened),
        ]
    }
}
