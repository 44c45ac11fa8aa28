import Audit
import Cryptography
import Directory
import Primitives
import TestKit

@testable import Envelope

/// A log of ten leaves over a week, and what can be shown of it: the period has leaves in its first
/// and in its last millisecond, and so have the days beside it.
struct ShownLog {
    static let period: AuditPeriod = period("2026-11-10", "2026-11-12")
    private static let times = [
        "2026-11-08T01:00:00.000Z", "2026-11-09T14:59:59.999Z", "2026-11-09T15:00:00.000Z",
        "2026-11-10T01:00:00.000Z", "2026-11-11T03:00:00.000Z", "2026-11-12T14:59:59.999Z",
        "2026-11-12T15:00:00.000Z", "2026-11-13T00:00:00.000Z", "2026-11-13T00:00:00.000Z",
        "2026-11-14T08:00:00.000Z",
    ]

    let world: World
    let leaves: [[UInt8]]
    let openings: [[Opening]]
    private let tree: MerkleTree

    static func make() async throws -> ShownLog { ShownLog(try await World.make(), order: 0..<10) }

    /// With the leaves in another order, as a log could have signed them.
    func reordered(_ order: [Int]) -> ShownLog { ShownLog(world, order: order) }

    /// With one leaf in other bytes, as a log could have signed them.
    func holding(_ bytes: [UInt8], at index: Int) -> ShownLog {
        var leaves = leaves
        leaves[index] = bytes
        return ShownLog(world, leaves, openings)
    }

    private init(_ world: World, order: some Sequence<Int>) {
        let made = order.map { ShownLog.leaf($0, of: world.member(.clinic)) }
        self.init(world, made.map(\.leaf.bytes), made.map(\.openings))
    }

    private init(_ world: World, _ leaves: [[UInt8]], _ openings: [[Opening]]) {
        self.world = world
        self.leaves = leaves
        self.openings = openings
        tree = MerkleTree(leafHashes: leaves.map(Merkle.leafHash))
    }

    static func period(_ from: String, _ to: String) -> AuditPeriod {
        guard let from = Day(from), let to = Day(to), let period = AuditPeriod(from: from, to: to)
        else { preconditionFailure("a period") }
        return period
    }

    private static func leaf(
        _ number: Int,
        of member: WorldMember
    ) -> (leaf: AuditLeaf, openings: [Opening]) {
        guard let time = Timestamp(times[number]), let role = RoleCode("nurse"),
            let message = MessageID("01933b5c-0000-7000-8000-0000000000aa"),
            let part = ObjectName("sheet.json"), let node = NodeName("test"),
            let version = ProductVersion("1.0")
        else { preconditionFailure("good names") }
        let nurse = Agent(.person, name: "架空 看護子", role: role, assurance: .twoFactor)
        var facts = AuditFacts(
            .sheetOpened,
            by: nurse,
            for: PartyID(member.id),
            on: .part(part, of: message),
            at: time
        )
        facts.patient = AuditPatient("架空 患者\(number)")
        let random = SeededRandom(seed: UInt64(number))
        let entry = AuditEntry(facts, in: .access, random: random)
        let key = DataKey(reference: 1, secret: SecretBytes.random(32), random: SystemRandom())
        let leaf = entry.sealed(origin: member.logOrigin, by: key)
            .leaf(at: time, source: AuditSource(node: node, productVersion: version))
        return (leaf, entry.openings)
    }

    // MARK: What is shown

    var clinic: WorldMember { world.member(.clinic) }
    var root: Certificate { world.exchange.root.certificate }

    func checkpoint(
        size: Int = 10,
        key: KeyHandle? = nil,
        in store: MemoryKeyStore? = nil
    ) async throws -> Checkpoint {
        let signer = try CheckpointSigner(
            store: store ?? clinic.store,
            key: key ?? clinic.logKey
        )
        let head = TreeHead(size: UInt64(size), root: tree.root(size: UInt64(size)))
        return try await signer.checkpoint(clinic.logOrigin, head)
    }

    /// With the line of the exchange, or of somebody who is no witness.
    func cosigned(
        _ checkpoint: Checkpoint,
        as name: WitnessName? = nil,
        at time: String = "2026-11-14T09:00:00.000Z"
    ) async throws -> Checkpoint {
        let exchange = world.exchange
        let line = try await CheckpointSigner(store: exchange.store, key: exchange.logKey).cosign(
            checkpoint,
            as: name ?? WitnessName(exchange.host),
            at: try required(Timestamp(time))
        )
        return checkpoint.cosigned(by: [line])
    }

    func range(_ shown: ClosedRange<Int>, below checkpoint: Checkpoint) -> LogRange {
        let places = UInt64(shown.lowerBound)..<UInt64(shown.upperBound) + 1
        return LogRange(
            below: checkpoint,
            from: places.lowerBound,
            leaves: Array(leaves[shown]),
            flanks: tree.flanks(of: places, size: checkpoint.head.size)
        )
    }

    func trust(_ places: [World.Place] = [.clinic]) throws -> EvidenceFile.Trust {
        try required(
            EvidenceFile.Trust(world.directory, of: places.map { world.member($0).id })
        )
    }

    func bundle(
        _ shown: ClosedRange<Int> = 1...6,
        of period: AuditPeriod = period,
        below checkpoint: Checkpoint? = nil,
        withOpenings: Bool = false,
        ofAllShown: Bool = false
    ) async throws -> AuditBundle {
        let whole: Checkpoint = try await self.checkpoint()
        let signed: Checkpoint
        if let checkpoint { signed = checkpoint } else { signed = try await cosigned(whole) }
        var given: [[Opening]]?
        if withOpenings {
            given = try shown.map { place in
                let leaf = try AuditLeaf(reading: leaves[place], in: .access)
                return ofAllShown || period.contains(leaf.at) ? openings[place] : []
            }
        }
        return AuditBundle(
            range(shown, below: signed),
            of: period,
            openings: given,
            trust: try trust()
        )
    }
}

/// Bundles that no program of ours would write.
extension AuditBundle {
    /// The bundle with another head, and nothing else changed.
    func headed(_ edit: (inout JSONObject) -> Void) throws -> [UInt8] {
        try rewritten(head: edit, files: { _ in })
    }

    /// The bundle with another head and other files, and a list that fits them.
    func rewritten(
        head edit: (inout JSONObject) -> Void = { _ in },
        files change: (inout [ContentArchive.File]) throws -> Void
    ) throws -> [UInt8] {
        var files = archive.files
        var members = try required(try JSON(canonical: files.removeFirst().bytes).object)
        members["files"] = nil
        edit(&members)
        try change(&files)
        return Self.listed.written(files, members).encoded()
    }

    /// The bundle with one of its files changed, and a list that fits it.
    func changed(
        _ name: String,
        head edit: (inout JSONObject) -> Void = { _ in },
        _ change: (inout [UInt8]) throws -> Void
    ) throws -> [UInt8] {
        try rewritten(head: edit) { files in
            let place = try required(files.firstIndex { $0.name.hasSameBytes(as: name) })
            var bytes = files[place].bytes
            try change(&bytes)
            files[place] = ContentArchive.File(name: name, bytes: bytes)
        }
    }

    /// The same with its lines changed.
    func lines(
        _ name: String,
        head edit: (inout JSONObject) -> Void = { _ in },
        _ change: (inout [[UInt8]]) throws -> Void
    ) throws -> [UInt8] {
        try changed(name, head: edit) { bytes in
            var lines = try required(LogRange.lines(bytes, atMost: 100))
            try change(&lines)
            bytes = Array(lines.map { $0 + [0x0A] }.joined())
        }
    }
}
