import Primitives
import Testing

@testable import Cryptography

struct TrustStoreTests {
    private let now = CertificateWorld.now

    @Test(arguments: CertificateProfile.leaves)
    func `a good certificate is trusted for its own role alone`(
        profile: CertificateProfile
    ) async throws {
        let world = try await CertificateWorld.make()
        let trust = world.trustStore(try await world.lists(number: 7))
        let certificate = try await world.certificate(profile).certificate
        for role in CertificateRole.allCases {
            let verdict = trust.verdict(for: certificate, role: role, at: now)
            guard role == profile.role else {
                #expect(verdict == .untrusted(.wrongRole))
                continue
            }
            guard case .trusted(let chain) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            let issuing = role.isMember ? world.members : world.services
            #expect(
                chain.certificates == [
                    certificate, issuing.certificate, world.root.certificate,
                ]
            )
            #expect(chain.listNumber == 7)
            #expect(chain.listAge(at: now) == now.since(CertificateWorld.start))
        }
    }

    @Test func `outside its life a certificate is expired, also when its path is remembered`()
        async throws
    {
        let world = try await CertificateWorld.make()
        let trust = world.trustStore(try await world.lists())
        let certificate = try await world.certificate(.memberSigning).certificate
        func verdict(_ time: Timestamp) -> ChainVerdict {
            trust.verdict(for: certificate, role: .memberSigning, at: time)
        }
        for _ in 0..<2 {
            #expect(verdict(certificate.notBefore.adding(.seconds(-1))) == .expired)
            #expect(isTrusted(verdict(certificate.notBefore)))
            #expect(isTrusted(verdict(certificate.notAfter)))
            #expect(verdict(certificate.notAfter.adding(.seconds(1))) == .expired)
        }
    }

    @Test func `a revocation counts from its since date, also in a younger list`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let since = now.adding(.hours(-2))
        let entry = RevokedCertificate(
            serial: certificate.serial,
            reason: .keyCompromise,
            since: since
        )
        let trust = world.trustStore(try await world.lists([entry], at: now.adding(.hours(5))))
        func verdict(_ time: Timestamp) -> ChainVerdict {
            trust.verdict(for: certificate, role: .memberSigning, at: time)
        }
        #expect(isTrusted(verdict(since.adding(.seconds(-1)))))
        #expect(verdict(since) == .revoked(since: since))
        #expect(verdict(now.adding(.days(3))) == .revoked(since: since))
        let other = try await world.certificate(.memberSigning, label: "other").certificate
        #expect(isTrusted(trust.verdict(for: other, role: .memberSigning, at: now)))
    }

    @Test func `a path that is remembered is judged by each list that comes`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let trust = world.trustStore(try await world.lists(number: 1))
        func verdict(_ trust: TrustStore) -> ChainVerdict {
            trust.verdict(for: certificate, role: .memberSigning, at: now)
        }
        #expect(isTrusted(verdict(trust)))
        let since = now.adding(.hours(-2))
        let entry = RevokedCertificate(
            serial: certificate.serial,
            reason: .keyCompromise,
            since: since
        )
        let later = trust.with(lists: try await world.lists([entry], number: 2))
        #expect(verdict(later) == .revoked(since: since))
        #expect(isTrusted(verdict(trust)))
        #expect(verdict(trust.with(lists: [])) == .listMissing)
    }

    @Test func `a revoked authority takes its certificates with it`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let entry = RevokedCertificate(
            serial: world.members.certificate.serial,
            reason: .authorityCompromise,
            since: now
        )
        var lists = try await world.lists()
        lists[0] = try await world.root.revocationList(
            number: 2,
            thisUpdate: now,
            nextUpdate: now.adding(.hours(1)),
            entries: [entry]
        )
        let verdict = world.trustStore(lists)
            .verdict(for: certificate, role: .memberSigning, at: now)
        #expect(verdict == .revoked(since: now))
    }

    @Test func `of several lists the highest number counts`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let entry = RevokedCertificate(
            serial: certificate.serial,
            reason: .superseded,
            since: now
        )
        let newer = try await world.lists([entry], number: 2)
        let older = try await world.lists(number: 1, at: now)
        for lists in [newer + older, older + newer] {
            let verdict = world.trustStore(lists)
                .verdict(for: certificate, role: .memberSigning, at: now)
            #expect(verdict == .revoked(since: now))
        }
    }

    @Test func `without a list nothing is said`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let lists = try await world.lists()
        for missing in 0..<2 {
            var rest = lists
            rest.remove(at: missing)
            let verdict = world.trustStore(rest)
                .verdict(for: certificate, role: .memberSigning, at: now)
            #expect(verdict == .listMissing)
        }
    }

    @Test func `a list of another authority of the same name is no list`() async throws {
        let world = try await CertificateWorld.make()
        let impostor = try await CertificateWorld.make(seed: [2])
        let certificate = try await world.certificate(.memberSigning).certificate
        var lists = try await world.lists()
        lists[1] = try await impostor.lists()[1]
        let verdict = world.trustStore(lists)
            .verdict(for: certificate, role: .memberSigning, at: now)
        #expect(verdict == .listMissing)
    }

    @Test func `a list that its authority did not sign displaces no good one`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let good = try await world.lists()
        let form = try SignedForm(reading: try await world.lists(number: 3)[1].der)
        let other = try SignedForm(reading: good[1].der)
        let mixed = SignedForm(toBeSigned: form.toBeSigned, signature: other.signature)
        let forged = try CertificateRevocationList(reading: mixed.encoded)
        #expect(!forged.isSigned(by: world.members.certificate))
        func verdict(_ lists: [CertificateRevocationList]) -> ChainVerdict {
            world.trustStore(lists).verdict(for: certificate, role: .memberSigning, at: now)
        }
        #expect(isTrusted(verdict(good + [forged])))
        #expect(verdict([good[0], forged, good[2]]) == .listMissing)
    }

    @Test func `an impostor root of the same name convinces nobody`() async throws {
        let world = try await CertificateWorld.make()
        let impostor = try await CertificateWorld.make(seed: [2])
        let trust = world.trustStore(try await world.lists())
        let forged = try await impostor.certificate(.memberSigning).certificate
        #expect(isUntrusted(trust.verdict(for: forged, role: .memberSigning, at: now)))
        let mixed = TrustStore(
            roots: [world.root.certificate],
            intermediates: [impostor.members.certificate],
            lists: try await world.lists() + impostor.lists()
        )
        #expect(isUntrusted(mixed.verdict(for: forged, role: .memberSigning, at: now)))
    }

    @Test func `an authority names nobody outside its constraint`() async throws {
        let world = try await CertificateWorld.make()
        let key = try await world.store.generate(.signing, label: "stray")
        let stray = try await world.services.issue(
            .memberSigning,
            subject: .member(CertificateWorld.member),
            point: world.store.point(key),
            serial: CertificateWorld.serial(),
            validity: Validity(of: .memberSigning, from: CertificateWorld.start)
        )
        let trust = world.trustStore(try await world.lists())
        let verdict = trust.verdict(for: stray, role: .memberSigning, at: now)
        #expect(isUntrusted(verdict))
    }

    @Test func `a member is no authority`() async throws {
        let world = try await CertificateWorld.make()
        let member = try await world.certificate(.memberSigning)
        let authority = CertificateAuthority(
            certificate: member.certificate,
            key: member.key,
            store: world.store
        )
        let key = try await world.store.generate(.signing, label: "child")
        let child = try await authority.issue(
            .memberSigning,
            subject: .member(CertificateWorld.otherMember),
            point: world.store.point(key),
            serial: CertificateWorld.serial(),
            validity: Validity(of: .memberSigning, from: CertificateWorld.start)
        )
        let trust = TrustStore(
            roots: [world.root.certificate],
            intermediates: [world.members.certificate, member.certificate],
            lists: try await world.lists()
        )
        #expect(isUntrusted(trust.verdict(for: child, role: .memberSigning, at: now)))
    }

    private func isTrusted(_ verdict: ChainVerdict) -> Bool {
        if case .trusted = verdict { true } else { false }
    }

    private func isUntrusted(_ verdict: ChainVerdict) -> Bool {
        if case .untrusted(.path) = verdict { true } else { false }
    }
}

struct RevocationListTests {
    private let now = CertificateWorld.now

    @Test(arguments: RevocationReason.allCases)
    func `a list is read as it was made`(reason: RevocationReason) async throws {
        let world = try await CertificateWorld.make()
        let entries = (0..<3).map { index in
            RevokedCertificate(
                serial: [0x40] + SystemRandom().bytes(19),
                reason: reason,
                since: now.adding(.hours(index))
            )
        }
        let made = try await world.lists(entries, number: 300)[1]
        let list = try CertificateRevocationList(reading: made.der)
        #expect(list.entries == entries)
        #expect(list.number == 300)
        #expect(list.issuerKeyID == world.members.certificate.keyID)
        #expect(list.isSigned(by: world.members.certificate))
        #expect(list.since(entries[1].serial) == entries[1].since)
        #expect(list.since([1]) == nil)
    }

    @Test func `since is cut to the second, towards the safe side`() {
        let entry = RevokedCertificate(
            serial: [1],
            reason: .unspecified,
            since: Timestamp(milliseconds: 1_999)
        )
        #expect(entry.since == Timestamp(milliseconds: 1_000))
    }

    @Test func `no byte of a list can change unseen`() async throws {
        let world = try await CertificateWorld.make()
        let entry = RevokedCertificate(serial: [0x41, 1], reason: .superseded, since: now)
        let der = try await world.lists([entry])[1].der
        for index in der.indices {
            let isAccepted: Bool
            do {
                isAccepted = try CertificateRevocationList(reading: flipped(der, at: index))
                    .isSigned(by: world.members.certificate)
            } catch { isAccepted = false }
            #expect(!isAccepted, "byte \(index)")
        }
        for count in der.indices {
            #expect(throws: CertificateRefusal.self) {
                _ = try CertificateRevocationList(reading: Array(der.prefix(count)))
            }
        }
    }
}
