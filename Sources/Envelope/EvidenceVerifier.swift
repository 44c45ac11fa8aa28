import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives

/// Proves a delivery from its evidence file and a root certificate alone.
///
/// Every receipt is judged at its own time, the submission at the exchange's `acceptedAt`.
package struct EvidenceVerifier {
    private let file: EvidenceFile
    private let trust: EvidenceTrust
    private let now: Timestamp

    /// - Throws: `EvidenceFault` naming file and fault.
    /// - Returns: what is proved, in the order of the file.
    package static func verify(
        _ file: EvidenceFile,
        root: Certificate,
        now: Timestamp
    ) throws(EvidenceFault) -> [EvidenceFact] {
        guard file.archive["verify.txt"] == VerifyText.bytes else {
            throw EvidenceFault("verify.txt", .textDiffers)
        }
        let trust = try EvidenceTrust(file.archive, root: root)
        return try EvidenceVerifier(file: file, trust: trust, now: now).facts()
    }

    private func facts() throws(EvidenceFault) -> [EvidenceFact] {
        let routing = try routing()
        let offer = try statement(EvidenceName.receipt(.submission), of: .submission)
        let accepted = try statement(EvidenceName.receipt(.accepted), of: .accepted)
        let body: AcceptedStatement = try read(accepted)
        let (sent, submission) = try sent(offer, routing, at: body.head.at)
        guard body.routingSha256 == routing.sha256 else {
            throw EvidenceFault(EvidenceName.receipt(.accepted), .wrongChain)
        }
        var facts = [sent]
        if let sealed = file.archive["sealed.der"], SHA256.hash(sealed) != submission.sealedSha256 {
            throw EvidenceFault("sealed.der", .contentDiffers)
        }
        var delivered: DeliveredStatement?
        var chain = try chain(routing, offer, submission)
        for type in EvidenceName.receipts {
            guard file.archive[EvidenceName.receipt(type)] != nil else {
                try refuseCompanions(of: type)
                continue
            }
            let receipt = try receipt(type, chain)
            chain.append(type, receipt.statement.sha256)
            delivered = receipt.body as? DeliveredStatement ?? delivered
            facts.append(try fact(of: receipt))
            if let disclosed = try disclosed(receipt) { facts.append(disclosed) }
        }
        if let content = file.archive["content.der"] {
            facts.append(try fact(ofContent: content, offer, routing, delivered, body.head.at))
        }
        return facts
    }

    private func routing() throws(EvidenceFault) -> Routing {
        let name = "routing.json"
        let bytes = try bytes(name)
        let routing = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(DecodingRefusal) in try Routing(reading: bytes)
        }
        guard routing.messageID == file.messageID,
            routing.to.contains(where: { $0.memberID == file.recipient })
        else { throw EvidenceFault("evidence.json", .contentDiffers) }
        return routing
    }

    private func sent(
        _ offer: SignedStatement,
        _ routing: Routing,
        at acceptedAt: Timestamp
    ) throws(EvidenceFault) -> (EvidenceFact, SubmissionStatement) {
        let name = EvidenceName.receipt(.submission)
        let body: SubmissionStatement = try read(offer)
        try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            _ = try trust.view.verify(offer, at: acceptedAt)
        }
        guard body.issuer == PartyID(routing.from), body.routingSha256 == routing.sha256 else {
            throw EvidenceFault(name, .wrongChain)
        }
        return (fact(.sent, name, offer.issuer, acceptedAt), body)
    }

    private func chain(
        _ routing: Routing,
        _ offer: SignedStatement,
        _ submission: SubmissionStatement
    ) throws(EvidenceFault) -> ReceiptChain {
        guard let exchange = trust.view.exchange else {
            throw EvidenceFault("chain.pem", .missing)
        }
        return ReceiptChain(
            of: routing.key,
            sealed: submission.sealedSha256,
            submission: offer.sha256,
            to: file.recipient,
            through: exchange
        )
    }

    private func receipt(
        _ type: StatementType,
        _ chain: ReceiptChain
    ) throws(EvidenceFault) -> Receipt {
        let name = EvidenceName.receipt(type)
        let statement = try statement(name, of: type)
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            try chain.verify(statement, in: trust.view)
        }
    }

    /// Proofs and disclosures belong to a receipt that is there.
    private func refuseCompanions(of type: StatementType) throws(EvidenceFault) {
        let companions = [
            EvidenceName.disclosure(type), EvidenceName.leaf(type), EvidenceName.proof(type),
        ]
        guard companions.allSatisfy({ file.archive[$0] == nil }) else {
            throw EvidenceFault(EvidenceName.receipt(type), .missing)
        }
    }

    // MARK: Facts

    private func fact(
        _ kind: EvidenceFact.Kind,
        _ name: String,
        _ party: PartyID,
        _ time: Timestamp
    ) -> EvidenceFact {
        let member = party.member.flatMap { trust.view.member($0) }
        return EvidenceFact(
            kind: kind,
            file: name,
            by: party,
            name: member?.membership.profile.displayName,
            at: time
        )
    }

    private func fact(of receipt: Receipt) throws(EvidenceFault) -> EvidenceFact {
        let name = EvidenceName.receipt(receipt.type)
        guard let kind = EvidenceFact.Kind(rawValue: receipt.type.rawValue) else {
            throw EvidenceFault(name, .malformed)
        }
        var fact = fact(kind, name, receipt.head.issuer, receipt.head.at)
        fact.isProved = try isProved(receipt)
        return fact
    }

    /// Whether the promise was kept. Without the proof it stands until the merge delay is over.
    private func isProved(_ receipt: Receipt) throws(EvidenceFault) -> Bool {
        let leafName = EvidenceName.leaf(receipt.type)
        let proofName = EvidenceName.proof(receipt.type)
        switch (file.archive[leafName], file.archive[proofName]) {
        case (nil, nil):
            let delay = Duration.seconds(trust.policy.mergeDelaySeconds)
            guard now <= receipt.head.at.adding(delay) else {
                throw EvidenceFault(EvidenceName.receipt(receipt.type), .promiseBroken)
            }
            return false
        case (nil, _?): throw EvidenceFault(leafName, .missing)
        case (_?, nil): throw EvidenceFault(proofName, .missing)
        case (let leaf?, let tlogProof?):
            let origin = receipt.head.logOrigin
            let key = try trust.logKey(of: origin, party: receipt.head.issuer)
            _ = try wrap({ _ in EvidenceFault(leafName, .proofFails) }) {
                () throws(DecodingRefusal) in try AuditLeaf(reading: leaf, in: origin.kind)
            }
            do throws(AuditRefusal) {
                try ReceiptProof(leaf: leaf, tlogProof: tlogProof)
                    .verify(receipt.statement, promisedIn: origin, key: key)
            } catch {
                throw EvidenceFault(error == .otherStatement ? leafName : proofName, .proofFails)
            }
            return true
        }
    }

    /// What the commitments of a receipt stand for. A refusal's text is named in the receipt by the
    /// hash of its sealed form only, so here it is told, not proved.
    private func disclosed(_ receipt: Receipt) throws(EvidenceFault) -> EvidenceFact? {
        let name = EvidenceName.disclosure(receipt.type)
        guard let bytes = file.archive[name] else { return nil }
        let disclosure = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(DecodingRefusal) in try Disclosure(json: JSON(canonical: bytes))
        }
        let committed: ActorCommitments? =
            switch receipt.body {
            case let body as OpenedStatement: body.commitments
            case let body as ConfirmedStatement: body.commitments
            default: nil
            }
        do throws(SealedRefusal) {
            try disclosure.belongs(to: receipt.head, with: committed)
        } catch { throw EvidenceFault(name, .commitmentDiffers) }
        var fact = fact(.disclosed, name, receipt.head.issuer, receipt.head.at)
        fact.isProved = committed != nil && disclosure.text == nil
        fact.disclosure = disclosure
        return fact
    }

    private func fact(
        ofContent der: [UInt8],
        _ offer: SignedStatement,
        _ routing: Routing,
        _ delivered: DeliveredStatement?,
        _ acceptedAt: Timestamp
    ) throws(EvidenceFault) -> EvidenceFact {
        let name = "content.der"
        let content = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(CMSRefusal) in try SignedData(reading: der, limit: Limits.sealedBytes)
        }
        // The certificate of the submission, whose chain holds, signed the content too.
        let signer = trust.view.certificate(
            issuer: offer.signed.signerIssuer,
            serial: offer.signed.signerSerial
        )
        guard let signer else { throw EvidenceFault(name, .wrongSigner) }
        do throws(CMSRefusal) { try content.verify(signer: signer) } catch {
            throw EvidenceFault(name, error == .wrongSigner ? .wrongSigner : .badSignature)
        }
        guard content.binding == routing.sha256,
            delivered?.contentSha256 ?? SHA256.hash(content.content)
                == SHA256.hash(content.content)
        else { throw EvidenceFault(name, .contentDiffers) }
        return fact(.content, name, offer.issuer, acceptedAt)
    }

    // MARK: Files

    private func bytes(_ name: String) throws(EvidenceFault) -> [UInt8] {
        guard let bytes = file.archive[name] else { throw EvidenceFault(name, .missing) }
        return bytes
    }

    private func statement(
        _ name: String,
        of type: StatementType
    ) throws(EvidenceFault) -> SignedStatement {
        let bytes = try bytes(name)
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            let statement = try SignedStatement(reading: bytes)
            guard statement.type == type else { throw .otherType }
            return statement
        }
    }

    private func read<Body: StatementBody>(
        _ statement: SignedStatement
    ) throws(EvidenceFault) -> Body {
        try wrap({ EvidenceFault(EvidenceName.receipt(statement.type), of: $0) }) {
            () throws(StatementRefusal) in try statement.body()
        }
    }
}
