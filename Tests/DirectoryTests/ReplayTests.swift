import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// What enters the directory, and what does not.
struct ReplayTests {
    @Test func `the miniature world replays, and every member can be sealed to`() async throws {
        let world = try await World.make()
        #expect(world.directory.members.count == World.Place.allCases.count + 1)
        #expect(world.directory.exchange == world.exchange.id)
        #expect(world.directory.policy(at: world.start)?.number == 1)
        #expect(world.directory.policy(at: world.start.adding(.seconds(-1))) == nil)
        #expect(world.directory.lists.count == 3)
        for place in World.Place.allCases {
            let member = world.member(place)
            let certificate = try world.directory.encryptionCertificate(
                for: member.id,
                at: world.start,
                until: world.start.adding(.days(7))
            )
            #expect(certificate == member.encryption.certificate)
            #expect(signing(member, in: world.directory) == member.signing.certificate)
            #expect(world.directory.member(member.id)?.certificates.count == 3)
        }
    }

    @Test func `the same leaves give the same directory, and the same leaf again changes nothing`()
        async throws
    {
        let world = try await World.make()
        var again = DirectoryView(root: world.exchange.root.certificate)
        for _ in 0..<2 {
            for (change, at) in world.changes { try again.apply(change, at: at) }
        }
        #expect(again.members.map(\.memberID) == world.directory.members.map(\.memberID))
        #expect(Set(again.known.keys) == Set(world.directory.known.keys))
        #expect(again.policies.count == 1)
        #expect(again.known.values.allSatisfy { !$0.isHeld })
    }

    @Test func `certificates are found by hash, key, and issuer with serial`() async throws {
        let world = try await World.make()
        let certificate = world.member(.clinic).signing.certificate
        let directory = world.directory
        #expect(directory.certificate(sha256: certificate.sha256) == certificate)
        #expect(directory.certificate(keyID: certificate.keyID) == certificate)
        #expect(
            directory.certificate(issuer: certificate.issuer, serial: certificate.serial)
                == certificate
        )
        #expect(directory.certificate(issuer: certificate.issuer, serial: [1]) == nil)
        #expect(
            directory.issuing(for: certificate) == world.exchange.memberAuthority.certificate
        )
    }

    @Test func `an office number leads to who has it now`() async throws {
        var world = try await World.make()
        let hospital = world.member(.hospital)
        func holders(_ number: String) -> [MemberID] {
            world.directory.memberships(numbered: number).map(\.memberID)
        }
        #expect(holders("9910000003") == [hospital.id] && holders("991000000").isEmpty)
        var membership = world.exchange.membership(of: hospital)
        let number = OfficeNumber(kind: .medicalInstitution, value: "9910000004")
        membership.profile.officeNumbers = [try #require(number)]
        let signed = try await world.exchange.registrar.sign(membership, at: world.start)
        try world.apply(.statement(signed))
        #expect(holders("9910000003").isEmpty && holders("9910000004") == [hospital.id])
    }

    @Test func `members are found by office number, id and name`() async throws {
        let world = try await World.make()
        let hospital = world.member(.hospital)
        for query in ["9910000003", "991000000", "総合病院", "チュウオウ", hospital.id.text] {
            #expect(world.directory.find(query).contains { $0.memberID == hospital.id })
        }
        #expect(world.directory.find("9910000003").count == 1)
        #expect(world.directory.find("どこにもない").isEmpty)
        #expect(world.directory.find(String(repeating: "長", count: 200)).isEmpty)
    }

    @Test(arguments: [KeyUse.signing, .encryption])
    func `a rogue certificate of a member is kept, held, and used for nothing`(
        use: KeyUse
    ) async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        let thief = MemoryKeyStore(seed: [9])
        let key = try await thief.generate(use, label: "rogue")
        let profile = use == .signing ? CertificateProfile.memberSigning : .memberEncryption
        let role = try required(profile.role)
        let rogue = try await world.exchange.issue(
            profile,
            to: clinic.id,
            point: try thief.point(key),
            from: world.start.adding(.hours(-1))
        )
        try world.apply(.certificate(clinic.id, rogue))

        #expect(world.directory.isHeld(rogue))
        #expect(world.directory.certificate(sha256: rogue.sha256) == rogue)
        #expect(world.directory.member(clinic.id)?.certificates.last?.isHeld == true)
        #expect(world.directory.certificates(of: PartyID(clinic.id), role: role).count == 1)
        let verdict = world.directory.verdict(for: rogue, role: role, at: world.start)
        guard case .untrusted = verdict else {
            Issue.record("the rogue key is \(verdict)")
            return
        }
        #expect(
            try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start,
                until: world.start.adding(.days(1))
            ) == clinic.encryption.certificate
        )
        #expect(signing(clinic, in: world.directory) == clinic.signing.certificate)
        guard use == .signing else { return }
        let signer = StatementSigner(
            store: thief,
            key: key,
            identity: SigningIdentity(
                certificate: rogue,
                issuing: world.exchange.memberAuthority.certificate
            )
        )
        let forged = try await signer.sign(clinic.entry, at: world.start)
        #expect(throws: StatementRefusal.untrusted) {
            try world.directory.verify(forged, at: world.start)
        }
    }

    @Test func `an impostor root of the same name is not trusted`() async throws {
        let world = try await World.make()
        let impostor = try await World.make(seed: 2)
        let changes: [(DirectoryChange, DirectoryRefusal)] = [
            (.authority(impostor.exchange.memberAuthority.certificate), .untrusted),
            (.authority(impostor.exchange.root.certificate), .wrongSubject),
            (.authority(world.member(.clinic).signing.certificate), .wrongSubject),
            (
                .certificate(
                    impostor.member(.clinic).id,
                    impostor.member(.clinic).signing.certificate
                ), .untrusted
            ),
            (
                .list(
                    try await impostor.exchange.list(
                        of: impostor.exchange.memberAuthority,
                        number: 2,
                        at: world.start
                    )
                ), .untrusted
            ),
            (
                .statement(
                    try await impostor.exchange.registrar.sign(
                        impostor.exchange.policy,
                        at: world.start
                    )
                ), .statement(.wrongSigner)
            ),
        ]
        for (change, refusal) in changes { expect(refusal, change, in: world) }
    }

    @Test func `a certificate enters under its own member and role alone`() async throws {
        let world = try await World.make()
        let hospital = world.member(.hospital)
        let clinic = world.member(.clinic)
        let store = MemoryKeyStore(seed: [8])
        let key = try await store.generate(.signing, label: "new")
        let fresh = try await world.exchange.issue(
            .memberSigning,
            to: clinic.id,
            point: try store.point(key),
            from: world.start.adding(.hours(-1))
        )
        expect(.wrongSubject, .certificate(hospital.id, fresh), in: world)
        expect(.wrongSubject, .certificate(nil, fresh), in: world)
        expect(
            .wrongSubject,
            .certificate(nil, world.exchange.root.certificate),
            in: world
        )
        let twin = try await world.exchange.issue(
            .memberEncryption,
            to: clinic.id,
            point: clinic.signing.certificate.point,
            from: world.start.adding(.hours(-1))
        )
        expect(.keyTaken, .certificate(clinic.id, twin), in: world)
        let late = try await world.exchange.issue(
            .memberSigning,
            to: clinic.id,
            point: try store.point(key),
            from: world.start.adding(.hours(1))
        )
        expect(.untrusted, .certificate(clinic.id, late), in: world)
    }

    @Test func `a second exchange does not speak here`() async throws {
        let world = try await World.make()
        let store = MemoryKeyStore(seed: [7])
        let key = try await store.generate(.signing, label: "other")
        let other = try await world.exchange.serviceAuthority.issue(
            .exchangeReceipt,
            subject: .service("x" + String(repeating: "c", count: 25) + "a"),
            point: try store.point(key),
            serial: [UInt8](repeating: 5, count: 20),
            validity: Validity(of: .exchangeReceipt, from: world.start.adding(.hours(-1)))
        )
        expect(.wrongSubject, .certificate(nil, other), in: world)
    }

    @Test func `numbers of lists, entries and policies rise`() async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        let exchange = world.exchange
        let old = try await exchange.list(
            of: exchange.memberAuthority,
            number: 1,
            at: world.start.adding(.hours(1))
        )
        expect(.numberNotRising, .list(old), in: world)
        let next = try await exchange.list(of: exchange.memberAuthority, number: 5, at: world.start)
        try world.apply(.list(next))
        #expect(world.directory.lists.contains(next))

        for number in [1, 3] {
            var entry = clinic.entry(number: number)
            entry.fax = nil
            let statement = try await clinic.signer.sign(entry, at: world.start.adding(.hours(1)))
            expect(.numberNotRising, .statement(statement), in: world)
        }
        let second = try await clinic.signer.sign(clinic.entry(number: 2), at: world.start)
        try world.apply(.statement(second))
        #expect(world.directory.member(clinic.id)?.entry?.entryNumber == 2)

        let policy = Policy(issuer: exchange.id, number: 3, logs: [], from: world.start)
        let skipped = try await exchange.registrar.sign(policy, at: world.start)
        expect(.numberNotRising, .statement(skipped), in: world)
    }

    @Test func `the registrar writes entries for members on paper, and for nobody else`()
        async throws
    {
        let world = try await World.make()
        #expect(world.directory.member(world.paperMember)?.entry?.fax != nil)
        let clinic = world.member(.clinic)
        let entry = DirectoryEntry(onPaper: clinic.entry(number: 2), by: world.exchange.id)
        let statement = try await world.exchange.registrar.sign(entry, at: world.start)
        expect(.statement(.wrongSigner), .statement(statement), in: world)
    }

    @Test func `nobody has an entry whom the registrar does not vouch for`() async throws {
        let world = try await World.make()
        let stranger = MemberID.make(SeededRandom(seed: 99))
        let entry = DirectoryEntry(
            onPaper: DirectoryEntry(
                of: stranger,
                number: 1,
                telephone: world.member(.clinic).entry.telephone,
                desks: world.member(.clinic).entry.desks,
                reviewedAt: world.start.dayInJapan
            ),
            by: world.exchange.id
        )
        let statement = try await world.exchange.registrar.sign(entry, at: world.start)
        expect(.unknownMember, .statement(statement), in: world)
    }

    private func expect(
        _ refusal: DirectoryRefusal,
        _ change: DirectoryChange,
        in world: World,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: refusal, sourceLocation: location) {
            try world.directory.applying(change, at: world.start)
        }
    }

    private func signing(_ member: WorldMember, in directory: DirectoryView) -> Certificate? {
        directory.signingCertificate(of: PartyID(member.id), at: SimulatedTime.start)
    }
}

extension WorldMember {
    /// The member's entry under another number.
    func entry(number: Int) -> DirectoryEntry {
        var next = DirectoryEntry(
            of: id,
            number: number,
            telephone: entry.telephone,
            desks: entry.desks,
            reviewedAt: entry.reviewedAt
        )
        next.accepts = entry.accepts
        next.suites = entry.suites
        next.gateway = entry.gateway
        return next
    }
}
