import Audit
import Cryptography
import Delivery
import Japanese
import Primitives
import Storage

// A leaf cannot be taken out unseen, but what leads to it can: the sealed values beside it and the
// rows of the index lie in the same database, and no tree covers them.
extension OrganisationGateway {
    /// Of a page of leaves from an index on, those whose personal values are gone or changed, or
    /// that a search by person, patient or message would not find.
    package func concealed(
        in leaves: [[UInt8]],
        from first: UInt64
    ) async throws(GatewayError) -> [UInt64] {
        let known = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.dataKeys()
        }
        var keys: [Int64: DataKey] = [:]
        for row in known { keys[row.reference] = try await vault.key(row.reference) }
        let opened = keys
        let origin = accessOrigin
        return try await read { stored throws(StoreError) in
            var concealed: [UInt64] = []
            for (offset, bytes) in leaves.enumerated() {
                let position = LeafPosition(tree: origin, index: first + UInt64(offset))
                let sealed = try stored.openings(at: position)
                guard let entry = entry(position, bytes, sealed, opened) else {
                    concealed.append(position.index)
                    continue
                }
                if try !stored.finds(entry, at: position, by: opened.values) {
                    concealed.append(position.index)
                }
            }
            return concealed
        }
    }
}

extension GatewayReader {
    /// Whether each of an entry's terms leads to it, by the index of one year or another.
    fileprivate func finds(
        _ entry: AuditedEntry,
        at position: LeafPosition,
        by keys: some Sequence<DataKey>
    ) throws(StoreError) -> Bool {
        for (kind, value) in entry.terms {
            var isFound = false
            for key in keys where !isFound {
                isFound = try isTagged(position, key.tag(kind, value.bytes))
            }
            guard isFound else { return false }
        }
        return true
    }
}

/// - Returns: nil where a value that the leaf commits to is not there any more.
private func entry(
    _ position: LeafPosition,
    _ bytes: [UInt8],
    _ sealed: [SealedOpening],
    _ keys: [Int64: DataKey]
) -> AuditedEntry? {
    do throws(DecodingRefusal) {
        let leaf = try AuditLeaf(reading: bytes, in: .access)
        var openings: [Opening] = []
        for field in CommitmentField.allCases {
            guard let commitment = leaf.facts.commitment(field) else { continue }
            guard let one = sealed.first(where: { $0.field == field }),
                let key = keys[one.keyReference]
            else { return nil }
            do throws(AuditRefusal) {
                openings.append(try one.open(commitment, origin: position.tree, by: key))
            } catch { return nil }
        }
        return AuditedEntry(index: position.index, leaf: leaf, openings: openings)
    } catch { return nil }
}

extension AuditedEntry {
    /// By which a search must find it, as far as the leaf itself tells.
    fileprivate var terms: [(kind: IndexKind, value: String)] {
        let terms: [(IndexKind, String?)] = [
            (.actor, self[.actorName]), (.patient, self[.patient].map(SearchText.name)),
            (.message, message?.text),
        ]
        return terms.compactMap { kind, value in value.map { (kind, $0) } }
    }

    private var message: MessageID? {
        let object = leaf.facts.object
        guard [.message, .part].contains(object.kind), case .clear(let name) = object.name
        else { return nil }
        return name.text.split(separator: "/").first.flatMap { MessageID(String($0)) }
    }
}
