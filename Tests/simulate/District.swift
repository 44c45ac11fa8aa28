import Cryptography
import Delivery
import Directory
import Exchange
import Gateway
import Primitives
import Storage
import TestKit

/// The exchange of a district and the offices of its wards, all in one time. An office goes to work
/// when it has something to carry or the exchange has something for it, as its long poll would wake
/// it.
final class District: Sendable {
    /// One organisation.
    struct House: Sendable {
        let ward: Int
        let kind: World.Place
        /// As sheets name it.
        let party: JSON
        let side: OfficeSide

        var member: MemberID { side.member }
    }

    private struct State: Sendable {
        var houses: [House] = []
        /// Those with something to carry.
        var busy: Set<Int> = []
        var troubles: [String: Int] = [:]
    }

    let scene: Scene
    let exchange: ExchangeSide
    let ground: Ground
    let lanes: Lanes
    private let state = Lock(State())
    private let random: SeededRandom

    init(_ ground: Ground, seed: UInt64, threads: Int) {
        self.ground = ground
        lanes = Lanes(count: threads)
        scene = Scene(seed, ground, threads: threads)
        exchange = ExchangeSide(ground, scene)
        random = SeededRandom(seed: seed)
    }

    var houses: [House] { state.withLock { $0.houses } }
    /// What couriers have reported, by its code.
    var troubles: [String: Int] { state.withLock { $0.troubles } }
    var time: SimulatedTime { scene.time }

    func node() throws -> ExchangeNode {
        guard let node = exchange.node else { throw WorldEnd.nobodyThere }
        return node
    }

    // MARK: Joining

    /// Lets the next organisation join.
    func join(_ kind: World.Place, ward: Int) async throws {
        let number = houses.count
        let profile = try Self.profile(number, kind)
        let keys = MemoryKeyStore(seed: "district-\(number)".bytes)
        let (member, _, store) = try await Ground.enrol(
            profile,
            keys,
            at: try node(),
            (scene.time, random)
        )
        let office = Ground.Office(member: member, keys: keys, disk: store.disk)
        let side = OfficeSide(kind, office, ground, (scene, exchange))
        try await side.start()
        let house = House(ward: ward, kind: kind, party: Self.party(profile), side: side)
        state.withLock { $0.houses.append(house) }
        guard let gateway = side.gateway else { throw WorldEnd.nobodyThere }
        await round(number)
        try await Ground.settle(gateway, kind)
    }

    private static func profile(_ number: Int, _ kind: World.Place) throws -> MemberProfile {
        let digits = String(1_000_000 + number).dropFirst()
        let (name, isCare) =
            switch kind {
            case .hospital: ("架空病院\(digits)", false)
            case .clinic: ("架空内科\(digits)", false)
            case .careOffice, .consultationRoom: ("架空ケアプランセンター\(digits)", true)
            }
        let type = try Town.profile(of: kind).organisationType
        var profile = MemberProfile(displayName: name, organisationType: type)
        let office = OfficeNumber(
            kind: isCare ? .careOffice : .medicalInstitution,
            value: (isCare ? "9970" : "9910") + digits
        )
        profile.officeNumbers = [office].compactMap(\.self)
        return profile
    }

    private static func party(_ profile: MemberProfile) -> JSON {
        [
            "name": .string(profile.displayName),
            "type": .name(profile.organisationType),
            "officeNo": profile.officeNumbers.first.map { .string($0.value) },
        ]
    }

    // MARK: Carrying

    func tidy() async {
        await exchange.node?.tidy { error in
            self.note(error)
        }
    }

    /// Has an office look after everything that is due.
    func round(_ number: Int) async {
        await work(number) { courier throws(GatewayError) in try await courier.round() }
    }

    func rounds() async throws {
        try await lanes.each(houses.indices) { await self.round($0) }
    }

    /// Somebody at this office has done something that is to be carried.
    func hasWork(_ number: Int) { state.withLock { _ = $0.busy.insert(number) } }

    /// Those that have something to carry carry it, and those for whom it is take it, until all is
    /// quiet.
    ///
    /// - Returns: who has taken part.
    @discardableResult
    func carry() async throws -> Set<Int> {
        var seen: Set<Int> = []
        // What fails is tried again another time.
        let failed = Lock<Set<Int>>([])
        for _ in 0..<8 {
            let busy = state.withLock { state in
                defer { state.busy = [] }
                return state.busy
            }
            let woken = try await news().union(busy).subtracting(failed.withLock { $0 })
            guard !woken.isEmpty else { break }
            try await lanes.each(woken.sorted()) { number in
                let isWell = await self.work(number) { courier throws(GatewayError) in
                    try await courier.carry()
                }
                if !isWell { failed.withLock { _ = $0.insert(number) } }
            }
            seen.formUnion(woken)
        }
        for number in seen where try await isBusy(houses[number].side) { hasWork(number) }
        return seen
    }

    /// For whom the exchange has something that they have not taken.
    private func news() async throws -> Set<Int> {
        guard exchange.node != nil, let store = exchange.store else { return [] }
        let houses = houses
        var taken: [(inbox: Int64, events: Int64)] = []
        for house in houses {
            let cursors = try await house.side.store?.read { stored throws(StoreError) in
                (inbox: try stored.cursor(.inbox), events: try stored.cursor(.events))
            }
            taken.append(cursors ?? (.max, .max))
        }
        let known = taken
        return try await store.read { stored throws(StoreError) in
            var news: Set<Int> = []
            for (number, house) in houses.enumerated() where house.side.gateway != nil {
                let taken = known[number]
                let revision = try stored.mailboxRevision(of: house.member)
                let mail = try stored.inbox(of: house.member, after: 0, limit: 1)
                let event = try stored.newestEvent(of: house.member)
                if revision > taken.inbox && !mail.isEmpty || event > taken.events {
                    news.insert(number)
                }
            }
            return news
        }
    }

    private func isBusy(_ side: OfficeSide) async throws -> Bool {
        try await side.store?.read { stored throws(StoreError) in
            let held = try stored.heldOutbox(until: Timestamp(milliseconds: .max), limit: 1)
            let sealed = try stored.sealedOutbox(limit: 1)
            let unsent = try stored.unsentStatements(limit: 1)
            return !(held.isEmpty && sealed.isEmpty && unsent.isEmpty)
        } ?? false
    }

    /// - Returns: whether all went well.
    @discardableResult
    private func work(
        _ number: Int,
        _ body: (Courier) async throws(GatewayError) -> Void
    ) async -> Bool {
        guard let gateway = houses[number].side.gateway else { return true }
        let courier = Courier(gateway) { self.note($0) }
        do throws(GatewayError) { try await body(courier) } catch {
            note(error)
            return false
        }
        return true
    }

    private func note(_ error: any Explained) {
        state.withLock { $0.troubles[error.code, default: 0] += 1 }
    }
}
