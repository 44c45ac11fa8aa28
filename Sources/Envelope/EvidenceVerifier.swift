import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives

/// Proves a delivery from its evidence file and a root certificate alone.
///
/// Every receipt is judged at its own time, the submission at the exchange's `acceptedAt`.
package struct EvidenceVerifier {
    let file: EvidenceFile
    let trust: EvidenceTrust
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
        let offer = try statement(EvidenceName.submission, of: .submission)
        let accepted = try statement(EvidencePlace.accepted.receipt, of: .accepted)
        let body: AcceptedStatement = try read(accepted, EvidencePlace.accepted.receipt)
        let (sent, submission) = try sent(offer, routing, at: body.head.at)
        guard body.routingSha256 == routing.sha256 else {
            throw EvidenceFault(EvidencePlace.accepted.receipt, .wrongChain)
        }
        var facts = [sent]
        if let sealed = file.archive["sealed.der"], SHA256.hash(sealed) != submission.sealedSha256 {
            throw EvidenceFault("sealed.der", .contentDiffers)
        }
        var delivered: DeliveredStatement?
        var chain = try chain(routing, offer, submission)
        for place in EvidencePlace.allCases {
            guard file.archive[place.receipt] != nil else {
                try refuseCompanions(of: place)
                continue
            }
            guard place != .withdrawal else {
                facts.append(try withdrawal(&chain))
                continue
            }
            let receipt = try receipt(place, chain)
            try trust.checkList(of: receipt.statement, place.receipt, at: receipt.head.at)
            chain.append(receipt.type, receipt.statement.sha256)
            delivered = receipt.body as? DeliveredStatement ?? delivered
            facts.append(try fact(of: receipt, place))
            if let disclosed = try disclosed(receipt, place) { facts.append(disclosed) }
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
        let entry = EvidenceName.entry(routing.from)
        for other in file.archive.files
        where other.name.hasPrefix("entry-") && !other.name.hasSameBytes(as: entry) {
            throw EvidenceFault(other.name, .wrongSigner)
        }
        return routing
    }

    private func sent(
        _ offer: SignedStatement,
        _ routing: Routing,
        at acceptedAt: Timestamp
    ) throws(EvidenceFault) -> (EvidenceFact, SubmissionStatement) {
        let name = EvidenceName.submission
        let body: SubmissionStatement = try read(offer, name)
        try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            _ = try trust.view.verify(offer, at: acceptedAt)
        }
        try trust.checkList(of: offer, name, at: acceptedAt)
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
        _ place: EvidencePlace,
        _ chain: ReceiptChain
    ) throws(EvidenceFault) -> Receipt {
        let name = place.receipt
        let statement = try statement(name, in: place)
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            try chain.verify(statement, in: trust.view)
        }
    }

    /// Proofs and disclosures belong to a receipt that is there; what promises nothing has none.
    private func refuseCompanions(of place: EvidencePlace) throws(EvidenceFault) {
        for name in [place.disclosure, place.leaf, place.proof] where file.archive[name] != nil {
            throw file.archive[place.receipt] == nil
                ? EvidenceFault(place.receipt, .missing) : EvidenceFault(name, .unknownFile)
        }
    }

    /// The sender's own word, which promises no leaf.
    private func withdrawal(_ chain: inout ReceiptChain) throws(EvidenceFault) -> EvidenceFact {
        let name = EvidencePlace.withdrawal.receipt
        try refuseCompanions(of: .withdrawal)
        let statement = try statement(name, in: .withdrawal)
        let verifying = chain
        let body = try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            try verifying.verifyWithdrawal(statement, in: trust.view)
        }
        try trust.checkList(of: statement, name, at: body.requestedAt)
        chain.append(.withdrawal, statement.sha256)
        return fact(.withdrawal, name, body.issuer, body.requestedAt)
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

    private func fact(
        of receipt: Receipt,
        _ place: EvidencePlace
    ) throws(EvidenceFault) -> EvidenceFact {
        let code = (receipt.body as? WithdrawalAnswerStatement)?.outcome.code.rawValue
        guard let kind = EvidenceFact.Kind(rawValue: code ?? receipt.type.rawValue) else {
            throw EvidenceFault(place.receipt, .malformed)
        }
        var fact = fact(kind, place.receipt, receipt.head.issuer, receipt.head.at)
        fact.isProved = try isProved(receipt, place)
        fact.isEmergency = (receipt.body as? OpenedStatement)?.purpose == .breakGlass
        return fact
    }

    /// Whether the promise was kept. Without the proof it stands until the merge delay is over.
    private func isProved(
        _ receipt: Receipt,
        _ place: EvidencePlace
    ) throws(EvidenceFault) -> Bool {
        let leafName = place.leaf
        let proofName = place.proof
        switch (file.archive[leafName], file.archive[proofName]) {
        case (nil, nil):
            let delay = Duration.seconds(trust.policy.mergeDelaySeconds)
            guard now <= receipt.head.at.adding(delay) else {
                throw EvidenceFault(place.receipt, .promiseBroken)
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
    private func disclosed(
        _ receipt: Receipt,
        _ place: EvidencePlace
    ) throws(EvidenceFault) -> EvidenceFact? {
        let name = place.disclosure
        guard let bytes = file.archive[name] else { return nil }
        let disclosure = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(DecodingRefusal) in try Disclosure(json: JSON(canonical: bytes))
        }
        let committed: ActorCommitments?
        switch receipt.body {
        case let body as OpenedStatement: committed = body.commitments
        case let body as ConfirmedStatement: committed = body.commitments
        case let body as RefusedStatement where body.disclosureSha256 != nil: committed = nil
        // Whoever names no disclosure has said nothing that one could hold.
        default: throw EvidenceFault(name, .commitmentDiffers)
        }
        do throws(SealedRefusal) {
            try disclosure.belongs(to: receipt.head, with: committed)
        } catch { throw EvidenceFault(name, .commitmentDiffers) }
        var fact = fact(.disclosed, name, receipt.head.issuer, receipt.head.at)
        fact.isProved = committed != nil
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
        do throws(CMSRefusal) {
            try content.verify(signer: signer, issuing: trust.view.issuing(for: signer))
        } catch {
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

    /// The statement that belongs in this place of the file, and in no other.
    private func statement(
        _ name: String,
        in place: EvidencePlace
    ) throws(EvidenceFault) -> SignedStatement {
        let bytes = try bytes(name)
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            let statement = try SignedStatement(reading: bytes)
            guard EvidencePlace(statement) == place else { throw .otherType }
            return statement
        }
    }

    private func read<Body: StatementBody>(
        _ statement: SignedStatement,
        _ name: String
    ) throws(EvidenceFault) -> Body {
        try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            try statement.body()
        }
    }
}
