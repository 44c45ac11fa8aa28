package import Audit
package import Cryptography
import Directory
package import Exchange
package import ExchangeAPI
package import Foundation
package import Gateway
import Primitives
import Sheets
import Storage

/// An exchange and four organisations in one process, over real stores in a temporary folder and
/// with a clock that a test drives. Everything but the network is what runs in an office.
package final class Town: Sendable {
    package let time: SimulatedTime
    package let node: ExchangeNode
    package let root: Certificate
    package let offices: [World.Place: OrganisationGateway]
    package let folder: URL
    private let keyStores: [World.Place: MemoryKeyStore]
    private let stores: [any AuditStore]

    package static let nurse = Agent(
        .person,
        name: "潮見 薫",
        role: role("msw"),
        assurance: .none
    )
    package static let careManager = Agent(
        .person,
        name: "辻󠄁本 春香",
        role: role("careManager"),
        assurance: .none
    )

    private init(
        time: SimulatedTime,
        node: ExchangeNode,
        root: Certificate,
        offices: [World.Place: OrganisationGateway],
        keyStores: [World.Place: MemoryKeyStore],
        kept: (folder: URL, stores: [any AuditStore])
    ) {
        self.time = time
        self.node = node
        self.root = root
        self.offices = offices
        self.keyStores = keyStores
        folder = kept.folder
        stores = kept.stores
    }

    deinit {
        for store in stores { store.close() }
        try? FileManager.default.removeItem(at: folder)
    }

    package func office(_ place: World.Place) -> OrganisationGateway {
        guard let office = offices[place] else { preconditionFailure("every place has one") }
        return office
    }

    /// Founds the exchange and lets the organisations of the examples join it.
    package static func make(
        seed: UInt64 = 1,
        places: [World.Place] = World.Place.allCases,
        exchange wrapping: @Sendable (any ExchangeService) -> any ExchangeService = { $0 }
    ) async throws -> Town {
        let time = SimulatedTime()
        let random = SeededRandom(seed: seed)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("town-\(UUID())")
        let (node, root, store) = try await found(folder, time, random, seed)
        var offices: [World.Place: OrganisationGateway] = [:]
        var keyStores: [World.Place: MemoryKeyStore] = [:]
        var stores: [any AuditStore] = [store]
        let house = try DataFolder.create(
            folder.path + "/gateway",
            kind: .gateway,
            isSandbox: true,
            at: time.now
        )
        for place in places {
            let keys = MemoryKeyStore(seed: "town-\(place)-\(seed)".bytes)
            let paper = try await node.addMember(
                try profile(of: place),
                connection: .gateway,
                verifiedBy: "検証者"
            )
            let own = try SQLiteGatewayStore(
                of: paper.member,
                in: house,
                clock: time,
                source: source("gateway")
            )
            let office = try await join(
                paper,
                node,
                (keys, own, wrapping(node.session(of: paper.member))),
                (time, random)
            )
            offices[place] = office
            keyStores[place] = keys
            stores.append(own)
        }
        let town = Town(
            time: time,
            node: node,
            root: root,
            offices: offices,
            keyStores: keyStores,
            kept: (folder, stores)
        )
        try await town.settle(rounds: 1)
        return town
    }

    private static func found(
        _ folder: URL,
        _ time: SimulatedTime,
        _ random: SeededRandom,
        _ seed: UInt64
    ) async throws -> (ExchangeNode, Certificate, SQLiteExchangeStore) {
        let house = try DataFolder.create(
            folder.path + "/exchange",
            kind: .exchange,
            isSandbox: true,
            at: time.now
        )
        let store = try SQLiteExchangeStore(in: house, clock: time, source: source("exchange"))
        let keys = MemoryKeyStore(seed: "town-exchange-\(seed)".bytes)
        let founding = Founding(
            name: "架空市医師会",
            host: host,
            keyStore: keys,
            time: time,
            random: random
        )
        let root = try await founding.found(store)
        var settings = ExchangeSettings()
        settings.checkpointEvery = .zero
        let node = try await ExchangeNode.open(
            root: root,
            keyStore: keys,
            store: store,
            settings: settings,
            seams: (time, random)
        )
        return (node, root, store)
    }

    private static func join(
        _ paper: JoiningPaper,
        _ node: ExchangeNode,
        _ own: (keys: MemoryKeyStore, store: SQLiteGatewayStore, exchange: any ExchangeService),
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> OrganisationGateway {
        let enrolment = Enrolment(
            paper: (paper.member, paper.code ?? "", paper.rootSha256),
            keyStore: own.keys,
            store: own.store,
            host: host,
            seams: seams
        )
        let root = try enrolment.trusted(try await node.root())
        _ = try await enrolment.join(node, by: careManager)
        var settings = GatewaySettings()
        settings.hold = .zero
        settings.checkpointEvery = .zero
        settings.isTestExchange = true
        let gateway = try await OrganisationGateway.open(
            GatewayParts(
                member: paper.member,
                root: root,
                keyStore: own.keys,
                store: own.store,
                exchange: own.exchange,
                catalogue: try SheetExamples.catalogue.get(),
                settings: settings,
                seams: seams
            )
        )
        guard let telephone = TelephoneNumber("06-0000-1001") else {
            preconditionFailure("a number")
        }
        try await gateway.announce(telephone: telephone, fax: nil, desk: nil)
        return gateway
    }

    /// Rounds of everybody until nothing moves any more.
    package func settle(rounds: Int = 3) async throws {
        for _ in 0..<rounds {
            for (_, office) in offices.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                try await Courier(office) { _ in }.round()
            }
            await node.tidy { _ in }
            time.advance(by: .seconds(1))
        }
    }

    private static let host: LogHost = {
        guard let host = LogHost("exchange.example") else { preconditionFailure("a host") }
        return host
    }()

    /// The organisations that the example sheets name.
    private static func profile(of place: World.Place) throws -> MemberProfile {
        let facts: (name: String, type: String, number: OfficeNumber?) =
            switch place {
            case .careOffice:
                (
                    "架空橋ケアプランセンター", "homeCareSupport",
                    OfficeNumber(kind: .careOffice, value: "9970100013")
                )
            case .clinic:
                (
                    "幻町内科クリニック", "clinic",
                    OfficeNumber(kind: .medicalInstitution, value: "9910100123")
                )
            case .hospital:
                (
                    "架空記念病院", "hospital",
                    OfficeNumber(kind: .medicalInstitution, value: "9910100115")
                )
            case .consultationRoom: ("幻区在宅医療・介護連携相談支援室", "consultationRoom", nil)
            }
        guard let type = OrganisationType(facts.type) else { preconditionFailure("a fixed type") }
        var profile = MemberProfile(displayName: facts.name, organisationType: type)
        profile.officeNumbers = [facts.number].compactMap(\.self)
        return profile
    }

    private static func role(_ text: String) -> RoleCode {
        guard let role = RoleCode(text) else { preconditionFailure("a fixed role") }
        return role
    }

    private static func source(_ node: String) -> AuditSource {
        guard let name = NodeName(node), let version = ProductVersion("0.1.0") else {
            preconditionFailure("fixed names")
        }
        return AuditSource(node: name, productVersion: version)
    }
}
