package import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives
package import Sheets

/// What an evidence file tells of a delivery, proved: more than its facts, for a reader who sees
/// paper and not the file.
package struct ProvedDelivery: Sendable, CustomStringConvertible {
    package struct Party: Sendable {
        package let memberID: MemberID
        /// As the registrar states it.
        package let name: String
        package let officeNumbers: [String]
    }

    /// A receipt of the file, and where the log holds its promise.
    package struct Receipt: Sendable {
        package let fact: EvidenceFact
        package let sha256: Digest
        /// Nil while the promise waits for its proof.
        package let place: TlogProof?
    }

    package let messageID: MessageID
    package let sender: Party
    package let recipient: Party
    package let facts: [EvidenceFact]
    /// In the order of the file; *accepted* is always there.
    package let receipts: [Receipt]
    /// Of what was delivered, as the recipient signed it; nil without such a receipt.
    package let contentSha256: Digest?
    /// With the words of the sheet and the sender's hours; nil where the file is without content,
    /// or nothing was delivered.
    package let admission: EvidenceAdmission?

    package var description: String { "ProvedDelivery" }

    /// - Throws: what `EvidenceVerifier.verify` throws; `missing` where a party is not stated.
    package static func verify(
        _ file: EvidenceFile,
        root: Certificate,
        now: Timestamp,
        _ catalogue: SheetCatalogue
    ) throws(EvidenceFault) -> ProvedDelivery {
        let facts = try EvidenceVerifier.verify(file, root: root, now: now)
        let trust = try EvidenceTrust(file.archive, root: root)
        guard let from = facts.first(where: { $0.kind == .sent })?.by.member else {
            throw EvidenceFault(EvidenceName.submission, .wrongSigner)
        }
        var receipts: [Receipt] = []
        for place in EvidencePlace.allCases {
            if let receipt = try receipt(place, facts, file) { receipts.append(receipt) }
        }
        return ProvedDelivery(
            messageID: file.messageID,
            sender: try party(from, trust),
            recipient: try party(file.recipient, trust),
            facts: facts,
            receipts: receipts,
            contentSha256: try content(file),
            admission: try EvidenceAdmission.verify(file, root: root, now: now, catalogue)
        )
    }

    private static func party(
        _ member: MemberID,
        _ trust: EvidenceTrust
    ) throws(EvidenceFault) -> Party {
        guard let profile = trust.view.membership(of: member)?.profile else {
            throw EvidenceFault(EvidenceName.membership(member), .missing)
        }
        return Party(
            memberID: member,
            name: profile.displayName,
            officeNumbers: profile.officeNumbers.map(\.value)
        )
    }

    private static func receipt(
        _ place: EvidencePlace,
        _ facts: [EvidenceFact],
        _ file: EvidenceFile
    ) throws(EvidenceFault) -> Receipt? {
        guard let bytes = file.archive[place.receipt],
            let fact = facts.first(where: { $0.file.hasSameBytes(as: place.receipt) })
        else { return nil }
        let bytesOfProof = file.archive[place.proof]
        var proof: TlogProof?
        if let bytesOfProof {
            proof = try wrap({ _ in EvidenceFault(place.proof, .proofFails) }) {
                () throws(AuditRefusal) in try TlogProof(reading: bytesOfProof)
            }
        }
        return Receipt(fact: fact, sha256: SHA256.hash(bytes), place: proof)
    }

    private static func content(_ file: EvidenceFile) throws(EvidenceFault) -> Digest? {
        let name = EvidencePlace.delivered.receipt
        guard let bytes = file.archive[name] else { return nil }
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            let body: DeliveredStatement = try SignedStatement(reading: bytes).body()
            return body.contentSha256
        }
    }
}
