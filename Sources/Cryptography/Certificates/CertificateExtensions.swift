import Primitives

/// The extensions of a profile, in profile order.
struct CertificateExtensions {
    let profile: CertificateProfile
    let keyIdentifier: [UInt8]
    let authorityKeyIdentifier: [UInt8]

    var encoded: DERValue { encoded(adding: []) }

    /// With extensions no profile has: for proving that they are refused.
    func encoded(adding strangers: [DERValue]) -> DERValue {
        var values: [DERValue] = []
        if profile.isAuthority { values.append(basicConstraints) }
        values.append(Self.value(.keyUsage, isCritical: true, .namedBits(profile.keyUsage)))
        if !profile.extendedKeyUsage.isEmpty {
            let usages = profile.extendedKeyUsage.map(DERValue.objectIdentifier)
            values.append(Self.value(.extendedKeyUsage, .sequence(usages)))
        }
        if case .exchangeServer(let host) = profile {
            let name = DERValue(.primitive(2), host.bytes)
            values.append(Self.value(.subjectAlternativeName, .sequence([name])))
        }
        if let organisation = profile.permittedOrganisation {
            values.append(Self.constraints([Self.subtree(organisation)]))
        }
        if case .pagesRoot(let host) = profile {
            values.append(Self.constraints([Self.subtree(host: host)], but: Self.allAddresses))
        }
        values.append(
            Self.value(
                .certificatePolicies,
                .sequence([.sequence([.objectIdentifier(.memberPolicy1)])])
            )
        )
        values.append(Self.value(.subjectKeyIdentifier, .octetString(keyIdentifier)))
        values.append(Self.authorityKeyIdentifier(authorityKeyIdentifier))
        return .sequence(values + strangers)
    }

    static func value(
        _ identifier: OID,
        isCritical: Bool = false,
        _ value: DERValue
    ) -> DERValue {
        .sequence(
            [.objectIdentifier(identifier)] + (isCritical ? [.yes] : [])
                + [.octetString(value.encoded)]
        )
    }

    static func authorityKeyIdentifier(_ identifier: [UInt8]) -> DERValue {
        value(.authorityKeyIdentifier, .sequence([DERValue(.primitive(0), identifier)]))
    }

    private var basicConstraints: DERValue {
        let pathLength: [DERValue] = profile == .root ? [] : [.integer(0)]
        return Self.value(.basicConstraints, isCritical: true, .sequence([.yes] + pathLength))
    }

    /// NameConstraints (RFC 5280 §4.2.1.10).
    private static func constraints(
        _ permitted: [DERValue],
        but excluded: [DERValue] = []
    ) -> DERValue {
        let trees =
            [DERValue(.constructed(0), permitted)]
            + (excluded.isEmpty ? [] : [DERValue(.constructed(1), excluded)])
        return value(.nameConstraints, isCritical: true, .sequence(trees))
    }

    /// GeneralSubtree of a host name and what is below it.
    private static func subtree(host: String) -> DERValue {
        .sequence([DERValue(.primitive(2), host.bytes)])
    }

    /// All addresses in numbers, of which permitted names say nothing.
    private static let allAddresses = [8, 32].map { count in
        DERValue.sequence([DERValue(.primitive(7), [UInt8](repeating: 0, count: count))])
    }

    /// GeneralSubtree of all directory names that begin with this organisation.
    static func subtree(_ organisation: String) -> DERValue {
        let name = DERValue.sequence([DistinguishedName.attribute(.organisationName, organisation)])
        return .sequence([DERValue(.constructed(4), [name])])
    }
}

/// The extensions found in a certificate or list, before anything is known of their contents.
struct FoundExtensions {
    private var values: [OID: [UInt8]] = [:]

    init(from reader: inout DERReader) throws(DERRefusal) {
        var list = try reader.constructed(.sequence)
        while !list.isAtEnd {
            var found = try list.constructed(.sequence)
            let identifier = try found.objectIdentifier()
            // DER leaves out the default, so a FALSE written down is refused.
            if found.nextTag == .boolean, try !found.boolean() { throw .badValue }
            let value = try found.primitive(.octetString)
            try found.finish()
            guard values.updateValue(value, forKey: identifier) == nil else { throw .badOrder }
        }
    }

    func has(_ identifier: OID) -> Bool { values[identifier] != nil }

    /// The contents of an extension whose value is a SEQUENCE.
    func sequence(_ identifier: OID) throws(DERRefusal) -> DERReader {
        guard let value = values[identifier] else { throw .notInProfile("extensions") }
        var reader = DERReader(value)
        let contents = try reader.constructed(.sequence)
        try reader.finish()
        return contents
    }

    func usages() throws(DERRefusal) -> [OID] {
        var list = try sequence(.extendedKeyUsage)
        var usages: [OID] = []
        while !list.isAtEnd { usages.append(try list.objectIdentifier()) }
        return usages
    }

    func authorityKeyIdentifier() throws(DERRefusal) -> [UInt8] {
        var fields = try sequence(.authorityKeyIdentifier)
        let identifier = try fields.primitive(.primitive(0))
        guard identifier.count == 20 else { throw .notInProfile("authorityKeyIdentifier") }
        return identifier
    }

    func listNumber() throws(DERRefusal) -> Int {
        guard let number = try number(.crlNumber, .integer) else {
            throw .notInProfile("cRLNumber")
        }
        return number
    }

    /// The reason code of a list entry; absent means "unspecified".
    func reason() throws(DERRefusal) -> Int { try number(.crlReason, .enumerated) ?? 0 }

    private func number(_ identifier: OID, _ tag: DERTag) throws(DERRefusal) -> Int? {
        guard let value = values[identifier] else { return nil }
        var reader = DERReader(value)
        let number = try reader.smallInteger(tag)
        try reader.finish()
        return number
    }

    func host() throws(DERRefusal) -> String {
        var names = try sequence(.subjectAlternativeName)
        return try Self.host(from: &names)
    }

    private static func host(from names: inout DERReader) throws(DERRefusal) -> String {
        let name = try names.primitive(.primitive(2))
        guard (1...64).contains(name.count), name.allSatisfy({ (0x21...0x7E).contains($0) }),
            let host = String(utf8Bytes: name)
        else { throw .notInProfile("subjectAltName") }
        return host
    }

    /// The profile that a name constraint tells; its exact form is compared later.
    func constrainedProfile() throws(DERRefusal) -> CertificateProfile {
        var constraints = try sequence(.nameConstraints)
        var permitted = try constraints.constructed(.constructed(0))
        guard constraints.isAtEnd else {
            var tree = try permitted.constructed(.sequence)
            return .pagesRoot(host: try Self.host(from: &tree))
        }
        let subtree = try permitted.value(.sequence)
        let profiles = [CertificateProfile.memberIssuing, .serviceIssuing]
        guard
            let profile = profiles.first(where: { profile in
                let organisation = profile.permittedOrganisation ?? ""
                return CertificateExtensions.subtree(organisation).encoded == subtree
            })
        else { throw .notInProfile("nameConstraints") }
        return profile
    }
}
