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
    var settings = Ground.settings

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
        let keys = MemoryKeyStore(seed: "simulation-exchange".bytes)
        let (root, store) = try await exchange(keys, (time, random))
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

    /// Founds an exchange that nobody has joined.
    private static func exchange(
        _ keys: MemoryKeyStore,
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> (root: Certificate, store: ModelExchangeStore) {
        let store = ModelExchangeStore(clock: seams.time, source: Town.source("exchange"))
        let founding = Founding(
            name: "架空市医師会",
            host: Town.host,
            keyStore: keys,
            time: seams.time,
            random: seams.random
        )
        return (try await founding.found(store), store)
    }

    /// The ground of a district: an exchange, founded at `start`.
    static func empty(at start: Timestamp, seed: UInt64) throws -> Ground {
        try SeededExecutor(Dice(seed: 0)).run { () -> Result<Ground, any Error> in
            let seams = (time: SimulatedTime(start), random: SeededRandom(seed: seed))
            let keys = MemoryKeyStore(seed: "district-exchange-\(seed)".bytes)
            do {
                let (root, store) = try await exchange(keys, seams)
                let node = try await open(root, keys, store, seams)
                return .success(
                    Ground(
                        root: root,
                        exchangeID: node.id,
                        exchangeKeys: keys,
                        exchangeDisk: store.disk,
                        offices: [:],
                        start: start,
                        directory: SharedDirectory()
                    )
                )
            } catch { return .failure(error) }
        }.get()
    }

    /// Lets an organisation join; it has not spoken yet.
    static func enrol(
        _ profile: MemberProfile,
        _ keys: MemoryKeyStore,
        at node: ExchangeNode,
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> (member: MemberID, root: Certificate, store: ModelGatewayStore) {
        let store = ModelGatewayStore(clock: seams.time, source: Town.source("gateway"))
        let paper = try await node.addMember(
            profile,
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
        return (paper.member, root, store)
    }

    private static func join(
        _ place: World.Place,
        _ node: ExchangeNode,
        _ seams: (time: SimulatedTime, random: SeededRandom)
    ) async throws -> (OrganisationGateway, ModelGatewayStore, MemoryKeyStore) {
        let keys = MemoryKeyStore(seed: "simulation-\(place)".bytes)
        let profile = try Town.profile(of: place)
        let (member, root, store) = try await enrol(profile, keys, at: node, seams)
        let gateway = try await OrganisationGateway.open(
            GatewayParts(
                member: member,
                root: root,
                keyStore: keys,
                store: store,
                exchange: node.session(of: member),
                catalogue: try SheetExamples.catalogue.get(),
                settings: settings,
                seams: seams
            )
        )
        try await settle(gateway, place)
        return (gateway, store, keys)
    }

    /// What an office that has joined does first.
    static func settle(_ gateway: OrganisationGateway, _ place: World.Place) async throws {
        guard let telephone = TelephoneNumber("06-0000-1001") else {
            preconditionFailure("a number")
        }
        try await gateway.announce(telephone: telephone, fax: nil, desk: nil)
        if place == .careOffice {
            let text = try await gateway.keepTemplate(Letters.template(), by: Town.careManager)
            let record = try Letters.consentRecord(on: text)
            _ = try await gateway.recordConsent(record, by: Town.careManager)
        }
    }
}
