package import Audit
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
    /// - Throws: `notFound`; `outOfOrder` where some of it is held, or still under way.
    package func erasable(with message: MessageID) async throws(GatewayError) -> [RetentionItem] {
        let plan = try await retentionPlan()
        let named = plan.items.first { item in
            item.holdings.contains { $0.name.messageID == message || $0.name.isRecord(message) }
        }
        guard let named, let person = try await patients(of: named).first else { throw .notFound }
        var items: [RetentionItem] = []
        for item in plan.items where try await isAbout(person, item) { items.append(item) }
        guard items.allSatisfy({ $0.mayGo(on: .requested, plan.today) }) else { throw .outOfOrder }
        return items
    }

    private func isAbout(
        _ person: AuditPatient,
        _ item: RetentionItem
    ) async throws(GatewayError) -> Bool {
        if case .draft(let id) = item.name {
            guard let id = MessageID(id.text) else { return false }
            let draft = try await draft(id).bytes
            return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try JSON(reading: draft).names(person)
            }
        }
        return try await patients(of: item).contains(person)
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
        let names = [agent.name ?? "", second].map(SearchText.name)
        guard names.allSatisfy({ !$0.isEmpty }), !names[0].hasSameBytes(as: names[1]) else {
            throw .secondPersonMissing
        }
        var rest = Set(shown.map(\.name))
        while !rest.isEmpty {
            let names = rest
            var done: Set<RetentionItem.Name> = []
            try await settle { () async throws(GatewayError) in
                let step = try await step(of: names, ground, agent, second)
                done = step.items
                return step.decision
            }
            rest.subtract(done)
            forgetOpened()
        }
        await vault.ring.forgetPersons()
        let keys = try await destroySpentKeys()
        return Erased(items: shown.count, keys: keys)
    }

    /// Of rows that went, also after a crash in between.
    @discardableResult
    func destroySpentKeys() async throws(GatewayError) -> Int {
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.destroySpentKeys()
        }
    }

    // MARK: One transaction

    private func step(
        of names: Set<RetentionItem.Name>,
        _ ground: ErasureGround,
        _ agent: Agent,
        _ second: String
    ) async throws(GatewayError) -> (
        items: Set<RetentionItem.Name>, decision: GatewayDecision<Void>
    ) {
        let origin = accessOrigin
        // Whatever comes from here on is a leaf, and makes this step a conflict.
        let size = try await read { stored throws(StoreError) in
            try stored.trees().first { $0.origin == origin }?.size ?? 0
        }
        let plan = try await retentionPlan()
        let standing = plan.items.filter {
            names.contains($0.name) && $0.mayGo(on: ground, plan.today)
        }
        guard standing.count == names.count else { throw .planChanged }
        let items = Array(standing.prefix(Limits.forgottenAtOnce))
        let leaves = try await leaves(of: items, among: plan)
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
        let releases = items.compactMap { item -> GatewayWrite? in
            guard case .draft(let id) = item.name, let id = MessageID(id.text) else { return nil }
            return .release(MessageKey(from: member, messageID: id))
        }
        let (now, random) = (time.now, random)
        let proposal = Proposal<GatewayWrite>(expects: [.treeSize(origin, size)]) { _ in
            (
                writes: releases + [
                    .erase(erasure), .record(.erasure, id, column, at: now),
                ],
                audit: [AuditEntry(done, in: .access, random: random)]
            )
        }
        return (Set(items.map(\.name)), .propose(proposal) { _ in })
    }

    /// The leaves that tell of what goes: those about its messages; and of a person's keys that
    /// nothing else is under, all that is.
    private func leaves(
        of items: [RetentionItem],
        among plan: RetentionPlan
    ) async throws(GatewayError) -> [LeafPosition] {
        let years = try await yearKeys()
        let going = Set(items.flatMap(\.holdings).map(\.name))
        let goingKeys = Set(items.flatMap(\.holdings).flatMap(\.keys))
        let staying = Set(
            plan.items.flatMap(\.holdings).filter { !going.contains($0.name) }.flatMap(\.keys)
        )
        var persons: [(term: String, keys: Set<Int64>)] = []
        for item in items {
            for patient in try await patients(of: item) {
                let keys = try await wrap(GatewayError.dataKey) {
                    () async throws(DataKeyFault) in
                    try await vault.ring.references(of: patient.subject)
                }
                let free = keys.subtracting(staying)
                let isLast = free == keys
                persons.append((patient.term, isLast ? free : free.intersection(goingKeys)))
            }
        }
        let messages = Set(going.compactMap(\.messageID))
            .union(going.compactMap(\.recordedMessage))
        let (known, origin) = (persons, accessOrigin)
        return try await read { stored throws(StoreError) in
            var leaves: Set<LeafPosition> = []
            for key in years {
                for message in messages {
                    let tag = key.tag(.message, message.text.bytes)
                    leaves.formUnion(try stored.positions(tagged: tag))
                }
                for (term, keys) in known where !keys.isEmpty {
                    let found = try stored.positions(tagged: key.tag(.patient, term.bytes))
                    for position in found where !leaves.contains(position) {
                        let openings = try stored.openings(at: position)
                        guard openings.contains(where: { keys.contains($0.keyReference) })
                        else { continue }
                        leaves.insert(position)
                    }
                }
            }
            return leaves.filter { $0.tree == origin }.sorted { $0.index < $1.index }
        }
    }

    // MARK: What was erased

    /// The leaves of which values were erased, by the lists whose hash the log has.
    func erasedLeaves() async throws(GatewayError) -> Set<UInt64> {
        let rows = try await read { stored throws(StoreError) in try stored.records(.erasure) }
        let origin = accessOrigin
        var erased: Set<UInt64> = []
        for row in rows {
            let bytes = try await vault.open(row.sealed, .record(.erasure, row.id))
            let list = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try ErasedLeaves(reading: bytes)
            }
            let place = LeafPosition(tree: origin, index: list.leaf)
            let leaf = try await read { stored throws(StoreError) in try stored.leaf(at: place) }
            // A list that no leaf has was made afterwards, to hide something.
            guard let leaf, try Self.names(leaf, SHA256.hash(bytes)) else { continue }
            erased.formUnion(list.leaves)
        }
        return erased
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

extension Holding.Name {
    /// Of a draft or a paper route.
    fileprivate var recordedMessage: MessageID? {
        guard case .record(let kind, let id) = self, [.draft, .paper].contains(kind) else {
            return nil
        }
        return MessageID(id.text)
    }

    fileprivate func isRecord(_ message: MessageID) -> Bool { recordedMessage == message }
}

extension RetentionItem {
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

extension JSON {
    /// Whether the name stands anywhere in it as a value of its own.
    fileprivate func names(_ person: AuditPatient) -> Bool {
        if let string { return SearchText.name(string).hasSameBytes(as: person.term) }
        if let array { return array.contains { $0.names(person) } }
        return object?.members.contains { $0.value.names(person) } ?? false
    }
}
