package import Audit
package import Cryptography
import Directory
package import Primitives

/// Who opened, confirmed or refused, and in which words: for the other party's eyes.
///
/// A receipt holds commitments only, since it passes the exchange; the openings travel here, sealed
/// (`envelope.md` 3.1). Personal data; never printed.
package struct Disclosure: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let messageID: MessageID
    package let openings: [Opening]
    /// Free text of a refusal.
    package let text: String?

    package init(of messageID: MessageID, openings: [Opening], text: String? = nil) {
        self.messageID = messageID
        self.openings = openings
        self.text = text
    }

    /// Name, role and desk of `agent`, under fresh salts. What is not known is empty.
    package init(of messageID: MessageID, by agent: Agent, random: some RandomSource) {
        self.init(
            of: messageID,
            openings: [
                Opening(.actorName, agent.name ?? "", random: random),
                Opening(.actorRole, agent.role.text, random: random),
                Opening(.desk, agent.desk?.text ?? "", random: random),
            ]
        )
    }

    package init(json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        try reader.version()
        guard try reader.text("type").hasSameBytes(as: Disclosure.type) else {
            throw reader.refusal(.badForm, "type")
        }
        messageID = try reader.identifier("messageId")
        openings = try reader.records("openings")
        text = try reader.optionalText("text")
        try reader.finish()
    }

    package var json: JSON {
        [
            "type": .string(Disclosure.type),
            "version": 1,
            "messageId": .name(messageID),
            "openings": .records(openings),
            "text": text.map { .string($0) },
        ]
    }

    /// The commitments a receipt of the same act carries; nil unless name, role and desk are open.
    package var commitments: ActorCommitments? {
        guard let name = commitment(.actorName), let role = commitment(.actorRole),
            let desk = commitment(.desk)
        else { return nil }
        return ActorCommitments(actorName: name, actorRole: role, desk: desk)
    }

    package func value(_ field: CommitmentField) -> String? {
        openings.first { $0.field == field }?.value
    }

    package func sealed(to recipient: Certificate) throws(CryptographyError) -> [UInt8] {
        try AuthEnvelopedData.seal(json.canonicalBytes, to: [recipient])
    }

    /// Opens the bytes that came beside a receipt, whose `disclosureSha256` is `named`.
    package static func open(
        _ sealed: [UInt8],
        named: Digest,
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(SealedRefusal) -> Disclosure {
        guard SHA256.hash(sealed) == named else { throw .hashDiffers }
        let json = try await SealedNote.open(
            sealed,
            limit: Limits.statementBytes,
            with: key,
            in: store
        )
        return try wrap(SealedRefusal.malformed) { () throws(DecodingRefusal) in
            try Disclosure(json: json)
        }
    }

    /// Checks that the openings are those behind the commitments of a receipt of the same message,
    /// and that nothing stands beside them for which nobody vouched.
    package func belongs(
        to receipt: ReceiptHead,
        with committed: ActorCommitments?
    ) throws(SealedRefusal) {
        guard messageID == receipt.message.messageID else { throw .otherReceipt }
        guard let committed else { return }
        guard commitments == committed, openings.count == 3, text == nil else {
            throw .otherReceipt
        }
    }

    package var description: String { "Disclosure(\(messageID))" }
    package var debugDescription: String { description }

    private static let type = "disclosure"

    private func commitment(_ field: CommitmentField) -> Commitment? {
        openings.first { $0.field == field }?.commitment
    }
}

extension Opening: Record {}
