package import Audit
package import Cryptography
package import Delivery
package import Directory
package import Primitives

/// A member of a `World` with its keys in memory.
package struct WorldMember: Sendable {
    package typealias Certified = (key: KeyHandle, certificate: Certificate)

    package let place: World.Place
    package let id: MemberID
    package let store: MemoryKeyStore
    package let signing: Certified
    package let encryption: Certified
    package let transport: Certified
    package let logKey: KeyHandle
    package let logPublicKey: NotePublicKey
    package let storageKey: KeyHandle
    /// Signs statements in the member's name.
    package let signer: StatementSigner
    package let logOrigin: TreeOrigin
    package let profile: MemberProfile
    package let entry: DirectoryEntry

    package var certificates: [Certificate] {
        [signing.certificate, encryption.certificate, transport.certificate]
    }

    /// How a routing header names the member.
    package var addressee: Addressee {
        Addressee(memberID: id, keyID: encryption.certificate.keyID)
    }

    static func make(
        _ place: World.Place,
        seed: UInt64,
        of exchange: WorldExchange,
        _ random: SeededRandom
    ) async throws -> WorldMember {
        let id = MemberID.make(random)
        let store = MemoryKeyStore(seed: "\(place.rawValue) \(seed)".bytes)
        let maker = WorldIssuer(store: store, start: exchange.start, random: random)
        func certified(
            _ use: KeyUse,
            _ profile: CertificateProfile
        ) async throws -> Certified {
            try await maker.certified(
                use,
                profile,
                by: exchange.memberAuthority,
                for: .member(id)
            )
        }
        let signing = try await certified(.signing, .memberSigning)
        let logKey = try await store.generate(.log, label: "log")
        return WorldMember(
            place: place,
            id: id,
            store: store,
            signing: signing,
            encryption: try await certified(.encryption, .memberEncryption),
            transport: try await certified(.transport, .memberTransport),
            logKey: logKey,
            logPublicKey: try store.notePublicKey(logKey),
            storageKey: try await store.generate(.storage, label: "storage"),
            signer: StatementSigner(
                store: store,
                key: signing.key,
                identity: SigningIdentity(
                    certificate: signing.certificate,
                    issuing: exchange.memberAuthority.certificate
                )
            ),
            logOrigin: .access(
                exchange.host,
                member: id,
                fiscalYear: TreeOrigin.fiscalYear(of: exchange.start)
            ),
            profile: try profile(of: place),
            entry: try entry(of: id, at: exchange.start)
        )
    }

    /// Telephone and desks with the reserved numbers of tests; accepts all core sheets.
    package static func entry(of id: MemberID, at time: Timestamp) throws -> DirectoryEntry {
        var liaison = DirectoryDesk(
            try required(DeskID("liaison")),
            name: "地域連携窓口",
            kind: try required(Department("liaisonOffice"))
        )
        let times = OpenTimes(
            [.mon, .tue, .wed, .thu, .fri],
            from: try required(TimeOfDay("09:00")),
            to: try required(TimeOfDay("17:00"))
        )
        liaison.hours = [OfficeHours(try required(times), holidays: false)]
        var entry = DirectoryEntry(
            of: id,
            number: 1,
            telephone: try required(TelephoneNumber("06-0000-0001")),
            desks: [liaison],
            reviewedAt: time.dayInJapan
        )
        entry.accepts = try sheetTypes.map { name in
            Acceptance(try required(SheetType(name)), versions: ["1.0.0"])
        }
        entry.suites = [try required(SuiteID(Suite.renkei2026.rawValue))]
        entry.gateway = GatewayProduct(
            product: "Renkei",
            version: "1.0",
            supportTelephone: try required(TelephoneNumber("06-0000-0002"))
        )
        return entry
    }

    private static let sheetTypes = [
        "careLiaison", "careLiaisonReply", "outcomeRequest", "referredPatientStatus",
        "patientOutcomeReply", "admissionInfo", "admissionAck",
    ]

    package static func profile(of place: World.Place) throws -> MemberProfile {
        let facts: (name: String, kana: String, type: String, number: OfficeNumber?) =
            switch place {
            case .careOffice:
                (
                    "ひだまり居宅介護支援事業所", "ヒダマリキョタクカイゴシエンジギョウショ",
                    "homeCareSupport", OfficeNumber(kind: .careOffice, value: "9970000001")
                )
            case .clinic:
                (
                    "みどり診療所", "ミドリシンリョウジョ", "clinic",
                    OfficeNumber(kind: .medicalInstitution, value: "9910000002")
                )
            case .hospital:
                (
                    "中央総合病院", "チュウオウソウゴウビョウイン", "hospital",
                    OfficeNumber(kind: .medicalInstitution, value: "9910000003")
                )
            case .consultationRoom:
                (
                    "在宅医療・介護連携相談支援室", "ザイタクイリョウカイゴレンケイソウダンシエンシツ",
                    "consultationRoom", nil
                )
            }
        var profile = MemberProfile(
            displayName: facts.name,
            organisationType: try required(OrganisationType(facts.type))
        )
        profile.legalNameKana = facts.kana
        profile.officeNumbers = [facts.number].compactMap(\.self)
        return profile
    }
}
