import Audit
import Cryptography
import Delivery
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
                keptUntil: year.fiscalYear + settings.transportFiscalYears + 1,
                isOver: isOver(year.fiscalYear),
                retention: year.retention
            )
        }
    }

    /// Forbids to forget a year, or allows it again. The same again changes nothing.
    ///
    /// - Throws: `outOfOrder` for a year that was destroyed, and for one that has not begun.
    package func hold(
        _ year: Int,
        _ isHeld: Bool,
        because reason: String
    ) async throws(ExchangeFault) {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let known = try await read { stored throws(StoreError) in
                    try stored.retention(of: year)
                }
                let moment = moment
                guard known.destroyedAt == nil,
                    (1000...TreeOrigin.fiscalYear(of: moment.now)).contains(year)
                else { return .refuse(Refusal(.outOfOrder)) }
                guard (known.heldSince != nil) != isHeld else { return .answer(()) }
                var facts = moment.retention(
                    isHeld ? .retentionHeld : .retentionReleased,
                    of: year,
                    by: .registrar
                )
                facts.details = reason
                let act = facts
                let write = ExchangeWrite.yearHeld(year, since: isHeld ? moment.now : nil)
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

    /// One step of forgetting. Whatever interrupts it, the next one goes on from what is there:
    /// the deliveries, then other openings of the year, the leaf, and last the year's key.
    ///
    /// - Returns: whether there was anything to do.
    func forgetSome() async throws(ExchangeFault) -> Bool {
        let years = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.years()
        }
        for year in years where isOver(year) {
            let retention = try await stored { stored throws(StoreError) in
                try stored.retention(of: year)
            }
            guard retention.heldSince == nil else { continue }
            try await forgetSome(of: year, retention)
            return true
        }
        return false
    }

    private func forgetSome(
        of year: Int,
        _ retention: Retention
    ) async throws(ExchangeFault) {
        let keys = try await opened { () async throws(DataKeyFault) in
            try await dataKeys.keys(since: year)
        }
        let (messages, openings) = try await stored { stored throws(StoreError) in
            try stored.toForget(of: year, keys)
        }
        guard messages.isEmpty, openings.isEmpty else {
            return try await wrap(ExchangeFault.store) { () async throws(StoreError) in
                try await store.keep([.forget(messages, openings: openings)])
            }
        }
        if retention.destroyedAt == nil { try await record(destroyed: year) }
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.destroyDataKeys(ofYear: year)
        }
        await dataKeys.forget(year)
    }

    private func record(destroyed year: Int) async throws(ExchangeFault) {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let known = try await read { stored throws(StoreError) in
                    try stored.retention(of: year)
                }
                guard known == Retention() else { return .answer(()) }
                let moment = moment
                let facts = moment.retention(.retentionDestroyed, of: year, by: .system)
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    (
                        writes: [.yearDestroyed(year, at: moment.now)],
                        audit: [moment.entry(facts)]
                    )
                }
                return .propose(proposal) { _ in }
            }
        }
    }

    private func isOver(_ year: Int) -> Bool {
        year + settings.transportFiscalYears < TreeOrigin.fiscalYear(of: time.now)
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
    /// Some deliveries of a year with the openings that name them, whatever the year of the leaf;
    /// where there are none left, some of the other openings under the first of `keys`, the year's
    /// own.
    fileprivate func toForget(
        of year: Int,
        _ keys: [DataKey]
    ) throws(StoreError) -> (messages: [MessageKey], openings: [LeafPosition]) {
        let messages = try deliveries(ofYear: year, limit: Limits.batchItems)
        guard !messages.isEmpty else {
            return try (
                [],
                keys.first.map { key throws(StoreError) in
                    try positions(under: key.reference, limit: Limits.forgottenAtOnce)
                } ?? []
            )
        }
        var openings: Set<LeafPosition> = []
        for message in messages {
            for key in keys {
                let tag = key.tag(.message, message.messageID.text.bytes)
                openings.formUnion(try positions(tagged: tag))
            }
        }
        return (messages, Array(openings))
    }
}
