import Delivery
import Directory
import Envelope
import Primitives
import Storage

@testable import Cryptography

extension Reader {
    private static let limit = 1 << 20

    /// Both layers: of each there is one form, so what is taken is written again as it was.
    static let cms = Reader(name: "cms") { (bytes) throws(Finding) in
        let signed = attempt { () throws(CMSRefusal) in
            try SignedData(reading: bytes, limit: limit)
        }
        let sealed = attempt { () throws(CMSRefusal) in
            try AuthEnvelopedData(reading: bytes, limit: limit)
        }
        try hold(signed == nil || sealed == nil, "signed and sealed at once")
        if signed != nil {
            let parts = attempt { () throws(DERRefusal) in try SignedDataParts(reading: bytes) }
            try hold(parts?.encoded.encoded == bytes, "SignedData is not written as it was read")
        }
        if sealed != nil { try holdSealed(bytes) }
        return signed?.content ?? sealed?.recipientKeyIDs.flatMap(\.bytes)
    }

    private static func holdSealed(_ bytes: [UInt8]) throws(Finding) {
        let parts = attempt { () throws(DERRefusal) in try AuthEnvelopedDataParts(reading: bytes) }
        try hold(parts?.encoded.encoded == bytes, "AuthEnvelopedData is not written as read")
        for element in parts?.recipients ?? [] {
            let recipient = attempt { () throws(DERRefusal) in try Recipient(reading: element) }
            let written: [UInt8]? =
                switch recipient {
                case .keyAgree(let recipient): recipient.encoded.encoded
                case .keyTransport(let recipient): recipient.encoded.encoded
                case nil: nil
                }
            try hold(written == element, "a recipient is not written as it was read")
        }
    }

    /// A chunk of a large part, opened with the key of the corpus: all octets 7, its name all 9.
    static let chunk = Reader(name: "chunk") { (bytes) throws(Finding) in
        let chunk = attempt { () throws(CMSRefusal) in try SealedChunk(reading: bytes) }
        guard let chunk else { return nil }
        let parts = attempt { () throws(DERRefusal) in try AuthEnvelopedDataParts(reading: bytes) }
        try hold(parts?.encoded.encoded == bytes, "a chunk is not written as it was read")
        let key = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
        let name = [UInt8](repeating: 9, count: 16)
        return attempt { () throws(CMSRefusal) in try chunk.open(key: key, keyID: name) } ?? []
    }

    /// DER of a certificate, a list or a request, or their text.
    static let certificate = Reader(name: "certificate") { (bytes) throws(Finding) in
        let certificate = attempt { () throws(CertificateRefusal) in
            try Certificate(reading: bytes)
        }
        let list = attempt { () throws(CertificateRefusal) in
            try CertificateRevocationList(reading: bytes)
        }
        let request = attempt { () throws(CertificateRefusal) in
            try CertificateRequest(reading: bytes)
        }
        if let certificate {
            let again = attempt { () throws(CertificateRefusal) in
                try PEM.certificates(certificate.pem.bytes)
            }
            try hold(again == [certificate], "a certificate is not read from its own text")
            try hold(certificate.keyID == certificate.point.keyID, "another key is named")
        }
        if let list {
            let again = attempt { () throws(CertificateRefusal) in try PEM.list(list.pem.bytes) }
            try hold(again?.der == bytes, "a list is not read from its own text")
            let isWhole = list.entries.allSatisfy { list.since($0.serial) != nil }
            try hold(isWhole, "a revoked certificate is not found")
        }
        if let request { _ = request.hasValidSignature }
        let chain = attempt { () throws(CertificateRefusal) in try PEM.certificates(bytes) }
        if let chain {
            try hold(chain.map(\.pem).joined().bytes == bytes, "a chain has another text")
        }
        let listed = attempt { () throws(CertificateRefusal) in try PEM.list(bytes) }
        if let listed { try hold(listed.pem.bytes == bytes, "a list has another text") }
        let isDER = certificate != nil || list != nil || request != nil
        return isDER || chain != nil || listed != nil ? bytes : nil
    }

    /// A statement as it travels.
    static let statement = Reader(name: "statement") { (bytes) throws(Finding) in
        let statement = attempt { () throws(StatementRefusal) in
            try SignedStatement(reading: bytes)
        }
        guard let statement else { return nil }
        try hold(statement.json.canonicalBytes == statement.signed.content, "not canonical")
        for signer in statement.signed.certificates {
            _ = attempt { () throws(StatementRefusal) in try statement.verify(signer: signer) }
        }
        return statement.signed.content
    }

    /// The JSON of a receipt or of a statement of the directory.
    static let receipt = Reader(name: "receipt") { (bytes) throws(Finding) in
        let json = attempt { () throws(DecodingRefusal) in try JSON(canonical: bytes) }
        guard let json, let type = json["type"]?.string.flatMap(StatementType.init(rawValue:))
        else { return nil }
        guard let written = written(json, as: body(of: type)) else { return nil }
        try hold(written == bytes, "a statement is not written as it was read")
        return written
    }

    private static func body(of type: StatementType) -> any StatementBody.Type {
        switch type {
        case .submission: SubmissionStatement.self
        case .accepted: AcceptedStatement.self
        case .delivered: DeliveredStatement.self
        case .refused: RefusedStatement.self
        case .opened: OpenedStatement.self
        case .confirmed: ConfirmedStatement.self
        case .withdrawal: WithdrawalStatement.self
        case .withdrawalAnswer: WithdrawalAnswerStatement.self
        case .expired: ExpiredStatement.self
        case .undeliverable: UndeliverableStatement.self
        case .rotation: Rotation.self
        case .revocation: Revocation.self
        case .membership: Membership.self
        case .directoryEntry: DirectoryEntry.self
        case .policy: Policy.self
        case .reconciliation: ReconciliationStatement.self
        case .backup: BackupStatement.self
        }
    }

    private static func written<Body: StatementBody>(_ json: JSON, as body: Body.Type) -> [UInt8]? {
        attempt { () throws(DecodingRefusal) in try Body(content: json) }?.content
    }

    /// The header of a message and its manifest.
    static let envelopeForms = Reader(name: "envelope-forms") { (bytes) throws(Finding) in
        let routing = attempt { () throws(DecodingRefusal) in try Routing(reading: bytes) }
        let manifest = attempt { () throws(DecodingRefusal) in try Manifest(reading: bytes) }
        try hold(routing == nil || manifest == nil, "a header is a manifest at once")
        if let manifest { try hold(manifest.bytes == bytes, "a manifest is not written as read") }
        return routing?.bytes ?? manifest?.bytes
    }
}
