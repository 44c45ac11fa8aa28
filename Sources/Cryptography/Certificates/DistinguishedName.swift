package import Primitives

/// The only form of name in our certificates: one organisation (O), one common name (CN), in this
/// order, both UTF8String. Compared by bytes.
package struct DistinguishedName: Hashable, Sendable {
    private let organisationBytes: ByteText
    private let commonNameBytes: ByteText

    package init(organisation: String, commonName: String) {
        organisationBytes = ByteText(organisation)
        commonNameBytes = ByteText(commonName)
    }

    package var organisation: String { organisationBytes.text }
    package var commonName: String { commonNameBytes.text }

    /// The organisation of all member certificates; legal names are in `membership` statements.
    package static let memberOrganisation = "Renkei Members"
    package static let serviceOrganisation = "Renkei Services"

    package static func member(_ member: MemberID) -> DistinguishedName {
        DistinguishedName(organisation: memberOrganisation, commonName: member.text)
    }

    /// A service, by exchange id or by the host of a server certificate.
    package static func service(_ commonName: String) -> DistinguishedName {
        DistinguishedName(organisation: serviceOrganisation, commonName: commonName)
    }

    var encoded: DERValue {
        .sequence([
            DistinguishedName.attribute(.organisationName, organisation),
            DistinguishedName.attribute(.commonName, commonName),
        ])
    }

    init(from reader: inout DERReader) throws(DERRefusal) {
        var name = try reader.constructed(.sequence)
        let organisation = try DistinguishedName.text(Self.organisationType, &name)
        let commonName = try DistinguishedName.text(Self.commonType, &name)
        try name.finish()
        self.init(organisation: organisation, commonName: commonName)
    }

    static func attribute(_ type: OID, _ text: String) -> DERValue {
        DERValue(.set, [.sequence([.objectIdentifier(type), .text(text)])])
    }

    private static let organisationType = DERValue.objectIdentifier(.organisationName).encoded
    private static let commonType = DERValue.objectIdentifier(.commonName).encoded

    private static func text(
        _ type: [UInt8],
        _ name: inout DERReader
    ) throws(DERRefusal) -> String {
        var set = try name.constructed(.set)
        var attribute = try set.constructed(.sequence)
        try attribute.expect(type, "name")
        let text = try attribute.text()
        // ub-organization-name and ub-common-name of RFC 5280 appendix A.
        guard (1...64).contains(text.unicodeScalars.count) else { throw .badValue }
        try attribute.finish()
        try set.finish()
        return text
    }
}
