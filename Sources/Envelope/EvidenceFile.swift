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
        let files = contents.files.sorted {
            EvidenceName.precedes($0.name, $1.name)
        }
        let list: JSON = [
            "version": 1,
            "messageId": .name(messageID),
            "to": .name(recipient),
            "files": .array(files.map(Self.row)),
        ]
        let first = ContentArchive.File(name: Self.list, bytes: list.canonicalBytes)
        archive = ContentArchive(files: [first] + files)
    }

    /// - Throws: `EvidenceFault` where the archive is not canonical, or a file differs from the
    ///   list, is missing, is not listed, or has a name that means nothing here.
    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        archive = try wrap({ _ in EvidenceFault("archive", .notCanonical) }) {
            () throws(DecodingRefusal) in try ContentArchive(reading: bytes)
        }
        guard let first = archive.files.first, first.name.hasSameBytes(as: Self.list) else {
            throw EvidenceFault(Self.list, .missing)
        }
        let listed: [JSON]
        (messageID, recipient, listed) = try wrap({ _ in EvidenceFault(Self.list, .malformed) }) {
            () throws(DecodingRefusal) in try Self.parts(of: first.bytes)
        }
        let present = Array(archive.files.dropFirst())
        try Self.compare(present, listed)
        for (index, file) in present.enumerated() {
            guard EvidenceName.rank(file.name) != nil else {
                throw EvidenceFault(file.name, .unknownFile)
            }
            guard index == 0 || EvidenceName.precedes(present[index - 1].name, file.name) else {
                throw EvidenceFault(file.name, .notCanonical)
            }
        }
    }

    private static let list = "evidence.json"

    private static func parts(
        of bytes: [UInt8]
    ) throws(DecodingRefusal) -> (MessageID, MemberID, [JSON]) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        try reader.version()
        let parts = (
            try reader.identifier("messageId", as: Message.self),
            try reader.identifier("to", as: Organisation.self),
            try reader.array("files")
        )
        try reader.finish()
        return parts
    }

    private static func compare(
        _ present: [ContentArchive.File],
        _ listed: [JSON]
    ) throws(EvidenceFault) {
        let names = listed.map { $0["name"]?.string ?? "" }
        for name in names where !present.contains(where: { $0.name.hasSameBytes(as: name) }) {
            throw EvidenceFault(name, .missing)
        }
        for file in present where !names.contains(where: { $0.hasSameBytes(as: file.name) }) {
            throw EvidenceFault(file.name, .notListed)
        }
        guard present.count == listed.count else { throw EvidenceFault(list, .malformed) }
        for (file, listed) in zip(present, listed)
        where row(file).canonicalBytes != listed.canonicalBytes {
            throw EvidenceFault(file.name, .listDiffers)
        }
    }

    private static func row(_ file: ContentArchive.File) -> JSON {
        [
            "name": .string(file.name),
            "byteLength": .count(file.bytes.count),
            "sha256": .hash(SHA256.hash(file.bytes)),
        ]
    }
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
        add("chain.pem", chain.map(\.pem).joined().bytes)
        for list in trust.lists { add(EvidenceName.list(list.issuerKeyID), list.pem.bytes) }
        add("policy.der", trust.policy.bytes)
        for membership in trust.memberships {
            let member = membership.json["memberId"]?.string.flatMap(MemberID.init(_:))
            if let member { add(EvidenceName.membership(member), membership.bytes) }
        }
        if let entry = trust.entry, let member = entry.issuer.member {
            add(EvidenceName.entry(member), entry.bytes)
        }
        return files
    }

    private var chain: [Certificate] {
        let statements =
            [submission, trust.policy] + trust.memberships + receipts.map(\.statement)
            + [trust.entry].compactMap(\.self)
        return trust.certificates.filter { certificate in
            certificate.isAuthority
                || statements.contains { $0.signed.certificates.contains(certificate) }
        }
    }
}
