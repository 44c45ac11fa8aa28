import Primitives

/// Textual encoding of DER (RFC 7468): what the `openssl` program reads and writes.
package enum PEM {
    static func text(_ label: String, _ der: [UInt8]) -> String {
        let base64 = Array(Base64.encode(der, .standard).utf8)
        var lines = ["-----BEGIN \(label)-----"]
        for start in stride(from: 0, to: base64.count, by: 64) {
            lines.append(
                String(decoding: base64[start..<min(start + 64, base64.count)], as: UTF8.self)
            )
        }
        lines.append("-----END \(label)-----")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The certificates of a file that holds nothing else.
    ///
    /// - Throws: `malformed` for any text that `Certificate.pem` would not have written, else why a
    ///   certificate fits no profile.
    package static func certificates(_ text: [UInt8]) throws(CertificateRefusal) -> [Certificate] {
        var certificates: [Certificate] = []
        for der in try ders("CERTIFICATE", text) {
            certificates.append(try Certificate(reading: der))
        }
        return certificates
    }

    /// The same for a file with one revocation list.
    package static func list(
        _ text: [UInt8]
    ) throws(CertificateRefusal) -> CertificateRevocationList {
        let ders = try ders("X509 CRL", text)
        guard let der = ders.first, ders.count == 1 else { throw .malformed(.truncated) }
        return try CertificateRevocationList(reading: der)
    }

    static func ders(
        _ label: String,
        _ text: [UInt8]
    ) throws(CertificateRefusal) -> [[UInt8]] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let blocks = lines.split { $0.hasPrefix("-----") }
        var ders: [[UInt8]] = []
        for block in blocks {
            guard let der = Base64.decode(block.joined(), .standard) else {
                throw .malformed(.badValue)
            }
            ders.append(der)
        }
        // Writing it again and comparing checks labels, line lengths and line ends at once.
        guard !ders.isEmpty, ders.map({ PEM.text(label, $0) }).joined().bytes == text else {
            throw .malformed(.badValue)
        }
        return ders
    }
}

extension Certificate {
    /// The one certificate of a PEM file.
    package convenience init(pem: [UInt8]) throws(CertificateRefusal) {
        let ders = try PEM.ders("CERTIFICATE", pem)
        guard ders.count == 1 else { throw .malformed(.trailingBytes) }
        try self.init(reading: ders[0])
    }
}
