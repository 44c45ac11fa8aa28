import Audit
import Cryptography
import Delivery
import Gateway
import Primitives

/// Attachments under way between a command and its service, in pieces: each side holds one piece.
/// They are known while the process runs; what nobody asks for any more makes room for others.
final class Transfers: Sendable {
    private let uploads = Lock<[Transfer<AttachmentIntake>]>([])
    private let readings = Lock<[Transfer<Reading>]>([])
    private static let most = 16

    private struct Transfer<Value: Sendable>: Sendable {
        let name: String
        let org: MemberID
        let value: Value
    }

    /// - Returns: the name under which the pieces of the attachments are brought.
    func begin(_ intake: AttachmentIntake, of org: MemberID) -> String {
        Self.add(intake, org, to: uploads)
    }

    /// - Throws: `TransferEnded`.
    func intake(_ name: String, of org: MemberID) throws -> AttachmentIntake {
        try Self.find(name, org, in: uploads)
    }

    /// A sheet that was just opened, with the person who reads it.
    struct Reading: Sendable {
        let permit: DeskPermit
        let attachments: [ReceivedAttachment]
    }

    /// Lets pieces of a sheet be read that was just opened; the opening is on record.
    func begin(_ reading: Reading, of org: MemberID) -> String {
        Self.add(reading, org, to: readings)
    }

    /// - Throws: `TransferEnded`.
    func reading(_ name: String, of org: MemberID) throws -> Reading {
        try Self.find(name, org, in: readings)
    }

    private static func add<Value>(
        _ value: Value,
        _ org: MemberID,
        to transfers: borrowing Lock<[Transfer<Value>]>
    ) -> String {
        let name = Hex.encode(SystemRandom().bytes(16))
        transfers.withLock { transfers in
            transfers = transfers.suffix(most - 1)
            transfers.append(Transfer(name: name, org: org, value: value))
        }
        return name
    }

    /// The one that was used last is the last to go.
    private static func find<Value>(
        _ name: String,
        _ org: MemberID,
        in transfers: borrowing Lock<[Transfer<Value>]>
    ) throws -> Value {
        try transfers.withLock { transfers in
            let index = transfers.firstIndex { $0.org == org && $0.name.hasSameBytes(as: name) }
            guard let index else { throw TransferEnded() }
            let found = transfers.remove(at: index)
            transfers.append(found)
            return found.value
        }
    }
}

/// The service was started anew in the middle of an attachment, or had too many of them.
struct TransferEnded: Spoken {
    var code: String { "transferEnded" }
    var isTemporary: Bool { true }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "添付の受け渡しが途中で切れました。",
                en: "The attachments were cut on their way between command and service."
            ),
            Phrase(ja: "同じ操作をもう一度してください。", en: "Do the same again.")
        )
    }
}
