package import Audit
package import Directory
package import Primitives

/// The recipient's gateway has opened, verified and stored the message.
package struct DeliveredStatement: ReceiptBody {
    package static let type = StatementType.delivered
    package static let names = ReceiptNames(previous: "acceptedSha256", at: "deliveredAt")

    package let head: ReceiptHead
    package let sealedSha256: Digest
    package let contentSha256: Digest
    package let checks: DeliveryChecks

    package init(
        head: ReceiptHead,
        sealedSha256: Digest,
        contentSha256: Digest,
        checks: DeliveryChecks
    ) {
        self.head = head
        self.sealedSha256 = sealedSha256
        self.contentSha256 = contentSha256
        self.checks = checks
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        sealedSha256 = try reader.digest("sealedSha256")
        contentSha256 = try reader.digest("contentSha256")
        checks = try reader.record("checks")
    }

    package var own: JSONObject {
        [
            "sealedSha256": .hash(sealedSha256),
            "contentSha256": .hash(contentSha256),
            "checks": checks.json,
        ]
    }
}

/// By which certificate, list and policy the recipient judged the sender.
package struct DeliveryChecks: Record, Hashable {
    package let signerCertificateSha256: Digest
    package let certificateListNumber: Int
    package let revocationFreshness: RevocationFreshness
    /// The number of the policy in force.
    package let policy: Int

    package init(
        signerCertificateSha256: Digest,
        certificateListNumber: Int,
        revocationFreshness: RevocationFreshness,
        policy: Int
    ) {
        self.signerCertificateSha256 = signerCertificateSha256
        self.certificateListNumber = certificateListNumber
        self.revocationFreshness = revocationFreshness
        self.policy = policy
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        signerCertificateSha256 = try reader.digest("signerCertificateSha256")
        certificateListNumber = try reader.count("certificateListNumber")
        revocationFreshness = try reader.code("revocationFreshness")
        policy = try reader.count("policy")
    }

    package var json: JSON {
        [
            "signerCertificateSha256": .hash(signerCertificateSha256),
            "certificateListNumber": .count(certificateListNumber),
            "revocationFreshness": .code(revocationFreshness),
            "policy": .count(policy),
        ]
    }
}

/// The recipient's gateway will not take the message.
package struct RefusedStatement: ReceiptBody {
    package static let type = StatementType.refused
    package static let names = ReceiptNames(previous: "acceptedSha256", at: "refusedAt")

    package let head: ReceiptHead
    package let sealedSha256: Digest
    package let code: RefusalCode
    package let disclosureSha256: Digest?

    package init(
        head: ReceiptHead,
        sealedSha256: Digest,
        code: RefusalCode,
        disclosureSha256: Digest? = nil
    ) {
        self.head = head
        self.sealedSha256 = sealedSha256
        self.code = code
        self.disclosureSha256 = disclosureSha256
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        sealedSha256 = try reader.digest("sealedSha256")
        code = try reader.code("code")
        // Both follow from the code; they are written for readers without its table.
        guard try reader.code("whoMustAct", of: WhoMustAct.self) == code.whoMustAct else {
            throw reader.refusal(.badForm, "whoMustAct")
        }
        guard try reader.code("resend", of: Resend.self) == code.resend else {
            throw reader.refusal(.badForm, "resend")
        }
        disclosureSha256 = try reader.optionalDigest("disclosureSha256")
    }

    package var own: JSONObject {
        [
            "sealedSha256": .hash(sealedSha256),
            "code": .code(code),
            "whoMustAct": .code(code.whoMustAct),
            "resend": .code(code.resend),
            "disclosureSha256": disclosureSha256.map { .hash($0) },
        ]
    }
}

/// Who opened or confirmed, as commitments: receipts pass the exchange, and no name of a person
/// may.
package struct ActorCommitments: Record, Hashable {
    package let actorName: Commitment
    package let actorRole: Commitment
    package let desk: Commitment

    package init(actorName: Commitment, actorRole: Commitment, desk: Commitment) {
        self.actorName = actorName
        self.actorRole = actorRole
        self.desk = desk
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        actorName = try reader.value("actorName") { Commitment($0) }
        actorRole = try reader.value("actorRole") { Commitment($0) }
        desk = try reader.value("desk") { Commitment($0) }
    }

    package var json: JSON {
        [
            "actorName": .string(actorName.text), "actorRole": .string(actorRole.text),
            "desk": .string(desk.text),
        ]
    }
}

/// A named person in a role saw the sheet. Only the first opening by an organisation is a receipt.
package struct OpenedStatement: ReceiptBody {
    package static let type = StatementType.opened
    package static let names = ReceiptNames(previous: "deliveredSha256", at: "openedAt")

    package let head: ReceiptHead
    /// The part that was opened.
    package let part: PartName
    package let purpose: AuditPurpose
    package let commitments: ActorCommitments
    package let disclosureSha256: Digest

    package init(
        head: ReceiptHead,
        part: PartName,
        purpose: AuditPurpose,
        commitments: ActorCommitments,
        disclosureSha256: Digest
    ) {
        self.head = head
        self.part = part
        self.purpose = purpose
        self.commitments = commitments
        self.disclosureSha256 = disclosureSha256
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        part = try reader.identifier("part")
        purpose = try reader.code("purpose")
        commitments = try reader.record("commitments")
        disclosureSha256 = try reader.digest("disclosureSha256")
    }

    package var own: JSONObject {
        [
            "part": .name(part),
            "purpose": .code(purpose),
            "commitments": commitments.json,
            "disclosureSha256": .hash(disclosureSha256),
        ]
    }
}

/// A named person took the matter over.
package struct ConfirmedStatement: ReceiptBody {
    package static let type = StatementType.confirmed
    package static let names = ReceiptNames(previous: "openedSha256", at: "confirmedAt")

    package let head: ReceiptHead
    package let commitments: ActorCommitments
    package let disclosureSha256: Digest

    package init(head: ReceiptHead, commitments: ActorCommitments, disclosureSha256: Digest) {
        self.head = head
        self.commitments = commitments
        self.disclosureSha256 = disclosureSha256
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        commitments = try reader.record("commitments")
        disclosureSha256 = try reader.digest("disclosureSha256")
    }

    package var own: JSONObject {
        [
            "commitments": commitments.json, "disclosureSha256": .hash(disclosureSha256),
        ]
    }
}
