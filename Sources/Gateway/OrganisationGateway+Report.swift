import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage

// Telling the exchange: own statements, and the proofs of own receipts.
extension OrganisationGateway {
    /// Sends own statements in the order they were made.
    func reportStatements() async throws(GatewayError) {
        while true {
            let rows = try await read { stored throws(StoreError) in
                try stored.unsentStatements(limit: Limits.batchItems)
            }
            guard !rows.isEmpty else { return }
            let results = try await wrap(GatewayError.exchange) {
                () async throws(ExchangeError) in
                try await exchange.acknowledge(
                    rows.map { WireStatement(bytes: $0.bytes, disclosure: $0.disclosure) }
                )
            }
            guard results.count == rows.count else { throw .exchange(.badAnswer) }
            // One that waits holds up none after it.
            var turns = Turns()
            for (row, result) in zip(rows, results) {
                await turns.take { () async throws(GatewayError) in
                    var refusal = result.refusal
                    if refusal?.reason == .outOfOrder {
                        refusal = try await refusalInOrder(of: row)
                    }
                    if let refusal, refusal.isTemporary { throw .exchange(.refused(refusal)) }
                    try await noteSent(row, refusal)
                }
            }
            try turns.end()
        }
    }

    /// What becomes of a receipt that is out of order for the exchange: those before it are offered
    /// once more with it, and where one of them is refused for good, so is it.
    private func refusalInOrder(
        of row: StatementRow
    ) async throws(GatewayError) -> ExchangeAPI.Refusal? {
        var chain = [row]
        if let key = row.slot.message {
            let own = PartyID(member)
            let stored = try await read { stored throws(StoreError) in
                try stored.receipts(of: key).map(\.statement)
            }
            let before = stored.prefix { $0.sha256 != row.sha256 }
            chain = before.filter { $0.issuer == own } + [row]
        }
        let offered = chain.map { WireStatement(bytes: $0.bytes, disclosure: $0.disclosure) }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.acknowledge(offered)
        }
        guard results.count == chain.count else { throw .exchange(.badAnswer) }
        return results.dropLast().lazy.compactMap(\.refusal).first { !$0.isTemporary }
            ?? results.last?.refusal
    }

    /// A statement the exchange will never take is not offered again; the refusal is on record.
    private func noteSent(
        _ row: StatementRow,
        _ refusal: ExchangeAPI.Refusal?
    ) async throws(GatewayError) {
        var act = facts(
            refusal == nil ? .receiptSent : .receiptRejected,
            by: .system,
            on: .statement(row.sha256, of: row.slot.message?.messageID)
        )
        act.statementSha256 = row.sha256
        if let refusal {
            act.outcome = .seriousFailure
            act.reason = AuditReason(refusal.code)
        }
        let answered = try await answered(by: row, refusal)
        try await record(
            [act],
            writes: [.sent(row.sha256, at: time.now)] + answered.map { .upkeep(.exchanged($0)) }
        )
    }

    /// Asks the exchange for proofs of its receipts that are still without one.
    func fetchProofs() async throws(GatewayError) {
        let now = time.now
        let own = PartyID(member)
        let rows = try await read { stored throws(StoreError) in
            try stored.unprovedReceipts(
                except: own,
                storedBefore: now,
                limit: Limits.batchItems
            )
        }
        let ofExchange = rows.filter { $0.statement.issuer.exchange != nil }
        guard !ofExchange.isEmpty else { return }
        let proofs = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.proofs(ofExchange.map(\.statement.sha256))
        }
        for wire in proofs {
            guard let proof = wire.proof,
                let row = ofExchange.first(where: { $0.statement.sha256 == wire.statement })
            else { continue }
            try await keepProof(proof, of: row.statement)
        }
    }

    /// Proofs of another member's receipts, as they came sealed. What does not hold is left out:
    /// the receipt then stays without proof, and the deadline tells.
    func applyProofs(_ sealed: [UInt8], from peer: MemberID) async throws(GatewayError) {
        let keyStore = keyStore
        let opened = await openedByAnyKey { key throws(SealedRefusal) in
            try await ProofsBundle.open(sealed, with: key, in: keyStore)
        }
        guard let bundle = opened, bundle.issuer == PartyID(peer) else { return }
        for proved in bundle.proofs {
            let row = try await read { stored throws(StoreError) in
                try stored.receipt(proved.statementSha256)
            }
            guard let row, row.statement.issuer == bundle.issuer else { continue }
            try await keepProof(proved.proof, of: row.statement)
        }
    }

    func keepProof(
        _ proof: ReceiptProof,
        of row: StatementRow
    ) async throws(GatewayError) {
        let promised: SignedStatement
        do {
            let statement = try SignedStatement(reading: row.bytes)
            guard let origin = statement.logOrigin, let key = view.logKey(of: origin) else {
                return
            }
            try proof.verify(statement, promisedIn: origin, key: key)
            promised = statement
        } catch {
            var act = facts(.receiptRejected, by: .exchange, on: .statement(row.sha256))
            act.outcome = .seriousFailure
            act.reason = AuditReason("proofFails")
            let name = SettingName(rawValue: "proofFails.\(row.sha256.hex)")
            return try await record([act], onceAs: name)
        }
        try await checkTime(of: promised, proof, here: row.storedAt)
        try await keep([
            .proof(
                ofReceipt: row.sha256,
                StoredProof(leaf: proof.leaf, tlogProof: proof.tlogProof)
            )
        ])
    }

    /// Sends proofs of own receipts that a checkpoint covers, sealed to the other party.
    func sendProofs() async throws(GatewayError) {
        let own = PartyID(member)
        let rows = try await read { stored throws(StoreError) in
            try stored.unsentProofs(of: own, limit: Limits.batchItems)
        }
        var byPeer: [MemberID: [(row: StatementRow, proof: ReceiptProof)]] = [:]
        for row in rows.map(\.statement) {
            guard let key = row.slot.message, let proof = try await ownProof(of: row.sha256)
            else { continue }
            let peer = key.from == member ? row.slot.recipient : key.from
            if let peer { byPeer[peer, default: []].append((row, proof)) }
        }
        var turns = Turns()
        for (peer, items) in byPeer {
            await turns.take { () async throws(GatewayError) in
                try await sendProofs(items, to: peer)
            }
        }
        try turns.end()
    }

    private func sendProofs(
        _ items: [(row: StatementRow, proof: ReceiptProof)],
        to peer: MemberID
    ) async throws(GatewayError) {
        let now = time.now
        let certificate = try wrap(GatewayError.directory) { () throws(DirectoryRefusal) in
            try view.encryptionCertificate(for: peer, at: now, until: now)
        }
        let proved = items.map { ProvedStatement($0.row.sha256, $0.proof) }
        for bundle in ProofsBundle.bundles(proved, of: PartyID(member)) {
            let sealed = try wrap({ GatewayError.seal(.library($0)) }) {
                () throws(CryptographyError) in
                try bundle.sealed(to: certificate)
            }
            let results = try await wrap(GatewayError.exchange) {
                () async throws(ExchangeError) in
                try await exchange.sendProofs([SealedProofs(to: peer, bytes: sealed)])
            }
            guard let result = results.first else { throw .exchange(.badAnswer) }
            if let refusal = result.refusal, refusal.isTemporary {
                throw .exchange(.refused(refusal))
            }
        }
        try await keep(items.map { .proofSent(ofReceipt: $0.row.sha256, at: now) })
    }

    /// The proof of an own receipt, nil before a checkpoint covers its leaf.
    func ownProof(of receipt: Digest) async throws(GatewayError) -> ReceiptProof? {
        try await read { stored throws(StoreError) in
            let promised = try stored.receipt(receipt)?.statement.logOrigin
            return try stored.receiptProof(of: receipt, promisedIn: promised)
        }
    }

    /// Signs the head of the own log when leaves were added since the newest checkpoint.
    func checkpoint() async throws(GatewayError) {
        let origin = accessOrigin
        let head = try await read { stored throws(StoreError) -> TreeHead? in
            guard let tree = try stored.trees().first(where: { $0.origin == origin }) else {
                return nil
            }
            let last = try stored.checkpoint(of: origin)?.checkpoint.head.size ?? 0
            return tree.size > last ? try stored.head(of: origin, size: tree.size) : nil
        }
        guard let head else { return }
        let note = try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await log.checkpoint(origin, head)
        }
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.save(note, signedAt: time.now)
        }
    }
}
