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
    func checkTime(
        of statement: SignedStatement,
        _ proof: ReceiptProof,
        in origin: TreeOrigin
    ) async throws(GatewayError) {
        guard let said = statement.receiptTime, let place = LeafTime(proof, in: origin) else {
            return
        }
        let name = SettingName(rawValue: "leafTime.\(origin.text)")
        let stored = try await read { stored throws(StoreError) in try stored.setting(name) }
        let newest = stored.flatMap { LeafTime(String(decoding: $0, as: UTF8.self)) }
        let isOnTime = place.at.since(said).magnitudeIsBelow(Limits.clockTolerance)
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
    let index: UInt64
    let at: Timestamp

    init?(_ proof: ReceiptProof, in origin: TreeOrigin) {
        do {
            at = try AuditLeaf(reading: proof.leaf, in: origin.kind).at
            index = try TlogProof(reading: proof.tlogProof).index
        } catch { return nil }
    }

    /// As it is kept.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let number = Decimal.value(words[0].utf8),
            let at = Timestamp(String(words[1]))
        else { return nil }
        index = UInt64(number)
        self.at = at
    }

    var text: String { "\(index) \(at)" }

    /// Whether it can stand in one tree with another.
    func fits(_ other: LeafTime) -> Bool { index < other.index ? at <= other.at : at >= other.at }
}

extension SignedStatement {
    /// When the act happened that a receipt tells of, by its maker.
    fileprivate var receiptTime: Timestamp? {
        let names = [
            AcceptedStatement.names, DeliveredStatement.names, RefusedStatement.names,
            OpenedStatement.names, ConfirmedStatement.names, ExpiredStatement.names,
            UndeliverableStatement.names, WithdrawalAnswerStatement.names,
        ]
        return names.lazy.compactMap { self.json[$0.at]?.string.flatMap { Timestamp($0) } }.first
    }
}
