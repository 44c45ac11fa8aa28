package import Cryptography
package import Delivery
package import Directory
package import Primitives

/// One recipient's delivery as a file that proves itself offline: an archive whose first file,
/// `evidence.json`, lists all others with their hashes.
package struct EvidenceFile: Sendable {
    package let messageID: MessageID
    package let recipient: MemberID
    let archive: ContentArchive

    /// The parts of an evidence file, in the order they are written.
    package struct Contents: Sendable {
        package var routing: [UInt8]
        package var submission: [UInt8]
        /// Left out with `--without-content`; the chain of hashes still verifies.
        package var sealed: [UInt8]?
        package var content: [UInt8]?
        /// Receipts in the order they were made, first *accepted*.
        package var receipts: [ProvedReceipt]
        package var certificates: [Certificate]
        package var lists: [CertificateRevocationList]
        package var policy: [UInt8]
        package var memberships: [(member: MemberID, bytes: [UInt8])]

        package init(
            routing: [UInt8],
            submission: [UInt8],
            sealed: [UInt8]?,
            content: [UInt8]?,
            receipts: [ProvedReceipt],
            trust: (
                certificates: [Certificate], lists: [CertificateRevocationList],
                policy: [UInt8], memberships: [(member: MemberID, bytes: [UInt8])]
            )
        ) {
            self.routing = routing
            self.submission = submission
            self.sealed = sealed
            self.content = content
            self.receipts = receipts
            certificates = trust.certificates
            lists = trust.lists
            policy = trust.policy
            memberships = trust.memberships
        }
    }

    /// A receipt with the proof that its promise was kept, and what its commitments stand for.
    package struct ProvedReceipt: Sendable {
        package let statement: SignedStatement
        package let proof: ReceiptProof?
        package let disclosure: [UInt8]?

        package init(statement: SignedStatement, proof: ReceiptProof?, disclosure: [UInt8]?) {
            self.statement = statement
            self.proof = proof
            self.disclosure = disclosure
        }
    }

    package init(messageID: MessageID, recipient: MemberID, _ contents: Contents) {
        self.messageID = messageID
        self.recipient = recipient
        let files = Self.files(contents)
        let list: JSON = [
            "version": 1,
            "messageId": .string(messageID.text),
            "to": .string(recipient.text),
            "files": .array(files.map(Self.row)),
        ]
        let first = ContentArchive.File(name: "evidence.json", bytes: list.canonicalBytes)
        archive = ContentArchive(files: [first] + files)
    }

    package var bytes: [UInt8] { archive.encoded() }

    /// - Throws: `EvidenceFault` where the archive is not canonical, or a file differs from the
    ///   list, is missing or is not listed.
    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        let name = "evidence.json"
        do throws(DecodingRefusal) {
            archive = try ContentArchive(reading: bytes)
            guard archive.encoded() == bytes, let first = archive.files.first,
                first.name.hasSameBytes(as: name)
            else { throw DecodingRefusal(.notCanonical) }
        } catch { throw EvidenceFault("archive", .notCanonical) }
        do throws(DecodingRefusal) {
            var reader = try ObjectReader(try JSON(canonical: archive.files[0].bytes))
            try reader.version()
            messageID = try reader.value("messageId", MessageID.init(_:))
            recipient = try reader.value("to", MemberID.init(_:))
            let listed = try reader.array("files")
            try reader.finish()
            let present = Array(archive.files.dropFirst())
            try Self.compare(listed, present)
        } catch {
            throw EvidenceFault(error.reason == .badForm ? error.place : name, .listDiffers)
        }
    }

    private static func compare(
        _ listed: [JSON],
        _ present: [ContentArchive.File]
    ) throws(DecodingRefusal) {
        for (index, file) in present.enumerated() {
            guard index < listed.count, listed[index].canonicalBytes == row(file).canonicalBytes
            else { throw DecodingRefusal(.badForm, at: file.name) }
        }
        guard listed.count == present.count else {
            throw DecodingRefusal(.badForm, at: listed[present.count]["name"]?.string ?? "")
        }
    }

    private static func row(_ file: ContentArchive.File) -> JSON {
        [
            "name": .string(file.name),
            "byteLength": .integer(Int64(file.bytes.count)),
            "sha256": .string(SHA256.hash(file.bytes).hex),
        ]
    }

    private static func files(_ contents: Contents) -> [ContentArchive.File] {
        var files: [ContentArchive.File] = []
        func add(_ name: String, _ bytes: [UInt8]?) {
            if let bytes { files.append(ContentArchive.File(name: name, bytes: bytes)) }
        }
        add("verify.txt", VerifyText.bytes)
        add("routing.json", contents.routing)
        add("submission.der", contents.submission)
        add("sealed.der", contents.sealed)
        add("content.der", contents.content)
        for receipt in contents.receipts {
            add(receipt.statement.type.rawValue + ".der", receipt.statement.bytes)
        }
        for receipt in contents.receipts {
            add("disclosure-" + receipt.statement.type.rawValue + ".json", receipt.disclosure)
        }
        add("chain.pem", contents.certificates.map(\.pem).joined().bytes)
        for list in contents.lists { add("crl-\(list.issuerKeyID).pem", list.pem.bytes) }
        for receipt in contents.receipts {
            add(receipt.statement.type.rawValue + ".leaf.json", receipt.proof?.leaf)
            add(receipt.statement.type.rawValue + ".tlog-proof", receipt.proof?.tlogProof)
        }
        add("policy.der", contents.policy)
        for membership in contents.memberships {
            add("membership-\(membership.member).der", membership.bytes)
        }
        return files
    }
}

/// What is wrong with an evidence file, and where.
package struct EvidenceFault: Explained, Equatable {
    package enum Fault: String, Sendable {
        case notCanonical, listDiffers, textDiffers, missing, malformed
        case wrongRoot, untrusted, badSignature, wrongIssuer, wrongChain, contentDiffers
        case commitmentDiffers, proofFails, promiseBroken, policyMissing
    }

    package let file: String
    package let fault: Fault

    package init(_ file: String, _ fault: Fault) {
        self.file = file
        self.fault = fault
    }

    package var code: String { "evidenceFails" }
    package var summary: String { "The evidence does not hold: \(file): \(fault.rawValue)." }
    package var isTemporary: Bool { false }

    package var advice: String {
        switch fault {
        case .wrongRoot: "Check that the root certificate is that of the exchange named here."
        case .promiseBroken: "Export the evidence again; if it stays so, call the operator."
        default: "Do not rely on this file; export it again from the gateway."
        }
    }
}
