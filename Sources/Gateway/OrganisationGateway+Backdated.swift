import Audit
import Delivery
import Directory
import Primitives
import Storage

// A receipt says when something was done, and its maker could say any time. Its leaf stands in a
// log that only grows, and each leaf has a time not below that of the leaf before it.
extension OrganisationGateway {
    /// Compares the times of a receipt, of its proved leaf and of the newest leaf that was proved
    /// here of the same tree before. Where they do not fit together it is an alarm, with the proof
    /// as evidence; the receipt is kept as it is.
    ///
    /// A receipt whose leaf was lost with its maker's disk has a late one. It is on time when it
    /// was `here` before the log went on: nobody made it afterwards.
    func checkTime(
        of statement: SignedStatement,
        _ proof: ReceiptProof,
        here: Timestamp
    ) async throws(GatewayError) {
        guard let said = statement.receiptTime, let place = LeafTime(proof) else { return }
        let name = SettingName(rawValue: "leafTime.\(place.tree.text)")
        let stored = try await read { stored throws(StoreError) in try stored.setting(name) }
        let newest = stored.flatMap {
            LeafTime(String(decoding: $0, as: UTF8.self), of: place.tree)
        }
        let isLate = place.recoveredAt.map { here <= $0.adding(Limits.clockTolerance) } ?? false
        let isOnTime = isLate || place.at.since(said).magnitudeIsBelow(Limits.clockTolerance)
        guard isOnTime, newest.map(place.fits) ?? true else {
            return try await alarm(
                "receiptBackdated",
                onceFor: statement.sha256.hex,
                keeping: proof.leaf + [0x0A] + proof.tlogProof
            )
        }
        guard newest.map({ $0.index < place.index }) ?? true else { return }
        try await keep([.setting(name, place.text.bytes)])
    }
}

/// Where a leaf stands, and when it was written.
private struct LeafTime {
    let tree: TreeOrigin
    let index: UInt64
    let at: Timestamp
    /// Of a leaf that was written anew: when its log went on from an older copy.
    var recoveredAt: Timestamp?

    init?(_ proof: ReceiptProof) {
        do {
            let proved = try TlogProof(reading: proof.tlogProof)
            tree = proved.checkpoint.origin
            index = proved.index
            let leaf = try AuditLeaf(reading: proof.leaf, in: tree.kind)
            at = leaf.at
            guard leaf.facts.event == .receiptReadopted, let extra = proved.extra else { return }
            recoveredAt = try AuditLeaf(reading: extra.leaf, in: tree.kind).at
        } catch { return nil }
    }

    /// As it is kept of a tree.
    init?(_ text: String, of tree: TreeOrigin) {
        let words = text.split(separator: " ")
        guard words.count == 2, let number = Decimal.value(words[0].utf8),
            let at = Timestamp(String(words[1]))
        else { return nil }
        self.tree = tree
        index = UInt64(number)
        self.at = at
    }

    var text: String { "\(index) \(at)" }

    /// Whether it can stand in one tree with another.
    func fits(_ other: LeafTime) -> Bool { index < other.index ? at <= other.at : at >= other.at }
}

extension SignedStatement {
    /// When the act happened that a receipt tells of, by its maker.
    var receiptTime: Timestamp? {
        let names = [
            AcceptedStatement.names, DeliveredStatement.names, RefusedStatement.names,
            OpenedStatement.names, ConfirmedStatement.names, ExpiredStatement.names,
            UndeliverableStatement.names, WithdrawalAnswerStatement.names,
        ]
        return names.lazy.compactMap { self.json[$0.at]?.string.flatMap { Timestamp($0) } }.first
    }
}
