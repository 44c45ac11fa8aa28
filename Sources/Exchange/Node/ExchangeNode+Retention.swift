import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
package import Storage

// What the exchange forgets: who sent what to whom, when, and every statement about it, once the
// retention period of the fiscal year in which it was accepted is over. The two hashes by which a
// repeat is recognised, the leaves, and every proof of them stay.
extension ExchangeNode {
    /// A fiscal year of deliveries as an operator sees it.
    package struct RetentionYear: Sendable {
        package let fiscalYear: Int
        package let deliveries: Int
        /// Its retention period ends on 31 March of this year, in Japan.
        package let keptUntil: Int
        package let isOver: Bool
        package let retention: Retention
    }

    /// What would go, and what has gone; the oldest first.
    package func retentionPlan() async throws(ExchangeFault) -> [RetentionYear] {
        let years = try await stored { stored throws(StoreError) in try stored.retainedYears() }
        let known = years.filter { $0.deliveries > 0 || $0.retention != Retention() }
        return known.map { year in
            RetentionYear(
                fiscalYear: year.fiscalYear,
                deliveries: year.deliveries,
                keptUntil: year.fiscalYear + yearsKept + 1,
                isOver: isOver(year.fiscalYear),
                retention: year.retention
            )
        }
    }

    /// Forbids to forget a year, or allows it again; each reason is on record.
    ///
    /// - Throws: `outOfOrder` for a year that was destroyed, of which nothing was ever here, that
    ///   has not begun, and for a release of what nobody holds.
    package func hold(
        _ year: Int,
        _ isHeld: Bool,
        because reason: String
    ) async throws(ExchangeFault) {
        let first = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.years().first ?? .max
        }
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let known = try await read { stored throws(StoreError) in
                    try stored.retention(of: year)
                }
                let moment = moment
                guard known.destroyedAt == nil, year >= first,
                    year <= TreeOrigin.fiscalYear(of: moment.now),
                    isHeld || known.heldSince != nil
                else { return .refuse(Refusal(.outOfOrder)) }
                var facts = moment.retention(
                    isHeld ? .retentionHeld : .retentionReleased,
                    of: year,
                    by: .registrar
                )
                facts.details = reason
                let act = facts
                let since = isHeld ? known.heldSince ?? moment.now : nil
                let write = ExchangeWrite.yearHeld(year, since: since)
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    (writes: [write], audit: [moment.entry(act)])
                }
                return .propose(proposal) { _ in }
            }
        }
    }

    /// Forgets all that is to be forgotten by now.
    package func forgetEndedYears() async throws(ExchangeFault) {
        while try await forgetSome() {}
    }

    /// One step of forgetting, and one at a time. Whatever interrupts it, the next one goes on from
    /// what is there: the deliveries, then other openings of the year, the leaf, and last the
    /// year's key.
    ///
    /// What came later of a delivery is sealed under the key of a later year: while a year is held,
    /// those after it keep their keys.
    ///
    /// - Returns: whether there was anything to do.
    func forgetSome() async throws(ExchangeFault) -> Bool {
        try await forgetting.alone { () async throws(ExchangeFault) in
            try await forgetNext()
        }
    }

    private func forgetNext() async throws(ExchangeFault) -> Bool {
        let years = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.years()
        }
        var isHeld = false
        for year in years where isOver(year) {
            let retention = try await stored { stored throws(StoreError) in
                try stored.retention(of: year)
            }
            isHeld = isHeld || retention.heldSince != nil
            guard retention.heldSince == nil else { continue }
            if try await forgetDeliveries(of: year) { return true }
            guard !isHeld else { continue }
            if try await !forgetOpenings(of: year) { try await destroy(year) }
            return true
        }
        return false
    }

    /// - Returns: whether there were any.
    private func forgetDeliveries(of year: Int) async throws(ExchangeFault) -> Bool {
        let keys = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.keys(since: year)
        }
        let (messages, openings) = try await stored { stored throws(StoreError) in
            try stored.toForget(of: year, keys)
        }
        guard !messages.isEmpty else { return false }
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.keep([.forget(year, messages, openings: openings)])
        }
        return true
    }

    /// Of all else that is sealed under the year's own key, some.
    ///
    /// - Returns: whether there was any.
    private func forgetOpenings(of year: Int) async throws(ExchangeFault) -> Bool {
        let keys = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.keys(since: year)
        }
        guard let reference = keys[year]?.reference else { return false }
        let openings = try await stored { stored throws(StoreError) in
            try stored.positions(under: reference, limit: Limits.forgottenAtOnce)
        }
        guard !openings.isEmpty else { return false }
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.keep([.forget(year, [], openings: openings)])
        }
        return true
    }

    private func destroy(_ year: Int) async throws(ExchangeFault) {
        // A hold that came meanwhile stops it here.
        guard try await isRecorded(destroyed: year) else { return }
        await dataKeys.forget(year)
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.destroyDataKeys(ofYear: year)
        }
    }

    private func isRecorded(destroyed year: Int) async throws(ExchangeFault) -> Bool {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Bool> in
                let known = try await read { stored throws(StoreError) in
                    try stored.retention(of: year)
                }
                guard known == Retention() else { return .answer(known.destroyedAt != nil) }
                let moment = moment
                let facts = moment.retention(.retentionDestroyed, of: year, by: .system)
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    (
                        writes: [.yearDestroyed(year, at: moment.now)],
                        audit: [moment.entry(facts)]
                    )
                }
                return .propose(proposal) { _ in true }
            }
        }
    }

    /// Whether something is to be forgotten, or held.
    func hasEndedYears() async throws(ExchangeFault) -> Bool {
        let years = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.years()
        }
        return years.contains(where: isOver)
    }

    private func isOver(_ year: Int) -> Bool {
        year + yearsKept < TreeOrigin.fiscalYear(of: time.now)
    }

    /// As the members were promised.
    private var yearsKept: Int {
        view.policy(at: time.now)?.transportFiscalYears ?? Limits.transportFiscalYears
    }

    private func opened<Answer>(
        _ ask: () async throws(DataKeyFault) -> Answer
    ) async throws(ExchangeFault) -> Answer {
        try await wrap({ ExchangeFault.refused(Refusal(own: $0)) }, ask)
    }

    private func stored<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(ExchangeFault) -> Answer {
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.read(query)
        }
    }
}

extension Moment {
    /// What is recorded of a fiscal year of deliveries.
    fileprivate func retention(
        _ event: AuditEvent,
        of year: Int,
        by agent: Agent
    ) -> AuditFacts {
        var facts = facts(event, by: agent, of: nil, on: .tree(transport))
        facts.reason = AuditReason("fy\(year)")
        return facts
    }
}

extension ExchangeReader {
    /// Some deliveries of a year with the openings that name them, whatever the year of the leaf.
    fileprivate func toForget(
        of year: Int,
        _ keys: [Int: DataKey]
    ) throws(StoreError) -> (messages: [MessageKey], openings: [LeafPosition]) {
        let messages = try deliveries(ofYear: year, limit: Limits.batchItems)
        var openings: Set<LeafPosition> = []
        for message in messages {
            for key in keys.values {
                let tag = key.tag(.message, message.messageID.text.bytes)
                openings.formUnion(try positions(tagged: tag))
            }
        }
        return (messages, Array(openings))
    }
}
