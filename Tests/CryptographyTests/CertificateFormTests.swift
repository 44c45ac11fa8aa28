import Primitives
import Testing

@testable import Cryptography

private let null = FormChange.null

private func text(_ tag: UInt8, _ text: String) -> DERTree { .primitive(tag, text.bytes) }

private func name(_ type: OID, _ value: String) -> DERTree {
    DERTree(DistinguishedName.attribute(type, value))
}

/// An extension of any identifier and contents.
private func stranger(_ identifier: OID, _ contents: DERValue = .sequence([])) -> DERTree {
    DERTree(CertificateExtensions.value(identifier, contents))
}

/// Every field of a certificate in other forms. The signature is not checked at reading, so it need
/// not be made again.
struct CertificateFormTests {
    private static let fields = [0]
    private static let extensions = fields + [7, 0]

    private static let common: [FormChange] = [
        .octets("version 1", fields + [0, 0], [0]),
        .remove("version by default", fields + [0]),
        .octets("serial number of 15 octets", fields + [1], [UInt8](1...15)),
        .octets("serial number of 21 octets", fields + [1], [UInt8](1...21)),
        .octets("serial number negative", fields + [1], [0x80] + [UInt8](1...19)),
        .octets("serial number padded", fields + [1], [0] + [UInt8](1...19)),
        .append("algorithm parameters NULL", fields + [2], null),
        .append("outer algorithm parameters NULL", [1], null),
        .octets("inner algorithm unlike outer", fields + [2, 0], OID.sha256.contents),
        .tag("issuer printable", fields + [3, 0, 0, 1], 0x13),
        .swap("issuer common name first", fields + [3], 0, 1),
        .append("issuer with a third part", fields + [3], name(OID(2, 5, 4, 11), "Unit")),
        .append("issuer of two values", fields + [3, 0], name(.commonName, "x")[[0]]),
        .replace("not before in four digits", fields + [4, 0], text(0x18, "20261101000000Z")),
        .swap("validity reversed", fields + [4], 0, 1),
        .octets("time without zone", fields + [4, 0], "261101000000".bytes),
        .remove("subject without common name", fields + [5, 1]),
        .octets("subject with control character", fields + [5, 1, 0, 1], [0x0A]),
        .octets("subject not UTF-8", fields + [5, 1, 0, 1], [0xFF]),
        .octets("common name too long", fields + [5, 1, 0, 1], [UInt8](repeating: 97, count: 65)),
        .octets("another curve", fields + [6, 0, 1], [0x2B, 0x81, 0x04, 0x00, 0x22]),
        .remove("curve not named", fields + [6, 0, 1]),
        .octets("point compressed", fields + [6, 1], [0, 2] + [UInt8](repeating: 1, count: 32)),
        .octets(
            "point off the curve",
            fields + [6, 1],
            [0, 4] + [UInt8](repeating: 1, count: 64)
        ),
        .insert("issuer unique id", fields + [7], .primitive(0x81, [0, 1])),
        .remove("no extensions", fields + [7]),
        .double("an extension twice", extensions + [0]),
        .append("authority information", extensions, stranger(OID(1, 3, 6, 1, 5, 5, 7, 1, 1))),
        .append("list pointer", extensions, stranger(OID(2, 5, 29, 31))),
        .tag("signature as octet string", [2], 0x04),
        .octets("signature empty", [2], [0]),
        .octets("signature zero", [2], [0, 0x30, 6, 2, 1, 0, 2, 1, 0]),
        .append("a member too many", [], null),
    ]

    @Test(arguments: common)
    func `another form of a member's certificate is refused`(change: FormChange) async throws {
        let world = try await CertificateWorld.make()
        let der = try await world.certificate(.memberSigning).certificate.der
        try expectRefusal(change, der)
    }

    /// Extensions: basic constraints, key usage, name constraints, policies, subject and authority.
    @Test(
        arguments: [
            FormChange.remove("no path length", extensions + [0]),
            FormChange("path length 1") { tree in
                tree[extensions + [0, 2]].octets =
                    DERValue.sequence([.yes, .integer(1)]).encoded
            },
            FormChange("not an authority") { tree in
                tree[extensions + [0, 2]].octets = DERValue.sequence([]).encoded
            },
            .remove("constraints not critical", extensions + [0, 1]),
            .remove("no name constraints", extensions + [2]),
            .remove("name constraints not critical", extensions + [2, 1]),
            FormChange("names of another organisation") { tree in
                let subtree = CertificateExtensions.subtree("Others")
                tree[extensions + [2, 2]].octets =
                    DERValue.sequence([DERValue(.constructed(0), [subtree])]).encoded
            },
            FormChange("excluded names too") { tree in
                let members = CertificateExtensions.subtree(DistinguishedName.memberOrganisation)
                tree[extensions + [2, 2]].octets =
                    DERValue.sequence([
                        DERValue(.constructed(0), [members]), DERValue(.constructed(1), [members]),
                    ]).encoded
            },
            .insert(
                "an authority with a role",
                extensions + [2],
                DERTree(
                    CertificateExtensions.value(
                        .extendedKeyUsage,
                        .sequence([.objectIdentifier(.memberSigning)])
                    )
                )
            ),
        ]
    )
    func `another form of an issuing authority is refused`(change: FormChange) async throws {
        let der = try await CertificateWorld.make().members.certificate.der
        try expectRefusal(change, der)
    }

    /// Extensions: key usage, extended key usage, subject alternative name, ….
    @Test(
        arguments: [
            names("two hosts", [(2, "localhost"), (2, "other")]),
            names("another host than the subject's", [(2, "other")]),
            names("an address", [(7, "\u{7F}\0\0\u{1}")]),
            names("an e-mail address", [(1, "a@b")]),
            names("an empty host", [(2, "")]),
            names("no host", []),
            names("a host with a blank", [(2, "local host")]),
            .insert("names critical", extensions + [2, 1], .primitive(0x01, [0xFF])),
            .remove("no names", extensions + [2]),
        ]
    )
    func `another form of a server's certificate is refused`(change: FormChange) async throws {
        let world = try await CertificateWorld.make()
        let profile = CertificateProfile.exchangeServer(host: CertificateWorld.host)
        try expectRefusal(change, try await world.certificate(profile).certificate.der)
    }

    @Test(
        arguments: [
            FormChange.octets("another issuer", fields + [3, 1, 0, 1], "Root 2027".bytes),
            .remove("constraints not critical", extensions + [0, 1]),
            FormChange("a path length") { tree in
                tree[extensions + [0, 2]].octets =
                    DERValue.sequence([.yes, .integer(3)]).encoded
            },
            FormChange("another authority key") { tree in
                let other = DERValue(.primitive(0), [UInt8](0..<20))
                tree[extensions + [4, 1]].octets = DERValue.sequence([other]).encoded
            },
        ]
    )
    func `another form of a root is refused`(change: FormChange) async throws {
        try expectRefusal(change, try await CertificateWorld.make().root.certificate.der)
    }

    private static func names(_ name: String, _ hosts: [(UInt8, String)]) -> FormChange {
        FormChange(name) { tree in
            let values = hosts.map { DERValue(.primitive($0.0), $0.1.bytes) }
            tree[extensions + [2, 1]].octets = DERValue.sequence(values).encoded
        }
    }

    private func expectRefusal(_ change: FormChange, _ der: [UInt8]) throws {
        #expect(try Certificate(reading: DERTree(der).encoded).der == der)
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(throws: CertificateRefusal.self) { _ = try Certificate(reading: changed) }
    }
}

struct CertificateRequestFormTests {
    @Test(
        arguments: [
            FormChange.octets("version 1", [0, 0], [1]),
            .append("a third name", [0, 1], name(.commonName, "x")),
            .octets("another curve", [0, 2, 0, 1], [0x2B, 0x81, 0x04, 0x00, 0x22]),
            .octets("point off the curve", [0, 2, 1], [0, 4] + [UInt8](repeating: 1, count: 64)),
            .append("an attribute", [0, 3], .constructed(0x30, [])),
            .remove("no attributes", [0, 3]),
            .append("algorithm parameters NULL", [1], null),
            .octets("signature empty", [2], [0]),
            .append("a member too many", [], null),
        ]
    )
    func `another form of a request is refused`(change: FormChange) async throws {
        let store = MemoryKeyStore(seed: [1])
        let key = try await store.generate(.signing, label: "key")
        let der = try await CertificateRequest.make(for: key, in: store).der
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(throws: CertificateRefusal.self) { _ = try CertificateRequest(reading: changed) }
    }

    @Test func `a request over the size limit is refused`() {
        let large = [UInt8](repeating: 0x30, count: Limits.certificateBytes + 1)
        #expect(throws: CertificateRefusal.tooLarge) {
            _ = try CertificateRequest(reading: large)
        }
    }
}

struct RevocationListFormTests {
    private static let fields = [0]
    private static let entry = fields + [5, 0]
    private static let entryExtensions = entry + [2]
    private static let extensions = fields + [6, 0]

    @Test(
        arguments: [
            FormChange.octets("version 1", fields + [0], [0]),
            .remove("no version", fields + [0]),
            .append("algorithm parameters NULL", fields + [1], null),
            .tag("issuer printable", fields + [2, 0, 0, 1], 0x13),
            .remove("no next update", fields + [4]),
            .swap("updates reversed", fields, 3, 4),
            .replace("an empty list of entries", fields + [5], .constructed(0x30, [])),
            .octets("serial number negative", entry + [0], [0x80]),
            .remove("no entry extensions", entryExtensions),
            .remove("no since date", entryExtensions + [1]),
            .swap("since before reason", entryExtensions, 0, 1),
            .octets("unspecified reason written down", entryExtensions + [0, 1], [0x0A, 1, 0]),
            .octets("an unknown reason", entryExtensions + [0, 1], [0x0A, 1, 9]),
            .octets("another revocation date than since", entry + [1], "261121020305Z".bytes),
            .append("certificate issuer of an entry", entryExtensions, stranger(OID(2, 5, 29, 29))),
            .append("delta list", extensions, stranger(OID(2, 5, 29, 27), .integer(1))),
            .append("issuing distribution point", extensions, stranger(OID(2, 5, 29, 28))),
            .remove("no list number", extensions + [1]),
            .octets("list number negative", extensions + [1, 1], [2, 1, 0x80]),
            .remove("no authority key", extensions + [0]),
            .swap("extensions out of order", extensions, 0, 1),
            .append("a member too many", [], null),
        ]
    )
    func `another form of a list is refused`(change: FormChange) async throws {
        let world = try await CertificateWorld.make()
        let entry = RevokedCertificate(
            serial: [0x40] + [UInt8](1...19),
            reason: .keyCompromise,
            since: CertificateWorld.now
        )
        let der = try await world.lists([entry])[1].der
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(throws: CertificateRefusal.self) {
            _ = try CertificateRevocationList(reading: changed)
        }
    }

    @Test func `a list over the size limit is refused`() {
        let limit = CertificateRevocationList.byteLimit
        #expect(throws: CertificateRefusal.tooLarge) {
            _ = try CertificateRevocationList(
                reading: [UInt8](repeating: 0x30, count: limit + 1)
            )
        }
    }

    @Test func `a list of many entries is made, read and believed`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let others = (0..<2000).map { index in
            RevokedCertificate(
                serial: [0x41, UInt8(index >> 8), UInt8(index & 0xFF)] + [UInt8](1...17),
                reason: .superseded,
                since: CertificateWorld.start
            )
        }
        let trust = world.trustStore(try await world.lists(others))
        let verdict = trust.verdict(
            for: certificate,
            role: .memberSigning,
            at: CertificateWorld.now
        )
        guard case .trusted = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }
}
