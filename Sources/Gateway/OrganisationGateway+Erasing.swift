package import Audit
import Consent
import Cryptography
import Delivery
import Japanese
package import Primitives
import Storage

// 消去: what is over, or what a person wants erased, goes for good: rows, values beside the leaves,
// and the data keys that nothing is under any more. The leaves stay, with the hash of the list.
extension OrganisationGateway {
    /// Why something is erased before its time, or at it.
    package enum ErasureGround: String, Sendable {
        case ended, requested
    }

    /// What was done of a list.
    package struct Erased: Sendable {
        package let items: Int
        /// Data keys of persons that are destroyed.
        package let keys: Int
    }

    /// What is kept of the person of a message: what somebody may want erased before its time.
    ///
    /// - Throws: `notFound`; `keptBack` where some of it is held, or still under way.
    package func erasable(with message: MessageID) async throws(GatewayError) -> [RetentionItem] {
        let plan = try await retentionPlan()
        let named = plan.items.first { item in
            item.holdings.contains { $0.name.messageID == message }
        }
        guard let named else { throw .notFound }
        let person = try await persons(of: named)
        guard !person.isEmpty else { throw .notFound }
        var items: [RetentionItem] = []
        for item in plan.items {
            let others = try await persons(of: item)
            let isAbout = others.contains { other in person.contains { $0.isSame(as: other) } }
            if isAbout || item.name == named.name { items.append(item) }
        }
        guard items.allSatisfy({ $0.mayGo(on: .requested, plan.today) }) else { throw .keptBack }
        return items
    }

    /// Erases the items of a list that was shown, and destroys the keys. Another person than who
    /// does it confirms it.
    ///
    /// - Throws: `planChanged` where it is not what was shown; `secondPersonMissing`.
    package func erase(
        _ shown: [RetentionItem],
        on ground: ErasureGround,
        by agent: Agent,
        confirmedBy second: String
    ) async throws(GatewayError) -> Erased {
        let names = [agent.name ?? "", second].map(SearchText.letters)
        guard names.allSatisfy({ !$0.isEmpty }), !names[0].hasSameBytes(as: names[1]) else {
            throw .secondPersonMissing
        }
        var rest = Set(shown.map(\.name))
        while !rest.isEmpty {
            let names = rest
            var done: Set<RetentionItem.Name> = []
            try await settle { () async throws(GatewayError) in
                let step = try await step(of: names, in: shown, ground, agent, second)
                done = step.items
                return step.decision
            }
            rest.subtract(done)
            forgetOpened()
        }
        return Erased(items: shown.count, keys: try await destroySpentKeys())
    }

    /// Of rows that went, also after a crash or a failure in between.
    @discardableResult
    func destroySpentKeys() async throws(GatewayError) -> Int {
        let result = await wrapped { () async throws(StoreError) in
            try await store.destroySpentKeys()
        }
        // None of them is used on, whether they could be destroyed or not.
        if result != .success(0) { await vault.ring.forgetPersons() }
        return try wrap(GatewayError.store) { () throws(StoreError) in try result.get() }
    }

    private func wrapped(
        _ call: () async throws(StoreError) -> Int
    ) async -> Result<Int, StoreError> {
        do throws(StoreError) { return .success(try await call()) } catch { return .failure(error) }
    }

    // MARK: One transaction

    private func step(
        of names: Set<RetentionItem.Name>,
        in shown: [RetentionItem],
        _ ground: ErasureGround,
        _ agent: Agent,
        _ second: String
    ) async throws(GatewayError) -> (
        items: Set<RetentionItem.Name>, decision: GatewayDecision<Void>
    ) {
        let origin = accessOrigin
        let plan = try await retentionPlan()
        let known = Dictionary(plan.items.map { ($0.name, $0) }) { first, _ in first }
        var items: [RetentionItem] = []
        for item in shown where names.contains(item.name) {
            guard let now = known[item.name], now.mayGo(on: ground, plan.today),
                now.isSame(as: item)
            else { throw .planChanged }
            if items.count < Limits.forgottenAtOnce { items.append(now) }
        }
        let (size, leaves) = try await leaves(of: items, among: plan)
        let list = ErasedLeaves(ErasureList(items), leaf: size, leaves: leaves.map(\.index))
        let bytes = list.json.canonicalBytes
        var act = facts(.retentionDestroyed, by: agent, on: .report(SHA256.hash(bytes)))
        act.purpose = ground == .ended ? .legal : .patientRequest
        act.reason = AuditReason(ground.rawValue)
        act.details = second
        let done = act
        guard let id = RecordID("at-\(size)") else { throw .notFound }
        let column = try await vault.seal(bytes, .record(.erasure, id), of: nil)
        let erasure = Erasure(
            by: member,
            of: items.flatMap(\.holdings).map(\.name),
            leaves: leaves,
            sparing: Set(try await yearKeys().map(\.reference))
        )
        let (now, random) = (time.now, random)
        let proposal = Proposal<GatewayWrite>(expects: [.treeSize(origin, size)]) { _ in
            (
                writes: [.erase(erasure), .record(.erasure, id, column, at: now)],
                audit: [AuditEntry(done, in: .access, random: random)]
            )
        }
        return (Set(items.map(\.name)), .propose(proposal) { _ in })
    }

    /// The leaves that tell of what goes, in a log of this size: those about its messages; and of
    /// persons of whom nothing else is kept, all of them.
    ///
    /// - Throws: `planChanged` where something has happened to it since the plan was made.
    private func leaves(
        of items: [RetentionItem],
        among plan: RetentionPlan
    ) async throws(GatewayError) -> (size: UInt64, leaves: [LeafPosition]) {
        let years = try await yearKeys()
        let going = Set(items.flatMap(\.holdings).map(\.name))
        let staying = plan.items.flatMap(\.holdings).map(\.name).filter { !going.contains($0) }
        var search = LeafSearch(
            messages: Set(going.compactMap(\.messageID)),
            staying: Set(staying.compactMap(\.messageID))
        )
        for item in items {
            for patient in try await patients(of: item) {
                search.persons[patient] = try await wrap(GatewayError.dataKey) {
                    () async throws(DataKeyFault) in
                    try await vault.ring.references(of: patient.subject).union(
                        vault.ring.references(of: patient.withoutBirthDate.subject)
                    )
                }
            }
        }
        for case .record(.consentRecord, let id) in staying {
            if let patient = try await patient(of: .record(.consentRecord, id)) {
                search.persons[patient] = nil
            }
        }
        let (found, origin) = (search, accessOrigin)
        let expected = items.flatMap(\.holdings).filter { !$0.name.isEnding }
        return try await read { stored throws(StoreError) in
            // Whatever comes from here on is a leaf, and makes this step a conflict.
            let size = try stored.trees().first { $0.origin == origin }?.size ?? 0
            let now = Dictionary(try stored.holdings().map { ($0.name, $0) }) { first, _ in first }
            guard expected.allSatisfy({ now[$0.name].map($0.isStill) ?? false }) else {
                throw .conflict(nil)
            }
            let leaves = try found.leaves(in: stored, by: years).filter { $0.tree == origin }
            return (size, leaves.sorted { $0.index < $1.index })
        }
    }

    // MARK: What was erased

    /// The leaves of which values were erased, by the lists whose hash the log has.
    func erasedLeaves() async throws(GatewayError) -> Set<UInt64> {
        let rows = try await read { stored throws(StoreError) in try stored.records(.erasure) }
        let origin = accessOrigin
        var erased: Set<UInt64> = []
        for row in rows {
            // A list that cannot be read explains nothing.
            guard let (bytes, list) = try await list(in: row) else { continue }
            let place = LeafPosition(tree: origin, index: list.leaf)
            let leaf = try await read { stored throws(StoreError) in try stored.leaf(at: place) }
            // A list that no leaf has was made afterwards, to hide something.
            guard let leaf, try Self.names(leaf, SHA256.hash(bytes)) else { continue }
            erased.formUnion(list.leaves)
        }
        return erased
    }

    private func list(
        in row: RecordRow
    ) async throws(GatewayError) -> (bytes: [UInt8], list: ErasedLeaves)? {
        do throws(GatewayError) {
            let bytes = try await vault.open(row.sealed, .record(.erasure, row.id))
            let list = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try ErasedLeaves(reading: bytes)
            }
            return (bytes, list)
        } catch {
            switch error {
            case .malformed, .dataKey(.unusable): return nil
            default: throw error
            }
        }
    }

    private static func names(_ leaf: [UInt8], _ list: Digest) throws(GatewayError) -> Bool {
        let leaf = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: leaf, in: .access)
        }
        return leaf.facts.event == .retentionDestroyed && leaf.facts.object.sha256 == list
    }
}

/// What was erased together: a list as it was shown, and the leaves that tell nothing of it now.
private struct ErasedLeaves {
    /// The index of the leaf that has this list's hash.
    let leaf: UInt64
    let leaves: [UInt64]
    let json: JSON

    init(_ list: ErasureList, leaf: UInt64, leaves: [UInt64]) {
        self.leaf = leaf
        self.leaves = leaves
        json = [
            "version": 1, "leaf": .integer(Int64(leaf)), "items": .array(list.json),
            "leaves": .array(leaves.map { .integer(Int64($0)) }),
        ]
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        json = try JSON(canonical: bytes)
        leaf = UInt64(clamping: json["leaf"]?.integer ?? -1)
        leaves = (json["leaves"]?.array ?? []).compactMap { $0.integer.map(UInt64.init(clamping:)) }
    }
}

/// Which leaves tell of what goes.
private struct LeafSearch: Sendable {
    /// What goes.
    let messages: Set<MessageID>
    /// What is kept beside it.
    let staying: Set<MessageID>
    /// Whose sheets go, with the keys that there are of them.
    var persons: [AuditPatient: Set<Int64>] = [:]

    func leaves(
        in stored: any GatewayReader,
        by years: [DataKey]
    ) throws(StoreError) -> Set<LeafPosition> {
        var leaves: Set<LeafPosition> = []
        for key in years {
            for message in messages {
                let tag = key.tag(.message, message.text.bytes)
                leaves.formUnion(try stored.positions(tagged: tag))
            }
        }
        for (patient, keys) in persons {
            leaves.formUnion(try self.leaves(of: patient, keys, in: stored, by: years))
        }
        return leaves
    }

    /// All that tell of a person, unless a message of the person is kept: then who saw the person
    /// is asked for as before.
    private func leaves(
        of patient: AuditPatient,
        _ keys: Set<Int64>,
        in stored: any GatewayReader,
        by years: [DataKey]
    ) throws(StoreError) -> Set<LeafPosition> {
        var leaves: Set<LeafPosition> = []
        for year in years {
            let tag = year.tag(.patient, patient.term.bytes)
            for position in try stored.positions(tagged: tag) {
                let openings = try stored.openings(at: position)
                guard openings.contains(where: { keys.contains($0.keyReference) }) else { continue }
                if let message = try message(at: position, in: stored),
                    staying.contains(message)
                {
                    return []
                }
                leaves.insert(position)
            }
        }
        return leaves
    }

    private func message(
        at position: LeafPosition,
        in stored: any GatewayReader
    ) throws(StoreError) -> MessageID? {
        guard let bytes = try stored.leaf(at: position) else { return nil }
        do throws(DecodingRefusal) {
            let leaf = try AuditLeaf(reading: bytes, in: .access)
            return AuditedEntry(index: position.index, leaf: leaf, openings: []).message
        } catch { throw .damaged }
    }
}

extension Holding.Name {
    fileprivate var isEnding: Bool {
        if case .record(.ending, _) = self { true } else { false }
    }
}

extension Holding {
    /// Whether nothing has happened to it; a paper route's own time is in its record.
    fileprivate func isStill(_ now: Holding) -> Bool {
        guard case .record = name else { return self == now }
        return keys == now.keys
    }
}

extension RetentionItem {
    /// Whether the same is kept under one name.
    fileprivate func isSame(as other: RetentionItem) -> Bool {
        Set(holdings.map(\.name)) == Set(other.holdings.map(\.name))
    }

    fileprivate func mayGo(
        on ground: OrganisationGateway.ErasureGround,
        _ today: Day
    ) -> Bool {
        switch (state(on: today), ground) {
        case (.over, _), (.unfinished, .requested), (.kept, .requested): true
        case (.inUse, .requested): !holdings.contains(where: \.isMoving)
        case (.held, _), (_, .ended): false
        }
    }
}
