import Cryptography
import Directory
import Exchange
import Gateway
import Primitives
import Storage
import TestKit

/// An exchange that was founded and offices that have joined it, as values: every world starts on a
/// copy of it, and none pays for it again.
struct Ground: Sendable {
    struct Office: Sendable {
        let member: MemberID
        let keys: MemoryKeyStore
        let disk: ModelGatewayDisk
    }

    let root: Certificate
    let exchangeID: ExchangeID
    let exchangeKeys: MemoryKeyStore
    let exchangeDisk: ModelExchangeDisk
    let offices: [World.Place: Office]
    /// When the worlds begin: some days after the founding, so that clocks can be put back.
    let start: Timestamp
    /// What any of them has verified of the directory; a restart need not do it again.
    let directory: SharedDirectory

    static let places: [World.Place] = [.careOffice, .clinic, .hospital]

    func office(_ place: World.Place) -> Office {
        guard let office = offices[place] else { preconditionFailure("a place of the ground") }
        return office
    }

    static var settings: GatewaySettings {
        var settings = GatewaySettings()
        settings.isTestExchange = true
        return settings
    }

    static func open(
        _ root: Certificate,
        _ keys: MemoryKeyStore,
        _ store: any ExchangeStore,
        _ seams: (time: any TimeSource, random: any RandomSource)
    ) async throws -> ExchangeNode {
        var settings = ExchangeSettings()
        // A list each hour would cost most of the time and show nothing new.
        settings.listEvery = .hours(24)
        return try await ExchangeNode.open(
            root: root,
            keyStore: keys,
            store: store,
            settings: settings,
            seams: seams
        )
    }

    /// The same, on this thread.
    static func found() throws -> Ground {
        try SeededExecutor(Dice(seed: 0)).run { () -> Result<Ground, any Error> in
            do { return .success(try await make()) } catch { return .failure(error) }
        }.get()
    }

    private static func make() async throws -> Ground {
        let time = SimulatedTime()
        let random = SeededRandom(seed: 1)
        let store = ModelExchangeStore(clock: time, source: Town.source("exchange"))
        let keys = MemoryKeyStore(seed: "simulation-exchange".bytes)
        let founding = Founding(
            name: "架空市医師会",
            host: Town.host,
            keyStore: keys,
            time: time,
            random: random
        )
        let root = try await founding.found(store)
        let node = try await open(root, keys, store, (time, random))
        var joined: [World.Place: (OrganisationGateway, ModelGatewayStore, MemoryKeyStore)] = [:]
        for place in places {
            joined[place] = try await join(place, node, (time, random))
        }
        time.advance(by: .days(10))
        await node.tidy { _ in }
        for (gateway, _, _) in joined.values.sorted(by: { $0.0.member < $1.0.member }) {
            try await Courier(gateway) { _ in }.round()
        }
        await node.tidy { _ in }
        return Ground(
            root: root,
            exchangeID: node.id,
            exchangeKeys: keys,
            exchangeDisk: store.disk,
            offices: joined.mapValues { gateway, store, keys in
                Office(member: gateway.member, keys: keys, disk: store.disk)
            },
            start: time.now,
            directory: SharedDirectory()
        )
    }

    private static func join(
        _ place: World.Place,
        _ node: ExchangeNode,
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> (OrganisationGateway, ModelGatewayStore, MemoryKeyStore) {
        let keys = MemoryKeyStore(seed: "simulation-\(place)".bytes)
        let store = ModelGatewayStore(clock: seams.time, source: Town.source("gateway"))
        let paper = try await node.addMember(
            try Town.profile(of: place),
            connection: .gateway,
            verifiedBy: "検証者"
        )
        let enrolment = Enrolment(
            paper: (paper.member, paper.code ?? "", paper.rootSha256),
            keyStore: keys,
            store: store,
            host: Town.host,
            seams: seams
        )
        let root = try enrolment.trusted(try await node.root())
        _ = try await enrolment.join(node, by: Town.careManager)
        let gateway = try await OrganisationGateway.open(
            GatewayParts(
                member: paper.member,
                root: root,
                keyStore: keys,
                store: store,
                exchange: node.session(of: paper.member),
                catalogue: try SheetExamples.catalogue.get(),
                settings: settings,
                seams: seams
            )
        )
        guard let telephone = TelephoneNumber("06-0000-1001") else {
            preconditionFailure("a number")
        }
        try await gateway.announce(telephone: telephone, fax: nil, desk: nil)
        if place == .careOffice {
            _ = try await gateway.recordConsent(Letters.consentRecord(), by: Town.careManager)
        }
        return (gateway, store, keys)
    }
}
