package import Audit
package import Cryptography
package import Directory
package import Exchange
import ExchangeAPI
package import Foundation
package import Gateway
import Primitives
import Sheets
package import Storage

/// An exchange and four organisations in one process, over real stores in a temporary folder and
/// with a clock that a test drives. Everything but the network is what runs in an office.
package final class Town: Sendable {
    package let time: SimulatedTime
    package let root: Certificate
    package let folder: URL
    private let random: SeededRandom
    private let exchangeKeys: MemoryKeyStore
    let houses: (exchange: DataFolder, gateway: DataFolder)
    private let state: Lock<State>

    /// What is replaced when something is opened anew.
    private struct State: Sendable {
        var node: ExchangeNode
        var store: any ExchangeStore
        var offices: [World.Place: Office] = [:]
    }

    /// An office with what it is opened from.
    struct Office: Sendable {
        let member: MemberID
        let keys: MemoryKeyStore
        let wire: TownWire
        var gateway: OrganisationGateway
    }

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
        _ seams: (time: SimulatedTime, random: SeededRandom),
        _ folder: URL,
        _ houses: (exchange: DataFolder, gateway: DataFolder),
        _ exchange: (
            node: ExchangeNode, root: Certificate, store: any ExchangeStore, keys: MemoryKeyStore
        )
    ) {
        time = seams.time
        random = seams.random
        self.folder = folder
        self.houses = houses
        root = exchange.root
        exchangeKeys = exchange.keys
        state = Lock(State(node: exchange.node, store: exchange.store))
    }

    deinit {
        close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Closes all stores; what is on disk stays until the town is gone.
    package func close() {
        let state = state.withLock { $0 }
        for office in state.offices.values { office.gateway.store.close() }
        state.store.close()
    }

    package var node: ExchangeNode { state.withLock { $0.node } }
    package var offices: [World.Place: OrganisationGateway] {
        state.withLock { $0.offices.mapValues(\.gateway) }
    }

    package func office(_ place: World.Place) -> OrganisationGateway { kept(place).gateway }
    package func wire(_ place: World.Place) -> TownWire { kept(place).wire }
    package func keys(_ place: World.Place) -> MemoryKeyStore { kept(place).keys }

    func kept(_ place: World.Place) -> Office {
        guard let office = state.withLock({ $0.offices[place] }) else {
            preconditionFailure("the town has such an office")
        }
        return office
    }

    /// Founds the exchange and lets the organisations of the examples join it.
    package static func make(
        seed: UInt64 = 1,
        places: [World.Place] = World.Place.allCases,
        hold: Duration = .zero
    ) async throws -> Town {
        let time = SimulatedTime()
        let random = SeededRandom(seed: seed)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("town-\(UUID())")
        let houses = (
            exchange: try house("exchange", .exchange, in: folder, at: time.now),
            gateway: try house("gateway", .gateway, in: folder, at: time.now)
        )
        let exchange = try await found(houses.exchange, time, random, seed)
        let town = Town((time, random), folder, houses, exchange)
        for place in places { try await town.join(place, seed: seed, hold: hold) }
        try await town.settle(rounds: 1)
        return town
    }

    private static func house(
        _ name: String,
        _ kind: DataFolder.Kind,
        in folder: URL,
        at now: Timestamp
    ) throws -> DataFolder {
        try DataFolder.create(folder.path + "/" + name, kind: kind, isSandbox: true, at: now)
    }

    /// Lets an organisation of the examples join.
    package func join(
        _ place: World.Place,
        seed: UInt64 = 1,
        hold: Duration = .zero
    ) async throws {
        let keys = MemoryKeyStore(seed: "town-\(place)-\(seed)".bytes)
        let paper = try await node.addMember(
            try Self.profile(of: place),
            connection: .gateway,
            verifiedBy: "検証者"
        )
        let store = try gatewayStore(of: paper.member)
        let enrolment = Enrolment(
            paper: (paper.member, paper.code ?? "", paper.rootSha256),
            keyStore: keys,
            store: store,
            host: Self.host,
            seams: (time, random)
        )
        _ = try enrolment.trusted(try await node.root())
        _ = try await enrolment.join(node, by: Self.careManager)
        let wire = TownWire(node.session(of: paper.member))
        let gateway = try await open((paper.member, keys), wire, store, hold)
        state.withLock {
            $0.offices[place] = Office(
                member: paper.member,
                keys: keys,
                wire: wire,
                gateway: gateway
            )
        }
        guard let telephone = TelephoneNumber("06-0000-1001") else {
            preconditionFailure("a number")
        }
        try await gateway.announce(telephone: telephone, fax: nil, desk: nil)
    }

    /// An office that has lost its keys of these uses joins again with the operator's new paper.
    package func rejoin(
        _ place: World.Place,
        with paper: JoiningPaper,
        losing uses: [KeyUse] = [.signing, .encryption]
    ) async throws {
        let office = kept(place)
        for key in office.keys.handles() where uses.contains(key.use) {
            try await office.keys.destroy(key)
        }
        let enrolment = Enrolment(
            paper: (paper.member, paper.code ?? "", paper.rootSha256),
            keyStore: office.keys,
            store: office.gateway.store,
            host: Self.host,
            seams: (time, random)
        )
        _ = try await enrolment.join(node, by: Self.careManager)
        let gateway = try await reopen(place)
        guard let telephone = TelephoneNumber("06-0000-1002") else { return }
        try await gateway.announce(telephone: telephone, fax: nil, desk: nil)
    }

    func gatewayStore(
        of member: MemberID,
        options: StoreOptions = StoreOptions()
    ) throws -> SQLiteGatewayStore {
        try SQLiteGatewayStore(
            of: member,
            in: houses.gateway,
            clock: time,
            source: Self.source("gateway"),
            options: options
        )
    }

    private func open(
        _ office: (member: MemberID, keys: MemoryKeyStore),
        _ wire: TownWire,
        _ store: any GatewayStore,
        _ hold: Duration
    ) async throws -> OrganisationGateway {
        try await OrganisationGateway.open(try parts(office, wire, store, hold))
    }

    func parts(
        _ office: (member: MemberID, keys: MemoryKeyStore),
        _ wire: TownWire,
        _ store: any GatewayStore,
        _ hold: Duration
    ) throws -> GatewayParts {
        var settings = GatewaySettings()
        settings.hold = hold
        settings.checkpointEvery = .zero
        settings.isTestExchange = true
        return GatewayParts(
            member: office.member,
            root: root,
            keyStore: office.keys,
            store: store,
            exchange: wire,
            catalogue: try SheetExamples.catalogue.get(),
            settings: settings,
            seams: (time, random)
        )
    }

    // MARK: Ends and starts

    /// Ends an office as a power cut does, and starts it again from its disk; `fault` stops it the
    /// next time.
    @discardableResult
    package func reopen(
        _ place: World.Place,
        fault: TownFault = TownFault(at: 0),
        options: StoreOptions = StoreOptions()
    ) async throws -> OrganisationGateway {
        let office = kept(place)
        office.gateway.store.close()
        let store = TownGatewayStore(
            try gatewayStore(of: office.member, options: options),
            fault
        )
        let hold = office.gateway.settings.hold
        let gateway = try await open(
            (office.member, office.keys),
            office.wire,
            store,
            hold
        )
        state.withLock { $0.offices[place]?.gateway = gateway }
        return gateway
    }

    /// The same with the exchange.
    package func reopenExchange(
        fault: TownFault = TownFault(at: 0),
        options: StoreOptions = StoreOptions()
    ) async throws {
        state.withLock { $0.store }.close()
        let store = TownExchangeStore(
            try SQLiteExchangeStore(
                in: houses.exchange,
                clock: time,
                source: Self.source("exchange"),
                options: options
            ),
            fault
        )
        let node = try await Self.open(root, exchangeKeys, store, (time, random))
        state.withLock { state in
            state.node = node
            state.store = store
            for office in state.offices.values {
                office.wire.connect(node.session(of: office.member))
            }
        }
    }

    private static func open(
        _ root: Certificate,
        _ keys: MemoryKeyStore,
        _ store: any ExchangeStore,
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> ExchangeNode {
        var settings = ExchangeSettings()
        settings.checkpointEvery = .zero
        return try await ExchangeNode.open(
            root: root,
            keyStore: keys,
            store: store,
            settings: settings,
            seams: seams
        )
    }

    private static func found(
        _ house: DataFolder,
        _ time: SimulatedTime,
        _ random: SeededRandom,
        _ seed: UInt64
    ) async throws -> (
        node: ExchangeNode, root: Certificate, store: any ExchangeStore, keys: MemoryKeyStore
    ) {
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
        let node = try await open(root, keys, store, (time, random))
        return (node, root, store, keys)
    }

    /// Rounds of everybody until nothing moves any more. With `failures` they are noted there and
    /// nothing stops.
    package func settle(
        rounds: Int = 3,
        failures: FailureList? = nil
    ) async throws {
        for _ in 0..<rounds {
            for (_, office) in offices.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                do {
                    try await Courier(office) { failures?.add($0.code) }.round()
                } catch {
                    guard let failures else { throw error }
                    failures.add(error.code)
                }
            }
            await node.tidy { failures?.add($0.code) }
            time.advance(by: .seconds(1))
        }
    }

    /// Codes of failures, in order.
    package final class FailureList: Sendable {
        private let list = Lock<[String]>([])
        package init() {}
        func add(_ code: String) { list.withLock { $0.append(code) } }
        package var codes: [String] { list.withLock { $0 } }
    }

    /// Where a town's exchange says that it is.
    package static let host: LogHost = {
        guard let host = LogHost("exchange.example") else { preconditionFailure("a host") }
        return host
    }()

    /// The organisations that the example sheets name.
    package static func profile(of place: World.Place) throws -> MemberProfile {
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

    /// What stands in the leaves of a place of this name.
    package static func source(_ node: String) -> AuditSource {
        guard let name = NodeName(node), let version = ProductVersion("0.1.0") else {
            preconditionFailure("fixed names")
        }
        return AuditSource(node: name, productVersion: version)
    }
}
