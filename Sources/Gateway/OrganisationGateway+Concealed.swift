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
    /// that a search by person, patient or message would not find. What was erased, and is named in
    /// a list whose hash another leaf has, is not concealed.
    package func concealed(
        in leaves: [[UInt8]],
        from first: UInt64
    ) async throws(GatewayError) -> [UInt64] {
        let known = (erased: try await erasedLeaves(), years: try await yearKeys())
        // Opening is what takes long: the readers of the store share it.
        let size = max(1, (leaves.count + Self.parts - 1) / Self.parts)
        let found = await withTaskGroup(of: Result<[UInt64], GatewayError>.self) { group in
            for start in stride(from: 0, to: leaves.count, by: size) {
                let part = Array(leaves[start..<min(leaves.count, start + size)])
                group.addTask {
                    await self.concealed(in: part, from: first + UInt64(start), known)
                }
            }
            var found: [Result<[UInt64], GatewayError>] = []
            for await part in group { found.append(part) }
            return found
        }
        var concealed: [UInt64] = []
        for part in found { concealed += try part.get() }
        return concealed.sorted()
    }

    private static let parts = 4

    private func concealed(
        in leaves: [[UInt8]],
        from first: UInt64,
        _ known: (erased: Set<UInt64>, years: [DataKey])
    ) async -> Result<[UInt64], GatewayError> {
        let (origin, names) = (accessOrigin, logNames)
        let places = leaves.indices.map {
            LeafPosition(tree: origin, index: first + UInt64($0))
        }
        do throws(GatewayError) {
            let sealed = try await read { stored throws(StoreError) in
                try places.map { place throws(StoreError) in try stored.openings(at: place) }
            }
            let keys = try await standingKeys(Set(sealed.joined().map(\.keyReference)))
            let concealed = try await read { stored throws(StoreError) in
                var concealed: [UInt64] = []
                var terms = TermTags(keys: known.years)
                for (offset, bytes) in leaves.enumerated() {
                    let place = places[offset]
                    let isErased = known.erased.contains(place.index)
                    let name = names.name(at: place.index)
                    let kept = (sealed: sealed[offset], name: name)
                    let entry = entry(place, bytes, kept, keys, isErased: isErased)
                    guard let entry, try stored.finds(entry, at: place, by: &terms, isErased)
                    else {
                        concealed.append(place.index)
                        continue
                    }
                }
                return concealed
            }
            return .success(concealed)
        } catch { return .failure(error) }
    }

    /// Of keys that rows name, those that are there.
    private func standingKeys(
        _ references: Set<Int64>
    ) async throws(GatewayError) -> [Int64: DataKey] {
        var keys: [Int64: DataKey] = [:]
        for reference in references {
            do throws(GatewayError) {
                keys[reference] = try await vault.key(reference)
            } catch {
                guard case .dataKey(.unusable) = error else { throw error }
            }
        }
        return keys
    }

    /// Under which index tags stand.
    func yearKeys() async throws(GatewayError) -> [DataKey] {
        let known = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.dataKeys()
        }
        var keys: [DataKey] = []
        for row in known { keys.append(try await vault.key(row.reference)) }
        return keys
    }
}

/// The tags of a term under the keys of all years: the same people come again and again.
private struct TermTags {
    let keys: [DataKey]
    private var known: [Term: [IndexTag]] = [:]

    private struct Term: Hashable {
        let kind: IndexKind
        let value: ByteText
    }

    init(keys: [DataKey]) { self.keys = keys }

    mutating func tags(_ kind: IndexKind, _ value: String) -> [IndexTag] {
        let term = Term(kind: kind, value: ByteText(value))
        if let tags = known[term] { return tags }
        let tags = keys.map { $0.tag(kind, value.bytes) }
        known[term] = tags
        return tags
    }
}

extension GatewayReader {
    /// Whether each of an entry's terms leads to it, by the index of one year or another.
    fileprivate func finds(
        _ entry: AuditedEntry,
        at position: LeafPosition,
        by terms: inout TermTags,
        _ isErased: Bool
    ) throws(StoreError) -> Bool {
        for (kind, value) in entry.terms where !(isErased && kind.isOfPatient) {
            var isFound = false
            for tag in terms.tags(kind, value) where !isFound {
                isFound = try isTagged(position, tag)
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
    _ kept: (sealed: [SealedOpening], name: TreeOrigin),
    _ keys: [Int64: DataKey],
    isErased: Bool
) -> AuditedEntry? {
    do throws(DecodingRefusal) {
        let leaf = try AuditLeaf(reading: bytes, in: .access)
        var openings: [Opening] = []
        for field in CommitmentField.allCases where !(isErased && field.isOfPatient) {
            guard let commitment = leaf.facts.commitment(field) else { continue }
            guard let one = kept.sealed.first(where: { $0.field == field }),
                let key = keys[one.keyReference]
            else { return nil }
            do throws(AuditRefusal) {
                openings.append(try one.open(commitment, origin: kept.name, by: key))
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
}
