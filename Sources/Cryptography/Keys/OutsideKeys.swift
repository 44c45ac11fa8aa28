package import Primitives

/// The P-256 key of a certificate that fits no profile of ours: it is sealed to, and speaks for
/// nobody. Names, times and the signature are not judged: who may open is chosen by the file.
package struct SealingKey: Hashable, Sendable {
    let point: PublicPoint

    package var keyID: KeyID { point.keyID }

    /// The key of the one certificate in `pem`, as `openssl req -x509` writes it.
    ///
    /// - Throws: `unsuitableInput` for every other text, and for a key of another curve.
    package init(certificatePEM pem: [UInt8]) throws(CryptographyError) {
        guard let der = try PEM.only("CERTIFICATE", pem) else { throw .unsuitableInput }
        point = try wrap({ _ in CryptographyError.unsuitableInput }) { () throws(DERRefusal) in
            var reader = DERReader(try SignedForm(reading: der).toBeSigned)
            var fields = try reader.constructed(.sequence)
            _ = try fields.constructed(.constructed(0))
            _ = try fields.positiveInteger()
            // Algorithm, issuer, validity, subject.
            for _ in 0..<4 { _ = try fields.value(.sequence) }
            return try PublicPoint(subjectPublicKeyInfo: &fields)
        }
    }
}

/// The private key to a `SealingKey`: in memory for as long as one command runs, in no key store.
package struct OpeningKey: Sendable {
    private let key: PrivateKey
    package let keyID: KeyID

    /// The key of a PEM file with one PKCS#8 key that no password protects (`openssl pkey`).
    ///
    /// - Throws: `unsuitableInput` for every other text, and for a key of another curve.
    package init(pem: [UInt8]) throws(CryptographyError) {
        guard var der = try PEM.only("PRIVATE KEY", pem) else { throw .unsuitableInput }
        do throws(CryptographyError) {
            let key = try PrivateKey.read(.p256, pkcs8: SecretBytes(moving: &der))
            keyID = try PublicPoint(try key.publicBytes()).keyID
            self.key = key
        } catch { throw .unsuitableInput }
    }

    /// - Throws: `wrongRecipient` when the key is not named, `cannotOpen` for everything else.
    package func open(_ sealed: AuthEnvelopedData) async throws(CMSRefusal) -> [UInt8] {
        try await sealed.open(keyID: keyID) { (point) throws(KeyStoreError) in
            try wrap(KeyStoreError.library) { () throws(CryptographyError) in
                try key.derive(try PublicPoint(point))
            }
        }
    }
}

extension PEM {
    /// - Returns: nil where there are several.
    fileprivate static func only(
        _ label: String,
        _ text: [UInt8]
    ) throws(CryptographyError) -> [UInt8]? {
        let found = try wrap({ _ in CryptographyError.unsuitableInput }) {
            () throws(CertificateRefusal) in try ders(label, text)
        }
        return found.count == 1 ? found[0] : nil
    }
}
