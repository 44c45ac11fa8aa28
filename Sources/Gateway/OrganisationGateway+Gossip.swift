import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage

// Gossip: every sheet carries, sealed, the newest checkpoint of the directory that its sender has
// seen. An exchange that shows two members unlike trees is found out by the first sheet between
// them, and can neither see nor filter what tells of it.
extension OrganisationGateway {
    /// What goes into a sheet: at most one checkpoint, that of the directory.
    func seenCheckpoints() async throws(GatewayError) -> [String] {
        let note = try await read { stored throws(StoreError) -> [UInt8]? in
            guard let origin = try stored.mirroredTree() else { return nil }
            return try stored.peerCheckpoint(of: origin)?.note
        }
        return note.map { [String(decoding: $0, as: UTF8.self)] } ?? []
    }

    /// Compares what a sender has seen with what is here; what is ahead waits for the leaves.
    func hear(_ manifest: Manifest) async throws(GatewayError) {
        // Another task may replace it meanwhile.
        let mirror = mirror
        var ahead: Checkpoint?
        for text in manifest.seenCheckpoints {
            guard let seen = checkpoint(text.bytes), seen.origin.kind == .keys,
                !mirror.contains(seen.head), isSigned(seen)
            else { continue }
            guard seen.head.size > mirror.size else {
                try await alarmFork(seen)
                continue
            }
            if seen.head.size > ahead?.head.size ?? 0 { ahead = seen }
        }
        guard let ahead else { return }
        let heard = try await heardCheckpoint()
        guard ahead.head.size > heard?.head.size ?? 0 else { return }
        try await keep([.setting(.heardCheckpoint, ahead.note)])
    }

    /// Compares what was ahead once its leaves are here.
    func compareHeard() async throws(GatewayError) {
        guard let heard = try await heardCheckpoint(), heard.head.size <= mirror.size,
            !mirror.contains(heard.head)
        else { return }
        try await alarmFork(heard)
    }

    /// Told once of each tree, whoever else has signed the note.
    func alarmFork(_ seen: Checkpoint) async throws(GatewayError) {
        let body = Checkpoint.body(seen.origin, seen.head)
        try await alarm("forkSeen", onceFor: SHA256.hash(body).hex, keeping: seen.note)
    }

    /// The largest one that was ahead of what was here.
    func heardCheckpoint() async throws(GatewayError) -> Checkpoint? {
        let note = try await read { stored throws(StoreError) in
            try stored.setting(.heardCheckpoint)
        }
        return note.flatMap(checkpoint)
    }

    /// Anybody may write a note; only what the exchange has signed speaks against it.
    private func isSigned(_ checkpoint: Checkpoint) -> Bool {
        guard let key = view.logKey(of: checkpoint.origin) else { return false }
        do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch { return false }
        return true
    }
}

extension SettingName {
    /// The largest checkpoint of the directory that was heard of and was ahead of what was here.
    fileprivate static let heardCheckpoint = SettingName(rawValue: "heardCheckpoint")
}
