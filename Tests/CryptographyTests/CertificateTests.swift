import Primitives
import Testing

@testable import Cryptography

struct CertificateTests {
    @Test(arguments: CertificateProfile.leaves)
    func `every profile is issued and read again`(profile: CertificateProfile) async throws {
        let world = try await CertificateWorld.make()
        let made = try await world.certificate(profile)
        let certificate = try Certificate(reading: made.certificate.der)
        #expect(certificate == made.certificate)
        #expect(certificate.profile == profile)
        #expect(certificate.role == profile.role)
        #expect(certificate.keyID == made.key.keyID)
        let authority = profile.role?.isMember == true ? world.members : world.services
        #expect(certificate.authorityKeyID == authority.certificate.keyID)
        #expect(certificate.isSigned(by: authority.certificate))
        #expect(!certificate.isSigned(by: world.root.certificate))
        #expect(certificate.notBefore == CertificateWorld.start)
        #expect(certificate.notAfter == CertificateWorld.start.adding(profile.life))
    }

    @Test func `the authorities fit their profiles`() async throws {
        let world = try await CertificateWorld.make()
        #expect(world.root.certificate.profile == .root)
        #expect(world.members.certificate.profile == .memberIssuing)
        #expect(world.services.certificate.profile == .serviceIssuing)
        #expect(world.root.certificate.isSigned(by: world.root.certificate))
        #expect(world.members.certificate.isAuthority)
        #expect(world.members.certificate.role == nil)
    }

    @Test func `whom a certificate speaks for is known by its role`() async throws {
        let world = try await CertificateWorld.make()
        let signing = try await world.certificate(.memberSigning).certificate
        let receipt = try await world.certificate(.exchangeReceipt).certificate
        #expect(signing.member == CertificateWorld.member)
        #expect(signing.exchange == nil)
        #expect(receipt.exchange?.text == CertificateWorld.exchange)
        #expect(receipt.member == nil)
    }

    @Test(
        arguments: [
            (CertificateProfile.memberSigning, DistinguishedName.service("x")),
            (.memberSigning, DistinguishedName(organisation: "Renkei Members", commonName: "who")),
            (.exchangeReceipt, .member(CertificateWorld.member)),
            (.exchangeServer(host: "a.example"), .service("b.example")),
            (.memberEncryption, DistinguishedName(organisation: "Renkei Members", commonName: "")),
        ]
    )
    func `a subject that does not fit the profile is not issued`(
        profile: CertificateProfile,
        subject: DistinguishedName
    ) async throws {
        let world = try await CertificateWorld.make()
        let point = try world.store.point(await world.store.generate(.signing, label: "key"))
        await #expect(throws: KeyStoreError.self) {
            _ = try await world.members.issue(
                profile,
                subject: subject,
                point: point,
                serial: CertificateWorld.serial(),
                validity: Validity(of: profile, from: CertificateWorld.start)
            )
        }
    }

    @Test func `no byte of a certificate can change unseen`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        for index in certificate.der.indices {
            for bit in 0..<8 {
                var der = certificate.der
                der[index] ^= 1 << UInt8(bit)
                #expect(!accepts(der, issuer: world.members.certificate), "byte \(index)")
            }
        }
        for count in certificate.der.indices {
            #expect(throws: CertificateRefusal.self) {
                _ = try Certificate(reading: Array(certificate.der.prefix(count)))
            }
        }
    }

    @Test func `a certificate over the size limit is refused`() {
        let large = [UInt8](repeating: 0x30, count: Limits.certificateBytes + 1)
        #expect(throws: CertificateRefusal.tooLarge) { _ = try Certificate(reading: large) }
    }

    @Test func `PEM has lines of 64 characters`() {
        let text = PEM.text("X", [UInt8](repeating: 0, count: 49))
        #expect(
            text == "-----BEGIN X-----\n" + String(repeating: "A", count: 64)
                + "\nAA==\n-----END X-----\n"
        )
    }

    private func accepts(_ der: [UInt8], issuer: Certificate) -> Bool {
        do {
            return try Certificate(reading: der).isSigned(by: issuer)
        } catch { return false }
    }
}

/// Siblings of a good certificate: one thing changed, signed by the right authority.
struct MutatedCertificateTests {
    private enum Sibling: CaseIterable {
        case noRole, twoRoles, noExtendedKeyUsage, rolesInOtherOrder, keyUsageNotCritical
        case wrongKeyUsage, unknownCritical, unknownNotCritical, noPolicy, otherPolicy
        case noAuthorityKeyIdentifier, otherSubjectKeyIdentifier, extensionsInOtherOrder
        case falseWrittenDown, authorityBasicConstraints, doubleExtension
    }

    @Test(arguments: Sibling.allCases)
    private func `a sibling outside the profile is refused`(sibling: Sibling) async throws {
        let world = try await CertificateWorld.make()
        let good = try await world.certificate(.memberSigning).certificate
        let extensions = try extensions(of: good)
        let same = try await resigned(good, extensions, world)
        #expect(try Certificate(reading: same).keyID == good.keyID)
        let changed = try await resigned(good, changed(extensions, sibling), world)
        #expect(throws: CertificateRefusal.self) { _ = try Certificate(reading: changed) }
    }

    @Test func `a missing or doubled role has its own refusal`() async throws {
        let world = try await CertificateWorld.make()
        let good = try await world.certificate(.memberSigning).certificate
        for sibling in [Sibling.noRole, .twoRoles, .noExtendedKeyUsage] {
            let der = try await resigned(good, changed(extensions(of: good), sibling), world)
            #expect(throws: CertificateRefusal.roleMissing) { _ = try Certificate(reading: der) }
        }
    }

    /// Extensions whole: key usage, extended key usage, policies, subject and authority key.
    private func extensions(of certificate: Certificate) throws -> [DERValue] {
        let form = CertificateExtensions(
            profile: certificate.profile,
            keyIdentifier: certificate.point.keyIDBytes,
            authorityKeyIdentifier: certificate.authorityKeyID.bytes
        )
        var reader = DERReader(form.encoded.encoded)
        var list = try reader.constructed(.sequence)
        var values: [DERValue] = []
        while !list.isAtEnd { values.append(DERValue(encoded: try list.value(.sequence))) }
        return values
    }

    private func changed(_ extensions: [DERValue], _ sibling: Sibling) -> [DERValue] {
        var values = extensions
        func usage(_ usages: [OID]) -> DERValue {
            CertificateExtensions.value(
                .extendedKeyUsage,
                .sequence(usages.map(DERValue.objectIdentifier))
            )
        }
        func policy(_ policy: OID) -> DERValue {
            CertificateExtensions.value(
                .certificatePolicies,
                .sequence([.sequence([.objectIdentifier(policy)])])
            )
        }
        func unknown(isCritical: Bool) -> DERValue {
            CertificateExtensions.value(
                OID(2, 5, 29, 99),
                isCritical: isCritical,
                .sequence([])
            )
        }
        let signing = DERValue.namedBits([0, 1])
        let authority = DERValue.sequence([.yes])
        switch sibling {
        case .noRole: values[1] = usage([.emailProtection])
        case .twoRoles:
            values[1] = usage([.emailProtection, .memberSigning, .memberEncryption])
        case .noExtendedKeyUsage: values.remove(at: 1)
        case .rolesInOtherOrder: values[1] = usage([.memberSigning, .emailProtection])
        case .keyUsageNotCritical:
            values[0] = CertificateExtensions.value(.keyUsage, signing)
        case .wrongKeyUsage:
            values[0] = CertificateExtensions.value(.keyUsage, isCritical: true, .namedBits([4]))
        case .unknownCritical: values.append(unknown(isCritical: true))
        case .unknownNotCritical: values.append(unknown(isCritical: false))
        case .noPolicy: values.remove(at: 2)
        case .otherPolicy: values[2] = policy(.renkeiPlaceholderArc.child(3, 2))
        case .noAuthorityKeyIdentifier: values.remove(at: 4)
        case .otherSubjectKeyIdentifier:
            let other = DERValue.octetString([UInt8](repeating: 1, count: 20))
            values[3] = CertificateExtensions.value(.subjectKeyIdentifier, other)
        case .extensionsInOtherOrder: values.swapAt(3, 4)
        case .falseWrittenDown:
            values[0] = .sequence([
                .objectIdentifier(.keyUsage), DERValue(.boolean, [0]),
                .octetString(signing.encoded),
            ])
        case .authorityBasicConstraints:
            values.insert(
                CertificateExtensions.value(.basicConstraints, isCritical: true, authority),
                at: 0
            )
        case .doubleExtension: values.append(values[4])
        }
        return values
    }

    private func resigned(
        _ certificate: Certificate,
        _ extensions: [DERValue],
        _ world: CertificateWorld
    ) async throws -> [UInt8] {
        var outer = DERReader(try SignedForm(reading: certificate.der).toBeSigned)
        var fields = try outer.constructed(.sequence)
        var values: [DERValue] = []
        while let tag = fields.nextTag, tag != .constructed(3) {
            values.append(DERValue(encoded: try fields.value(tag)))
        }
        values.append(DERValue(.constructed(3), [.sequence(extensions)]))
        let key = try #require(world.store.handle(labelled: "member-ca"))
        return try await SignedForm(toBeSigned: .sequence(values), by: key, in: world.store).encoded
    }
}

struct CertificateRequestTests {
    @Test func `a request proves that its key's holder asks`() async throws {
        let store = MemoryKeyStore()
        for use in [KeyUse.signing, .encryption, .transport] {
            let key = try await store.generate(use, label: use.rawValue)
            let made = try await CertificateRequest.make(for: key, in: store)
            let request = try CertificateRequest(reading: made.der)
            #expect(request == made)
            #expect(request.hasValidSignature)
            #expect(try request.point == store.point(key))
        }
    }

    @Test func `a request with another key or signature proves nothing`() async throws {
        let store = MemoryKeyStore()
        let key = try await store.generate(.signing, label: "key")
        let other = try await store.generate(.signing, label: "other")
        let stolen = try await CertificateRequest.make(point: store.point(key)) {
            (digest) throws(KeyStoreError) in try await store.signRequest(other, digest: digest)
        }
        #expect(!stolen.hasValidSignature)
        let der = try await CertificateRequest.make(for: key, in: store).der
        for index in der.indices {
            let isAccepted: Bool
            do {
                isAccepted = try CertificateRequest(reading: flipped(der, at: index))
                    .hasValidSignature
            } catch { isAccepted = false }
            #expect(!isAccepted, "byte \(index)")
        }
    }
}
