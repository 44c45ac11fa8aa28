import CCrypto
import Primitives

extension SelfTest {
    static func refusesUnknownExtension() throws(CryptographyError) -> Bool {
        let world = try PlantedCertificates()
        let unknown = CertificateExtensions.value(
            OID(2, 5, 29, 99),
            isCritical: true,
            .sequence([])
        )
        let forged = try world.signed(world.leafFields.encoded(adding: [unknown]))
        do throws(CertificateRefusal) {
            _ = try Certificate(reading: forged)
            return false
        } catch {
            return error == .notInProfile
        }
    }

    /// The path must hold while the list is current, and fail by the list alone afterwards.
    static func refusesExpiredList() throws(CryptographyError) -> Bool {
        let world = try PlantedCertificates()
        let builder = PathBuilder(
            roots: [world.root],
            intermediates: [],
            lists: [world.list],
            listRule: .enforced
        )
        func path(at time: Timestamp) -> PathBuilder.Outcome {
            builder.path(for: world.leaf, role: .exchangeReceipt, at: time)
        }
        let during = path(at: PlantedCertificates.begin)
        let after = path(at: PlantedCertificates.listEnd.adding(.days(1)))
        guard case .found = during, case .none(X509_V_ERR_CRL_HAS_EXPIRED) = after else {
            return false
        }
        return true
    }
}

/// A root, one certificate below it and a list that ends before both.
private struct PlantedCertificates {
    static let begin = Timestamp(milliseconds: 1_800_000_000_000)
    static let listEnd = begin.adding(.days(1))
    private static let name = DistinguishedName(organisation: "Self-test", commonName: "Root")

    let root: Certificate
    let leaf: Certificate
    let leafFields: CertificateFields
    let list: CertificateRevocationList
    private let key: PrivateKey

    init() throws(CryptographyError) {
        let key = try PrivateKey.generate(.p256)
        let point = try PublicPoint(key.publicBytes())
        let leafPoint = try PublicPoint(PrivateKey.generate(.p256).publicBytes())
        let exchange = DistinguishedName.service("x" + String(repeating: "a", count: 26))
        let rootFields = Self.fields(.root, Self.name, point, below: point)
        let leafFields = Self.fields(.exchangeReceipt, exchange, leafPoint, below: point)
        let listFields = RevocationListFields(
            issuer: Self.name,
            authorityKeyIdentifier: point.keyIDBytes,
            number: 1,
            thisUpdate: Self.begin.adding(.days(-1)),
            nextUpdate: Self.listEnd,
            entries: []
        )
        let root = try Self.sign(rootFields.encoded, key)
        let leaf = try Self.sign(leafFields.encoded, key)
        let list = try Self.sign(listFields.encoded, key)
        do throws(CertificateRefusal) {
            self.root = try Certificate(reading: root)
            self.leaf = try Certificate(reading: leaf)
            self.list = try CertificateRevocationList(reading: list)
        } catch { throw .selfTest(error.code) }
        self.leafFields = leafFields
        self.key = key
    }

    func signed(_ toBeSigned: DERValue) throws(CryptographyError) -> [UInt8] {
        try PlantedCertificates.sign(toBeSigned, key)
    }

    private static func fields(
        _ profile: CertificateProfile,
        _ subject: DistinguishedName,
        _ point: PublicPoint,
        below issuer: PublicPoint
    ) -> CertificateFields {
        CertificateFields(
            profile: profile,
            serial: [UInt8](1...20),
            issuer: name,
            notBefore: begin,
            notAfter: begin.adding(.days(10)),
            subject: subject,
            point: point,
            authorityKeyIdentifier: issuer.keyIDBytes
        )
    }

    private static func sign(
        _ toBeSigned: DERValue,
        _ key: PrivateKey
    ) throws(CryptographyError) -> [UInt8] {
        let bytes = toBeSigned.encoded
        return SignedForm(toBeSigned: bytes, signature: try key.sign(SHA256.hash(bytes))).encoded
    }
}
