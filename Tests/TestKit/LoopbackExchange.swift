package import Audit
package import Cryptography
package import Directory
package import Exchange
import ExchangeAPI
package import Primitives
package import Storage

/// A founded exchange in this process, on time that tests drive. Its members join by the real
/// enrolment; what differs from a served one is that no network lies between.
package struct LoopbackExchange: Sendable {
    package typealias MakeStore = (any TimeSource, AuditSource) throws -> any ExchangeStore

    package let seed: UInt64
    package let time: SimulatedTime
    package let random: SeededRandom
    package let keyStore: MemoryKeyStore
    package let store: any ExchangeStore
    package let root: Certificate
    package let node: ExchangeNode

    /// Founds an exchange in the store that `makeStore` makes, in memory unless told otherwise.
    package static func make(
        seed: UInt64 = 1,
        at start: Timestamp = SimulatedTime.start,
        settings: ExchangeSettings = ExchangeSettings(),
        host: String = "localhost",
        in makeStore: MakeStore = inMemory
    ) async throws -> LoopbackExchange {
        let time = SimulatedTime(start)
        let random = SeededRandom(seed: seed)
        let keyStore = MemoryKeyStore(seed: "loopback exchange \(seed)".bytes)
        let store = try makeStore(time, try source())
        let founding = Founding(
            name: "Loopback Exchange",
            host: try required(LogHost(host)),
            keyStore: keyStore,
            time: time,
            random: random
        )
        let root = try await founding.found(store)
        return LoopbackExchange(
            seed: seed,
            time: time,
            random: random,
            keyStore: keyStore,
            store: store,
            root: root,
            node: try await ExchangeNode.open(
                root: root,
                keyStore: keyStore,
                store: store,
                settings: settings,
                seams: (time, random)
            )
        )
    }

    package static func inMemory(
        _ clock: any TimeSource,
        _ source: AuditSource
    ) throws -> any ExchangeStore {
        ModelExchangeStore(clock: clock, source: source)
    }

    /// The same exchange opened again over what its store, or another, holds.
    package func reopened(
        on other: (any ExchangeStore)? = nil,
        settings: ExchangeSettings = ExchangeSettings()
    ) async throws -> ExchangeNode {
        try await ExchangeNode.open(
            root: root,
            keyStore: keyStore,
            store: other ?? store,
            settings: settings,
            seams: (time, random)
        )
    }

    /// Registers an organisation and gives the paper it joins with.
    package func paper(for profile: MemberProfile) async throws -> JoiningPaper {
        try await node.addMember(profile, connection: .gateway, verifiedBy: "operator")
    }

    /// A member that has joined and has told the directory about itself.
    package func join(_ place: World.Place) async throws -> LoopbackMember {
        let paper = try await paper(for: try WorldMember.profile(of: place))
        let keys = MemoryKeyStore(seed: "loopback \(place.rawValue) \(seed)".bytes)
        let member = try await LoopbackMember.join(self, paper, keys)
        try await member.announce(number: 1)
        return member
    }

    /// One round of housekeeping; no fault is expected.
    package func tidy() async throws {
        let faults = Lock<[any Explained]>([])
        await node.tidy { fault in faults.withLock { $0.append(fault) } }
        if let fault = faults.withLock({ $0.first }) { throw fault }
    }

    /// What stands in its leaves.
    package var source: AuditSource {
        get throws { try Self.source() }
    }

    private static func source() throws -> AuditSource {
        AuditSource(
            node: try required(NodeName("exchange")),
            productVersion: try required(ProductVersion("1.0"))
        )
    }
}

// What an auditor of the exchange sees.
extension LoopbackExchange {
    /// The leaves of the open tree of a kind, oldest first.
    package func leaves(_ kind: TreeKind) async throws -> [AuditLeaf] {
        let bytes = try await store.audit { log throws(StoreError) -> [[UInt8]] in
            guard let tree = try log.openTree(kind) else { return [] }
            return try log.leaves(of: tree.origin, from: 0, limit: Int(tree.size))
        }
        return try bytes.map { try AuditLeaf(reading: $0, in: kind) }
    }

    /// Events of `transport` after the first leaf, each with its reason where it has one.
    package func transportEvents() async throws -> [String] {
        try await leaves(.transport).dropFirst().map { leaf in
            [leaf.facts.event.rawValue, leaf.facts.reason?.text].compactMap(\.self)
                .joined(separator: " ")
        }
    }
}
