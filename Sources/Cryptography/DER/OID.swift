/// An object identifier.
package struct OID: Hashable, Sendable, CustomStringConvertible {
    /// The content octets of its encoding.
    package let contents: [UInt8]

    package init(_ first: UInt, _ second: UInt, _ arcs: UInt...) {
        precondition(first <= 2 && second < 40)
        contents = ([first * 40 + second] + arcs).flatMap(OID.octets)
    }

    private init(_ parent: OID, _ arcs: [UInt]) {
        contents = parent.contents + arcs.flatMap(OID.octets)
    }

    /// - Returns: nil unless `contents` is a DER encoding with arcs below 2^28.
    package init?(contents: [UInt8]) {
        guard let last = contents.last, last < 0x80 else { return nil }
        var isFirst = true
        var octets = 0
        for octet in contents {
            if isFirst, octet == 0x80 { return nil }
            octets = isFirst ? 1 : octets + 1
            guard octets <= 4 else { return nil }
            isFirst = octet < 0x80
        }
        self.contents = contents
    }

    /// An identifier below this one.
    package func child(_ arcs: UInt...) -> OID { OID(self, arcs) }

    package var description: String {
        var arcs: [UInt] = []
        var arc: UInt = 0
        for octet in contents {
            arc = arc << 7 | UInt(octet & 0x7F)
            if octet < 0x80 {
                arcs.append(arc)
                arc = 0
            }
        }
        let first = min(2, (arcs.first ?? 0) / 40)
        let head = [first, (arcs.first ?? 0) - first * 40]
        return (head + arcs.dropFirst()).map(String.init).joined(separator: ".")
    }

    private static func octets(_ arc: UInt) -> [UInt8] {
        var octets = [UInt8(arc & 0x7F)]
        var rest = arc >> 7
        while rest > 0 {
            octets.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return octets.reversed()
    }
}

extension OID {
    /// Our own arc. **A placeholder**: the number is not registered to the project. It stands
    /// here alone, and the first root for real use waits for a registered one (`envelope.md` 1.1).
    package static let renkeiPlaceholderArc = OID(1, 3, 6, 1, 4, 1, 99999, 1)

    package static let renkeiBinding = renkeiPlaceholderArc.child(1, 1)
    package static let memberSigning = renkeiPlaceholderArc.child(2, 1)
    package static let memberEncryption = renkeiPlaceholderArc.child(2, 2)
    package static let memberTransport = renkeiPlaceholderArc.child(2, 3)
    package static let exchangeReceipt = renkeiPlaceholderArc.child(2, 4)
    package static let exchangeRegistrar = renkeiPlaceholderArc.child(2, 5)
    package static let memberPolicy1 = renkeiPlaceholderArc.child(3, 1)

    // Algorithms (RFC 5480, 5753, 5754, 3565, 5084).
    static let ecPublicKey = OID(1, 2, 840, 10045, 2, 1)
    static let prime256v1 = OID(1, 2, 840, 10045, 3, 1, 7)
    static let ecdsaWithSHA256 = OID(1, 2, 840, 10045, 4, 3, 2)
    static let sha256 = OID(2, 16, 840, 1, 101, 3, 4, 2, 1)
    static let aes256GCM = OID(2, 16, 840, 1, 101, 3, 4, 1, 46)
    static let aes256Wrap = OID(2, 16, 840, 1, 101, 3, 4, 1, 45)
    static let stdDHSHA256KDF = OID(1, 3, 132, 1, 11, 1)

    static let rsaesOAEP = OID(1, 2, 840, 113549, 1, 1, 7)
    static let mgf1 = OID(1, 2, 840, 113549, 1, 1, 8)

    // CMS (RFC 5652, 5083, 5035).
    static let data = OID(1, 2, 840, 113549, 1, 7, 1)
    static let signedData = OID(1, 2, 840, 113549, 1, 7, 2)
    static let authEnvelopedData = OID(1, 2, 840, 113549, 1, 9, 16, 1, 23)
    static let contentType = OID(1, 2, 840, 113549, 1, 9, 3)
    static let messageDigest = OID(1, 2, 840, 113549, 1, 9, 4)
    static let signingTime = OID(1, 2, 840, 113549, 1, 9, 5)
    static let signingCertificateV2 = OID(1, 2, 840, 113549, 1, 9, 16, 2, 47)

    // Certificates (RFC 5280).
    static let commonName = OID(2, 5, 4, 3)
    static let organisationName = OID(2, 5, 4, 10)
    static let basicConstraints = OID(2, 5, 29, 19)
    static let keyUsage = OID(2, 5, 29, 15)
    static let extendedKeyUsage = OID(2, 5, 29, 37)
    static let subjectAlternativeName = OID(2, 5, 29, 17)
    static let nameConstraints = OID(2, 5, 29, 30)
    static let certificatePolicies = OID(2, 5, 29, 32)
    static let subjectKeyIdentifier = OID(2, 5, 29, 14)
    static let authorityKeyIdentifier = OID(2, 5, 29, 35)
    static let crlNumber = OID(2, 5, 29, 20)
    static let crlReason = OID(2, 5, 29, 21)
    static let invalidityDate = OID(2, 5, 29, 24)
    static let serverAuth = OID(1, 3, 6, 1, 5, 5, 7, 3, 1)
    static let clientAuth = OID(1, 3, 6, 1, 5, 5, 7, 3, 2)
    static let emailProtection = OID(1, 3, 6, 1, 5, 5, 7, 3, 4)
}
