import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage

// Messages that come again, and those that could not be judged when they came.
extension OrganisationGateway {
    /// Messages set apart are tried again when a list or the directory has changed.
    func retryHeld() async throws(GatewayError) {
        let held = try await read { stored throws(StoreError) in try stored.heldInbox() }
        var turns = Turns()
        for row in held {
            await turns.take { () async throws(GatewayError) in
                guard let bytes = try await bytes(of: row) else { return }
                try await retry(row.key, bytes)
            }
        }
        try turns.end()
    }

    /// What could not be judged before its time was over is refused.
    func endHeld() async throws(GatewayError) {
        let now = time.now
        let over = try await read { stored throws(StoreError) in
            try stored.heldInbox().filter { $0.expiresAt.adding(Limits.clockTolerance) <= now }
        }
        for row in over {
            guard let bytes = try await bytes(of: row) else { continue }
            var parcel = Parcel(key: row.key, bytes: bytes, held: row)
            parcel.hasLapsed = true
            try await turnAway(parcel, .refused(.expired, step: 15, detail: "held"))
        }
    }

    private func bytes(of row: InboxRow) async throws(GatewayError) -> Arrival.Bytes? {
        let stored = try await read { stored throws(StoreError) in
            try stored.inboxBytes(of: row.key)
        }
        return stored.map(Arrival.Bytes.init)
    }

    /// What is set apart is fetched anew while the exchange has it: what was wrong may have been
    /// the way here.
    private func retry(_ key: MessageKey, _ stored: Arrival.Bytes) async throws(GatewayError) {
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.fetch([key])
        }
        if case .message(let message, _, _)? = results.first {
            try await take(message, listedAs: key)
        } else {
            try await take(stored, listedAs: key)
        }
    }

    /// The same message again: with the same bytes the stored receipt goes once more, with others
    /// it is an alarm.
    func repeated(_ key: MessageKey, isSame: Bool) async throws(GatewayError) {
        var act = facts(
            isSame ? .messageDuplicate : .messageConflict,
            by: .member,
            on: .message(key.messageID),
            peer: key.from
        )
        act.outcome = isSame ? .minorFailure : .seriousFailure
        act.reason = AuditReason(isSame ? "sameBytes" : "otherBytes")
        try await record([act])
        guard isSame else { return }
        let member = member
        let receipt = try await read { stored throws(StoreError) in
            try stored.receipt(in: .copy(.delivered, key, member))
                ?? stored.receipt(in: .copy(.refused, key, member))
        }
        guard let receipt else { return }
        _ = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.acknowledge([WireStatement(bytes: receipt.statement.bytes)])
        }
    }
}

extension Arrival.Bytes {
    init(_ stored: InboxBytes) {
        self.init(
            routing: stored.routing,
            submission: stored.submission,
            sealed: stored.sealed,
            accepted: stored.accepted
        )
    }

    /// When the message ends, as far as its header can be read at all.
    func expiry(at now: Timestamp) -> Timestamp {
        let latest = now.adding(Limits.lifeMaximum)
        do throws(DecodingRefusal) {
            return min(try Routing(reading: routing).expiresAt, latest)
        } catch { return latest }
    }

    /// As it came, of what was not taken in.
    func stored() -> InboxBytes {
        InboxBytes(
            routing: routing,
            submission: submission,
            sealed: sealed,
            accepted: accepted,
            content: nil
        )
    }

    /// Both under one key of the patient.
    func stored(sealed: SealedColumn, content: SealedColumn) -> InboxBytes {
        InboxBytes(
            routing: routing,
            submission: submission,
            sealed: sealed.bytes,
            accepted: accepted,
            content: content
        )
    }
}
