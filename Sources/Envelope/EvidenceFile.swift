package import Cryptography
package import Delivery
package import Directory
package import Primitives

/// One recipient's delivery as a file that proves itself offline: an archive whose first file,
/// `evidence.json`, lists all others with their hashes.
///
/// Source: `envelope.md` 9. `EvidenceVerifier` says what it proves.
package struct EvidenceFile: Sendable {
    package let messageID: MessageID
    package let recipient: MemberID
    let archive: ContentArchive

    package var bytes: [UInt8] { archive.encoded() }

    /// The statements of one delivery and what they are about.
    package struct Contents: Sendable {
        let routing: Routing
        let submission: SignedStatement
        let receipts: [ProvedReceipt]
        let trust: Trust
        /// Left out without content; the chain of hashes still verifies.
        package var sealed: [UInt8]?
        package var content: [UInt8]?

        /// Takes the receipts of one recipient, the exchange's *accepted* among them.
        package init(
            routing: Routing,
            submission: SignedStatement,
            receipts: [ProvedReceipt],
            trust: Trust
        ) {
            self.routing = routing
            self.submission = submission
            self.receipts = receipts
            self.trust = trust
        }
    }

    /// A receipt with the proof that its promise was kept, and what its commitments stand for.
    package struct ProvedReceipt: Sendable {
        let statement: SignedStatement
        let proof: ReceiptProof?
        let disclosure: [UInt8]?

        /// `disclosure` is the canonical JSON of the opened `Disclosure`.
        package init(statement: SignedStatement, proof: ReceiptProof?, disclosure: [UInt8]?) {
            self.statement = statement
            self.proof = proof
            self.disclosure = disclosure
        }
    }

    /// What the signatures rest on, besides the root.
    package struct Trust: Sendable {
        let certificates: [Certificate]
        let lists: [CertificateRevocationList]
        let policy: SignedStatement
        let memberships: [SignedStatement]
        /// The sender's own entry of the directory: its working hours, as it signed them.
        package var entry: SignedStatement?

        /// Takes all authorities, and at least the certificates that signed; others are left out of
        /// the file. `memberships` are the sender's and the recipient's.
        package init(
            certificates: [Certificate],
            lists: [CertificateRevocationList],
            policy: SignedStatement,
            memberships: [SignedStatement]
        ) {
            self.certificates = certificates
            self.lists = lists
            self.policy = policy
            self.memberships = memberships
        }
    }

    package init(to recipient: MemberID, _ contents: Contents) {
        messageID = contents.routing.messageID
        self.recipient = recipient
        archive = Self.listed.written(
            contents.files,
            ["version": 1, "messageId": .name(messageID), "to": .name(recipient)]
        )
    }

    /// - Throws: `EvidenceFault` where the archive is not canonical, or a file differs from the
    ///   list, is missing, is not listed, or has a name that means nothing here.
    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        let (archive, named) = try Self.listed.read(bytes) { reader throws(DecodingRefusal) in
            try reader.version()
            return (
                try reader.identifier("messageId", as: Message.self),
                try reader.identifier("to", as: Organisation.self)
            )
        }
        self.archive = archive
        (messageID, recipient) = named
    }

    private static let listed = ListedArchive(list: "evidence.json", order: EvidenceName.order)
}

extension EvidenceFile.Contents {
    /// All files but the list, in no order.
    fileprivate var files: [ContentArchive.File] {
        var files: [ContentArchive.File] = []
        func add(_ name: String, _ bytes: [UInt8]?) {
            if let bytes { files.append(ContentArchive.File(name: name, bytes: bytes)) }
        }
        add("verify.txt", VerifyText.bytes)
        add("routing.json", routing.bytes)
        add("submission.der", submission.bytes)
        add("sealed.der", sealed)
        add("content.der", content)
        for receipt in receipts {
            guard let place = EvidencePlace(receipt.statement) else { continue }
            add(place.receipt, receipt.statement.bytes)
            // No receipt: it promises no leaf, so that nobody could check one.
            guard place != .withdrawal else { continue }
            add(place.disclosure, receipt.disclosure)
            add(place.leaf, receipt.proof?.leaf)
            add(place.proof, receipt.proof?.tlogProof)
        }
        let signed = [submission] + receipts.map(\.statement)
        return files + trust.files(behind: signed)
    }
}

extension EvidenceFile.Trust {
    /// What a directory knows of these members.
    ///
    /// - Returns: nil before the exchange has a policy.
    package init?(_ view: DirectoryView, of members: [MemberID]) {
        guard let policy = view.policies.last?.statement, let exchange = view.exchange else {
            return nil
        }
        var certificates = view.issuingAuthorities
        for role in [CertificateRole.exchangeReceipt, .exchangeRegistrar] {
            certificates += view.certificates(of: PartyID(exchange), role: role)
        }
        for member in members {
            certificates += view.certificates(of: PartyID(member), role: .memberSigning)
        }
        self.init(
            certificates: certificates,
            lists: view.lists,
            policy: policy,
            memberships: members.compactMap { view.member($0)?.membershipStatement }
        )
    }

    /// What vouches for these statements; certificates that signed none are left out.
    func files(behind signed: [SignedStatement]) -> [ContentArchive.File] {
        let statements = signed + [policy] + memberships + [entry].compactMap(\.self)
        let chain = certificates.filter { certificate in
            certificate.isAuthority
                || statements.contains { $0.signed.certificates.contains(certificate) }
        }
        var files = [
            ContentArchive.File(name: "chain.pem", bytes: chain.map(\.pem).joined().bytes),
            ContentArchive.File(name: "policy.der", bytes: policy.bytes),
        ]
        func add(_ name: String, _ bytes: [UInt8]) {
            files.append(ContentArchive.File(name: name, bytes: bytes))
        }
        for list in lists { add(EvidenceName.list(list.issuerKeyID), list.pem.bytes) }
        for membership in memberships {
            let member = membership.json["memberId"]?.string.flatMap(MemberID.init(_:))
            if let member { add(EvidenceName.membership(member), membership.bytes) }
        }
        if let entry, let member = entry.issuer.member {
            add(EvidenceName.entry(member), entry.bytes)
        }
        return files
    }
}
